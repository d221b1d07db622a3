import CPluginCalls
import CReinit
import Diagnostics

/// What a declared signature has to obey; errors name the function and the argument.
struct FunctionRules {
  static let argumentLimit = RP_MAX_ARGUMENTS

  let name: String
  let parameters: [PluginParameter]

  func arguments(_ declared: [ri_arg]) throws(Diagnostic) -> [FunctionSignature.Argument] {
    guard declared.count <= Self.argumentLimit else { throw Self.tooMany(UInt64(declared.count), name) }
    var result: [FunctionSignature.Argument] = []
    for (index, argument) in declared.enumerated() { result.append(try self.argument(argument, index)) }
    return result
  }

  private func argument(_ declared: ri_arg, _ index: Int) throws(Diagnostic) -> FunctionSignature.Argument {
    let place = "\(name), argument \(index + 1)"
    guard let type = FunctionType(rawValue: declared.type), type != .void else {
      throw Self.unknown("type", declared.type, "a type of an argument, RI_TYPE_…", place)
    }
    guard let role = FunctionRole(rawValue: declared.role), role != .result else {
      throw Self.unknown("role", declared.role, "a role of an argument, RI_ARG_…", place)
    }
    guard role.allows(type) else { throw Self.unsuitable(type, role, place) }
    let parameter = role == .parameter ? try self.parameter(declared.param, type, place) : nil
    return FunctionSignature.Argument(type: type, role: role, parameter: parameter)
  }

  private func parameter(_ index: UInt32, _ type: FunctionType, _ place: String) throws(Diagnostic) -> Int {
    guard index < parameters.count else {
      throw Diagnostic(
        .functionParameter, "'\(name)' passes a parameter that it does not have", at: place,
        expected: parameters.isEmpty ? "declared parameters" : "an index up to \(parameters.count - 1)",
        found: "\(index)")
    }
    let parameter = parameters[Int(index)]
    let isRight = [.bool, .int].contains(parameter.kind) || (parameter.kind == .real && type.isFloatingPoint)
    guard isRight else {
      throw Diagnostic(
        .functionParameter, "the parameter '\(parameter.name)' of '\(name)' does not fit its argument", at: place,
        expected: parameter.kind == .real ? "f32 or f64" : "a parameter that is one number, or true or false",
        found: parameter.kind == .real ? type.word : "a parameter of kind '\(parameter.kind.rawValue)'")
    }
    return Int(index)
  }

  func result(_ declared: ri_arg) throws(Diagnostic) -> FunctionType {
    let place = "\(name), result"
    guard let type = FunctionType(rawValue: declared.type) else {
      throw Self.unknown("type", declared.type, "a type of a result, RI_TYPE_…", place)
    }
    guard declared.role == FunctionRole.result.rawValue else {
      throw Self.unknown("role", declared.role, "RI_ARG_RESULT, which is 0", place)
    }
    guard FunctionRole.result.allows(type) else { throw Self.unsuitable(type, .result, place) }
    return type
  }

  /// Elementwise or bulk, and nothing of the other.
  func checkForm(_ signature: FunctionSignature) throws(Diagnostic) {
    let outs = signature.arguments.count { $0.role == .outF32 || $0.role == .outF64 }
    let indices = signature.arguments.count { $0.role == .index }
    guard outs + indices > 0 else { throw form("has neither an output nor an index", found: "none of both") }
    guard outs < 2 else { throw form("has several outputs", found: "\(outs) outputs") }
    guard indices < 2 else { throw form("has several indices", found: "\(indices) indices") }
    if indices == 1 { try checkElementwise(signature) } else { try checkBulk(signature) }
  }

  private func checkElementwise(_ signature: FunctionSignature) throws(Diagnostic) {
    let bulk: [FunctionRole] = [.outF32, .outF64, .count, .offset]
    if let stray = signature.arguments.first(where: { bulk.contains($0.role) }) {
      throw form("has an index, and an argument for ranges", found: "'\(stray.role.name)' beside the index")
    }
    guard signature.result.isNumber else {
      throw form("has an index and does not return the element", found: "a result of type void")
    }
  }

  private func checkBulk(_ signature: FunctionSignature) throws(Diagnostic) {
    guard signature.result == .void || signature.result.isInteger else {
      throw form("has an output and returns a number that is no status", found: "a result of type \(signature.result)")
    }
    guard signature.has(.count) || !signature.has(.offset) else {
      throw form("has an offset and is not told how much to write", found: "no count")
    }
    guard signature.has(.count) || signature.has(.total) || signature.has(.shape) else {
      throw form("is not told how much to write", found: "neither count nor total nor shape")
    }
  }

  /// Each parameter reaches the function.
  func checkUse(_ signature: FunctionSignature) throws(Diagnostic) {
    let used = Set(signature.arguments.compactMap(\.parameter))
    guard let unused = parameters.indices.first(where: { !used.contains($0) && !parameters[$0].mayHaveNoEffect })
    else { return }
    throw Diagnostic(
      .functionParameter, "'\(name)' has the parameter '\(parameters[unused].name)', which no argument takes",
      at: name, expected: "an argument for each parameter", found: "none with param \(unused)")
  }
}

extension FunctionRules {
  static func tooMany(_ count: UInt64, _ name: String) -> Diagnostic {
    Diagnostic(
      .functionArguments, "'\(name)' has too many arguments", at: name, expected: "at most \(argumentLimit)",
      found: "\(count)")
  }

  static func noArguments(_ count: UInt64, _ name: String) -> Diagnostic {
    Diagnostic(
      .functionArguments, "the arguments of '\(name)' are a null pointer", at: name, expected: "\(count) arguments",
      found: "NULL", hints: [".args = args, .n_args = sizeof(args) / sizeof(args[0])"])
  }

  private static func unknown(_ what: String, _ number: UInt32, _ expected: String, _ place: String) -> Diagnostic {
    Diagnostic(
      .functionType, "the \(what) \(number) is not known here", at: place, expected: expected, found: "\(number)")
  }

  static func unsuitable(_ type: FunctionType, _ role: FunctionRole, _ place: String) -> Diagnostic {
    let what = role == .result ? "a result" : "'\(role.word ?? role.name)'"
    return Diagnostic(
      .functionArgument, "the type of \(what) does not suit it", at: place, expected: role.allowed,
      found: type.word ?? "a pointer")
  }

  private func form(_ problem: String, found: String) -> Diagnostic {
    Diagnostic(
      .functionForm, "'\(name)' \(problem)", at: name,
      expected: "an index and the element as result, or one output with a count", found: found)
  }
}
