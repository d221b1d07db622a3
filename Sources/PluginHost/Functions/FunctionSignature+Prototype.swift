extension FunctionSignature {
  /// The C declaration that the signature stands for.
  ///
  /// For example `void lecun(float *out, uint64_t n, double fan_in, float gain, uint64_t seed)`. Where the real
  /// function differs, its arguments are garbage: nobody but a reader can see that.
  package func prototype(named name: String) -> String {
    var taken: Set<String> = []
    let list = arguments.map { argument in
      let name = Self.unique(self.name(of: argument), &taken)
      return argument.role.pointer.map { $0 + name } ?? "\(argument.type.spelling) \(name)"
    }
    return "\(result.spelling) \(name)(\(list.isEmpty ? "void" : list.joined(separator: ", ")))"
  }

  /// What an argument is called: the parameter's name, or one that goes with the role.
  func name(of argument: Argument) -> String {
    argument.parameter.map { parameterNames[$0] } ?? argument.role.name
  }

  private static func unique(_ name: String, _ taken: inout Set<String>) -> String {
    let name = keywords.contains(name) ? "\(name)_" : name
    if taken.insert(name).inserted { return name }
    var number = 2
    while !taken.insert("\(name)\(number)").inserted { number += 1 }
    return "\(name)\(number)"
  }

  /// Words of C that could be a parameter's name.
  private static let keywords: Set<String> = [
    "auto", "bool", "break", "case", "char", "const", "constexpr", "continue", "default", "do", "double", "else",
    "enum", "extern", "false", "float", "for", "goto", "if", "inline", "int", "long", "nullptr", "register",
    "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "true", "typedef", "typeof",
    "union", "unsigned", "void", "volatile", "while",
  ]
}
