import Diagnostics

extension CallText {
  /// A value, with all that belongs to it.
  mutating func readValue() throws(Diagnostic) -> Value {
    skipSpaces()
    if take("\"") { return .known(.word(try readQuoted())) }
    let start = position
    if take("[") { return try readList() }
    let word = readWord()
    if CallText.number(word) == nil, isCallAhead(word) {
      return .known(.word(withoutDot(word) + (try readParentheses())))
    }
    if isOperatorAhead(after: word) {
      position = start
      return try computed([try readExpression()], isList: false)
    }
    guard !word.isEmpty else { throw malformed("a number, a word or '['", at: position) }
    return try value(of: word)
  }

  /// A word that stands alone: a number, an expression without spaces such as `1/3`, or a word.
  private func value(of word: String) throws(Diagnostic) -> Value {
    if let number = CallText.number(word) { return .known(.number(number)) }
    let hasOperator = word.utf8.contains { [UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "-")].contains($0) }
    if hasOperator || StructureVariable.field(word) != nil, isExpression(word), let expression = try? Expression(word) {
      return try computed([expression], isList: false)
    }
    return .known(.word(withoutDot(word)))
  }

  /// Whether a word is an expression, all names of which mean something.
  private func isExpression(_ word: String) -> Bool {
    (try? Expression(word))?.names.allSatisfy(StructureVariable.isKnown) ?? false
  }

  private func withoutDot(_ word: String) -> String {
    grammar.isSwift && word.hasPrefix(".") ? String(word.dropFirst()) : word
  }

  private mutating func readList() throws(Diagnostic) -> Value {
    var (numbers, expressions): ([Double], [Expression]) = ([], [])
    if take("]") { return .known(.list([])) }
    repeat {
      skipSpaces()
      let start = position
      let word = readWord()
      guard let number = CallText.number(word), !isOperatorAhead(after: word) else {
        guard isOperatorAhead(after: word) || isExpression(word) else { throw malformed("a number", at: start) }
        position = start
        expressions.append(try readExpression())
        continue
      }
      numbers.append(number)
      // An infinity is no expression, and needs none unless another element is one.
      if let expression = try? Expression(word) { expressions.append(expression) }
    } while take(",")
    guard take("]") else { throw malformed("',' or ']'", at: position) }
    guard numbers.count < expressions.count || expressions.isEmpty else { return .known(.list(numbers)) }
    return expressions.isEmpty ? .known(.list(numbers)) : try computed(expressions, isList: true)
  }

  /// The rest of a word in quotes.
  private mutating func readQuoted() throws(Diagnostic) -> String {
    let start = position - 1
    var word: [UInt8] = []
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count { position += 1 }
      word.append(bytes[position])
      position += 1
    }
    guard take("\"") else { throw malformed("a second '\"'", at: start) }
    return String(decoding: word, as: UTF8.self)
  }

  // MARK: calls

  /// Whether what follows a word makes it a call: parentheses, and the word is no function's, nor the end of `0.02/sqrt`.
  private func isCallAhead(_ word: String) -> Bool {
    guard !word.isEmpty, next == UInt8(ascii: "("), !Expression.functions.contains(word) else { return false }
    guard let slash = word.lastIndex(where: { "/+-".contains($0) }) else { return true }
    // A plugin's name has a slash, too.
    let before = word[..<slash]
    return !Expression.functions.contains(String(word[word.index(after: slash)...])) && !before.isEmpty
      && CallText.number(String(before)) == nil && !StructureVariable.isKnown(String(before))
  }

  /// The parentheses after a word with all that is in them.
  private mutating func readParentheses() throws(Diagnostic) -> String {
    let start = position
    var depth = 0
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "(") { depth += 1 }
      if bytes[position] == UInt8(ascii: ")") { depth -= 1 }
      position += 1
      if depth == 0 { return String(decoding: bytes[start..<position], as: UTF8.self) }
    }
    throw malformed("')'", at: position)
  }

  // MARK: expressions

  /// The next byte that is no space.
  private var next: UInt8? { bytes[position...].first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } }

  /// Whether what follows a word, perhaps an empty one, makes it an expression.
  private func isOperatorAhead(after word: String) -> Bool {
    guard let next else { return false }
    if next == UInt8(ascii: "(") { return true }
    guard !word.isEmpty else { return false }
    let isWord = CallText.isWordByte(next) && (word.last.map { "/+-".contains($0) } ?? false)
    let isSign = [UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "-")].contains(next)
    return isWord || isSign || [UInt8(ascii: "*"), UInt8(ascii: "^"), UInt8(ascii: "?")].contains(next)
      || next == UInt8(ascii: "[") && StructureVariable.field(String(word.drop { "+-".contains($0) })) != nil
  }

  /// An expression: everything to the comma or bracket that ends the value.
  private mutating func readExpression() throws(Diagnostic) -> Expression {
    let start = position
    var depth = 0
    scan: while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"):
        if depth == 0 { break scan }
        depth -= 1
      case UInt8(ascii: ",") where depth == 0: break scan
      default: break
      }
      position += 1
    }
    let text = bytes[start..<position]
    let end = text.lastIndex { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }.map { $0 + 1 } ?? start
    let written = String(decoding: bytes[start..<end], as: UTF8.self)
    do throws(Expression.Failure) { return try known(try Expression(written), at: start) } catch {
      throw Diagnostic(
        .malformedExpression, "an expression cannot be read: \(error.problem)", at: place(start + (error.offset ?? 0)),
        found: "'\(written)'",
        hints: (error.name.map { Suggestion.hint(for: $0, in: StructureVariable.allCases.map(\.rawValue)) } ?? [])
          + (error.name == nil ? [] : ["variables: \(StructureVariable.list)"]))
    }
  }

  /// Refuses names that mean nothing.
  private func known(_ expression: Expression, at start: Int) throws(Expression.Failure) -> Expression {
    for (name, offset) in zip(expression.names, expression.places) where !StructureVariable.isKnown(name) {
      throw Expression.Failure(problem: "there is no variable '\(name)'", offset: offset, name: name)
    }
    return expression
  }

  /// Expressions as a value: reckoned at once where they name nothing.
  private func computed(_ expressions: [Expression], isList: Bool) throws(Diagnostic) -> Value {
    guard expressions.allSatisfy(\.names.isEmpty) else { return .computed(expressions, isList: isList) }
    let value = Value.computed(expressions, isList: isList)
    do throws(Expression.Failure) { return .known(try value.evaluated { _ in nil }) } catch {
      throw Diagnostic(.valueOfExpression, error.problem, at: "'\(text)'", expected: "a finite number")
    }
  }
}

extension CallText.Value {
  /// The value, with numbers for names.
  package func evaluated(_ lookup: (String) -> Double?) throws(Expression.Failure) -> ArgumentValue {
    switch self {
    case .known(let value): return value
    case .computed(let expressions, let isList):
      let numbers = try expressions.map { (expression) throws(Expression.Failure) in try expression.evaluated(lookup) }
      return isList ? .list(numbers) : .number(numbers.first ?? .nan)
    }
  }

  /// The value, unless it depends on where it is used.
  package var known: ArgumentValue? { if case .known(let value) = self { value } else { nil } }

  /// What was written.
  package var description: String {
    switch self {
    case .known(let value): return value.description
    case .computed(let expressions, let isList):
      let texts = expressions.map(\.text).joined(separator: ", ")
      return isList ? "[\(texts)]" : texts
    }
  }

  /// The names of what it depends on.
  package var names: [String] {
    if case .computed(let expressions, _) = self { expressions.flatMap(\.names) } else { [] }
  }
}

extension CallText {
  /// Whether any argument depends on where it is used.
  package var isComputed: Bool { arguments.contains { !$0.value.names.isEmpty } }

  /// The same, with each lone variable an expression where the parameter takes nothing but numbers.
  package func withVariables(for parameters: [CallParameter]) -> CallText {
    var copy = self
    var next = 0
    for index in arguments.indices {
      let argument = arguments[index]
      let parameter =
        argument.name.map { name in parameters.first { $0.name == name } }
        ?? (next < parameters.count ? parameters[next] : nil)
      if argument.name == nil { next += 1 }
      guard parameter?.takesNumbersAlone == true, case .known(.word(let word)) = argument.value,
        StructureVariable.isKnown(word), let expression = try? Expression(word)
      else { continue }
      copy.arguments[index].value = .computed([expression], isList: false)
    }
    return copy
  }

  /// The same with every value known.
  package func evaluated(_ lookup: (String) -> Double?) throws(Expression.Failure) -> CallText {
    var copy = self
    for index in arguments.indices {
      copy.arguments[index].value = .known(try arguments[index].value.evaluated(lookup))
    }
    return copy
  }

  /// The same with a number for each expression, to see whether all arguments have places.
  package var placeheld: CallText {
    var copy = self
    for index in arguments.indices where arguments[index].value.known == nil {
      copy.arguments[index].value = .known(.number(1))
    }
    return copy
  }

  /// The text of the call, arguments with their names as they were written.
  package var written: String {
    let list = arguments.map { ($0.name.map { "\($0): " } ?? "") + $0.value.description }.joined(separator: ", ")
    return list.isEmpty ? name : "\(name)(\(list))"
  }
}
