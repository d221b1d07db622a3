import Diagnostics
import Functors
import LayerVocabulary

/// Reads one selector.
struct SelectorParser {
  private let text: [Unicode.Scalar]
  private var position = 0

  init(_ text: String) { self.text = Array(text.unicodeScalars) }

  private var next: Unicode.Scalar? { position < text.count ? text[position] : nil }
  private var isAtStepEnd: Bool { next.map { isSpace($0) || $0 == ">" || $0 == "?" || $0 == "[" } ?? true }

  mutating func selector() throws(Diagnostic) -> Selector {
    var steps: [Selector.Step] = []
    var relation = Selector.Relation.inside
    skipSpaces()
    repeat {
      try expectStep(after: steps.isEmpty ? nil : relation)
      steps.append(Selector.Step(relation: relation, target: try target()))
      skipSpaces()
      relation = skip(">") ? .directly : .inside
      skipSpaces()
    } while relation == .directly || (next != nil && next != "?" && next != "[")
    let part = try tensorPart()
    return try checked(Selector(steps: steps, part: part, allowsNoMatch: try end()))
  }

  mutating func absolutePath() throws(Diagnostic) -> Selector {
    skipSpaces()
    try expectStep(after: nil)
    skip(".")
    let parts: [SelectorPart] = try path()
    skipSpaces()
    guard next == nil else { throw error("a path is one step", expected: "the end") }
    let isForced = SelectorPart.looksLikeType(parts) || SelectorPart.looksLikeField(parts)
    return try checked(
      Selector(steps: [Selector.Step(relation: .inside, target: .path(parts, isForced: isForced))]))
  }

  private func checked(_ selector: Selector) throws(Diagnostic) -> Selector {
    guard selector.exactNames == nil, selector.stateCount > Selector.stateLimit else { return selector }
    throw error("the selector is too long", expected: "at most \(Selector.stateLimit) parts in all steps")
  }

  private func expectStep(after relation: Selector.Relation?) throws(Diagnostic) {
    guard isAtStepEnd else { return }
    let what = "a type, a path or a role"
    switch relation {
    case nil where next == nil: throw error("the selector is empty", expected: what)
    case nil: throw error("the selector begins with '\(next.map(String.init) ?? "")'", expected: what)
    default: throw error("nothing follows '>'", expected: what)
    }
  }

  /// The `?` of a selector that may match nothing, and the end.
  private mutating func end() throws(Diagnostic) -> Bool {
    let mark = position
    let isOptional = skip("?")
    skipSpaces()
    guard next == nil else {
      position = isOptional ? mark : position
      throw error(
        "'?' stands at the end only", expected: "the end after '?'",
        hints: ["'*' stands for any text within a name: 'bn*.weight'"])
    }
    return isOptional
  }

  /// What stands in brackets behind the last step.
  private mutating func tensorPart() throws(Diagnostic) -> Part? {
    guard next == "[" else { return nil }
    let start = position + 1
    guard let end = PartText.end(of: text[start...]) else {
      throw error("the brackets are not closed", expected: "']'")
    }
    var parser = PartParser(text[start..<end])
    let part: Part
    do throws(Diagnostic) { part = try parser.part() } catch {
      position = start
      var error = error
      error.place = place
      throw error
    }
    position = end + 1
    skipSpaces()
    guard next == nil || next == "?" else {
      throw error(
        "text follows a part", expected: "'?' or the end",
        hints: ["brackets that belong to a name stand in double quotes: blocks.\"a[0]\".weight"])
    }
    return part
  }

  private mutating func target() throws(Diagnostic) -> Selector.Target {
    if skip("@") { return try quality() }
    if skip(".") { return .path(try path(), isForced: true) }
    if let slash = slash() { return try pluginType(slash) }
    guard next?.properties.isUppercase ?? false, next != "\"" else {
      let parts = try path()
      return .path(parts, isForced: SelectorPart.looksLikeType(parts))
    }
    return .type(try part(), path: try relativePath())
  }

  private mutating func quality() throws(Diagnostic) -> Selector.Target {
    let start = position
    while !isAtStepEnd { position += 1 }
    let name = String(String.UnicodeScalarView(text[start..<position]))
    if let role = ParameterRole(rawValue: name) { return .role(role) }
    if name == Selector.residualOut { return .residualOut }
    position = start
    throw error(
      "'@\(SelectorCharacters.excerpt(of: Array(name.unicodeScalars)))' is not a role",
      expected: "@weight, @bias, @scale, @buffer, @other or @residual_out",
      hints: Suggestion.hint(
        for: "@" + name, in: (ParameterRole.allCases.map(\.rawValue) + [Selector.residualOut]).map { "@" + $0 }))
  }

  /// Where the slash of a plugin's type name is, if the step has one outside of quotes.
  private func slash() -> Int? {
    var index = position
    while index < text.count, !isSpace(text[index]), text[index] != ">", text[index] != "\"", text[index] != "[" {
      if text[index] == "/" { return index }
      index += 1
    }
    return nil
  }

  private mutating func pluginType(_ slash: Int) throws(Diagnostic) -> Selector.Target {
    let start = position
    while position < slash {
      guard let scalar = next, !SelectorCharacters.isOdd(scalar) else { throw oddCharacter() }
      position += 1
    }
    guard position > start else {
      throw error("no plugin is named before '/'", expected: "a plugin's identifier")
    }
    position += 1
    guard next != "\"" else { throw oddCharacter() }
    _ = try part()
    return .type(try name(start..<position), path: try relativePath())
  }

  private mutating func relativePath() throws(Diagnostic) -> [SelectorPart] {
    skip(".") ? try path() : []
  }

  private mutating func path() throws(Diagnostic) -> [SelectorPart] {
    var parts: [SelectorPart] = []
    repeat {
      let part = try self.part()
      if part != .deep || parts.last != .deep { parts.append(part) }
    } while skip(".")
    guard isAtStepEnd else { throw oddCharacter() }
    return parts
  }
}

extension SelectorParser {
  private mutating func part() throws(Diagnostic) -> SelectorPart {
    if next == "\"" { return .literal(try quotedName()) }
    let start = position
    while !isAtStepEnd, next != "." {
      if let scalar = next, SelectorCharacters.isOdd(scalar) { throw oddCharacter() }
      position += 1
    }
    guard position > start else {
      throw error(
        "a part of the path is empty", expected: "a name, '*' or '**'", hints: ["an empty name is '\"\"'"])
    }
    return try name(start..<position)
  }

  private mutating func name(_ range: Range<Int>) throws(Diagnostic) -> SelectorPart {
    let name = String(String.UnicodeScalarView(text[range]))
    if name == "**" { return .deep }
    for index in range.dropFirst() where text[index] == "*" && text[index - 1] == "*" {
      position = index - 1
      throw error("'**' is not a part of its own", expected: "'**' alone between dots, or one '*'")
    }
    return Glob(name).map(SelectorPart.pattern) ?? .literal(name)
  }

  private mutating func quotedName() throws(Diagnostic) -> String {
    let start = position
    position += 1
    var name = String.UnicodeScalarView()
    while let scalar = next, scalar != "\"" {
      position += 1
      name.append(scalar == "\\" ? try escape() : scalar)
    }
    guard skip("\"") else {
      position = start
      throw error("the quotes are not closed", expected: "'\"' at the end of the name")
    }
    guard isAtStepEnd || next == "." else {
      throw error("text follows the quotes", expected: "'.', a space or the end")
    }
    return String(name)
  }

  private mutating func escape() throws(Diagnostic) -> Unicode.Scalar {
    let start = position - 1
    let mark = next
    position += 1
    switch mark {
    case "\"", "\\": return mark ?? "\\"
    case "u" where skip("{"):
      var digits = ""
      while let scalar = next, scalar != "}", digits.count < 8 {
        digits.unicodeScalars.append(scalar)
        position += 1
      }
      if skip("}"), let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init) { return scalar }
    default: break
    }
    position = start
    throw error("an escape is not known", expected: #"\", \\ or a character's number as in \u{e9}"#)
  }

  @discardableResult
  private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    position += 1
    return true
  }

  private mutating func skipSpaces() { while let scalar = next, isSpace(scalar) { position += 1 } }

  private func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

  private func oddCharacter() -> Diagnostic {
    let scalar = next ?? " "
    return error(
      "'\(SelectorCharacters.visible(String(scalar)))' stands in a name without quotes",
      hints: ["names with odd characters stand in double quotes: a.\"b c\".weight"])
  }

  /// Where the reader is, for an error.
  private var place: String {
    let byte = text.prefix(position).reduce(0) { $0 + UTF8.width($1) }
    return "byte \(byte) of '\(SelectorCharacters.excerpt(of: text, around: position))'"
  }

  private func error(_ message: String, expected: String? = nil, hints: [String] = []) -> Diagnostic {
    Diagnostic(.selectorSyntax, message, at: place, expected: expected, hints: hints)
  }
}
