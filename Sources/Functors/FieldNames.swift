import Synchronization

/// Names of properties, read from key paths.
enum FieldNames {
  /// The path's name of a stored property: its Swift name in snake case.
  static func pathName(of keyPath: AnyKeyPath) -> String { snakeCase(swiftName(of: keyPath)) }

  /// The last component of a key path's description.
  static func swiftName(of keyPath: AnyKeyPath) -> String {
    let text = String(describing: keyPath)
    return text.lastIndex(of: ".").map { String(text[text.index(after: $0)...]) } ?? text
  }

  /// `runningMean` as `running_mean`; a name with a capital first letter or an underscore is left alone.
  static func snakeCase(_ name: String) -> String {
    guard let first = name.first, first.isLowercase, !name.contains("_") else { return name }
    var result = ""
    for character in name {
      if character.isUppercase { result.append("_") }
      result += character.lowercased()
    }
    return result
  }

  /// Stops a program whose fields carry wrong names.
  ///
  /// The description of a key path is silently wrong beside properties of size zero, and not a name at all
  /// for computed ones. Each name is held against the instance's own reflection, once per type. Only a
  /// declaration in source can fail here, at its first use.
  static func check<Root>(_ fields: FieldList<Root>, on root: Root) {
    let properties = Dictionary(
      Mirror(reflecting: root).children.compactMap { child in child.label.map { ($0, type(of: child.value)) }
      },
      uniquingKeysWith: { first, _ in first })
    for field in fields.all where !field.isNameWritten {
      let name = swiftName(of: field.keyPath)
      guard properties[name] == type(of: field.keyPath).valueType else {
        // Not a precondition: its message would be lost in release builds.
        fatalError(
          "Fields of \(Root.self): '\(name)' is not the property that the key path leads to; "
            + "write its name: Fields<Self>(ordered: [.named(\"name\", .weight, \\.property), …])")
      }
    }
    let names = fields.all.map(\.key).filter { !$0.isUnnamed }
    guard Set(names).count == names.count else {
      fatalError("Fields of \(Root.self) names a field twice: \(names)")
    }
  }
}

/// Runs a check the first time only.
final class NameCheck: Sendable {
  private let isDone = Atomic<Bool>(false)

  func once(_ check: () -> Void) {
    guard !isDone.load(ordering: .relaxed) else { return }
    check()
    isDone.store(true, ordering: .relaxed)
  }
}
