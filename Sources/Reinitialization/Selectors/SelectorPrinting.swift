import Functors

extension Selector: CustomStringConvertible {
  /// The text that reads as this selector again.
  public var description: String {
    var text = ""
    for (index, step) in steps.enumerated() {
      if index > 0 { text += step.relation == .directly ? " > " : " " }
      text += step.target.text
    }
    return text + (part.map { "[\($0)]" } ?? "") + (allowsNoMatch ? "?" : "")
  }
}

extension Selector.Target {
  fileprivate var text: String {
    switch self {
    case .role(let role): "@" + role.rawValue
    case .residualOut: "@" + Selector.residualOut
    case .type(let name, let path):
      // A type's name is printed bare: quotes would make a path of it.
      ([name.bareText] + path.map(\.text)).joined(separator: ".")
    case .path(let parts, let isForced):
      (isForced ? "." : "") + parts.map(\.text).joined(separator: ".")
    }
  }
}

extension SelectorPart {
  fileprivate var bareText: String {
    switch self {
    case .literal(let name): name
    case .pattern(let glob): glob.text
    case .deep: "**"
    }
  }

  /// As in a path: in quotes where it must be.
  var text: String {
    guard case .literal(let name) = self, SelectorPart.needsQuotes(name) else { return bareText }
    return SelectorCharacters.quoted(name)
  }

  /// Whether a path would be read as a type without a dot before it.
  static func looksLikeType(_ path: [SelectorPart]) -> Bool {
    path.first?.text.unicodeScalars.first?.properties.isUppercase ?? false
  }

  /// Whether a path would be read as the field of any layer without a dot before it: `*.bias`.
  static func looksLikeField(_ path: [SelectorPart]) -> Bool {
    guard path.count == 2, case .pattern(let glob) = path[0] else { return false }
    return glob.isBare && path[1].hasLiteral
  }

  private static func needsQuotes(_ name: String) -> Bool {
    name.isEmpty || name.unicodeScalars.contains { $0 == "." || $0 == "*" || SelectorCharacters.isOdd($0) }
  }
}

extension Selector {
  /// The shortest selector that is exactly the path of these names; `**` for the root.
  static func exact(_ names: [String]) -> Selector {
    let parts = names.isEmpty ? [.deep] : names.map(SelectorPart.literal)
    let isForced = SelectorPart.looksLikeType(parts)
    return Selector(steps: [Step(relation: .inside, target: .path(parts, isForced: isForced))])
  }
}

extension Inventory {
  /// The shortest text that selects exactly this entry's path.
  ///
  /// Odd names stand in quotes, and a dot before a name that could be a type's.
  public func pasteable(_ entry: Int) -> String {
    let names = path(of: entry).keys.map(\.text)
    return Selector.exact(names.isEmpty && entries[entry].isLeaf ? [""] : names).description
  }
}
