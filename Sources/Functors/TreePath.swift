import Diagnostics

/// One step of a path: the name of a field or the index of an element.
public enum PathKey: Sendable, Hashable {
  /// A named child.
  case name(String)
  /// An element of a list, from 0.
  case index(Int)

  /// Whether the child has no name of its own and lends its children's names to its parent.
  public var isUnnamed: Bool {
    if case .name(let name) = self { name.isEmpty } else { false }
  }

  /// The text of the step in a path.
  public var text: String {
    switch self {
    case .name(let name): name
    case .index(let index): String(index)
    }
  }
}

extension PathKey {
  /// Two steps are equal if their texts are the same bytes: an element `0` of a list and an entry `"0"` of a dictionary.
  public static func == (a: PathKey, b: PathKey) -> Bool {
    if case .index(let first) = a, case .index(let second) = b { return first == second }
    return ByteName.areSame(a.text, b.text)
  }

  /// Hashes the text.
  public func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }
}

extension PathKey: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, CustomStringConvertible {
  /// A named step.
  public init(stringLiteral value: String) { self = .name(value) }
  /// An indexed step.
  public init(integerLiteral value: Int) { self = .index(value) }
  /// A step from a path's text: a decimal number without leading zeros is an index.
  public init(_ text: some StringProtocol) {
    let digits = text.utf8
    let isDecimal = !digits.isEmpty && digits.count < 19 && digits.allSatisfy { (48...57).contains($0) }
    if isDecimal, digits.count == 1 || digits.first != 48, let index = Int(text) {
      self = .index(index)
    } else {
      self = .name(String(text))
    }
  }
  /// The text of the step.
  public var description: String { text }
}

/// Where a value is in a tree, from the root: `layer4.1.conv1.weight`.
///
/// Unnamed children leave no trace in a path. The empty path is the root.
public struct TreePath: Sendable, Hashable {
  /// The steps, outermost first.
  public var keys: [PathKey]

  /// A path of those steps.
  public init(_ keys: [PathKey] = []) { self.keys = keys }

  /// A path from its dotted text; the empty text is the root.
  public init(_ text: some StringProtocol) {
    keys = text.isEmpty ? [] : text.split(separator: ".", omittingEmptySubsequences: false).map { PathKey($0) }
  }

  /// The path of a child.
  public func appending(_ key: PathKey) -> TreePath { key.isUnnamed ? self : TreePath(keys + [key]) }

  /// The path of something further down.
  public func appending(_ path: TreePath) -> TreePath { TreePath(keys + path.keys) }

  /// Whether this path is the other one or lies above it.
  public func isPrefix(of other: TreePath) -> Bool { other.keys.starts(with: keys) }
}

extension TreePath: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// A path from its dotted text.
  public init(stringLiteral value: String) { self.init(value) }
  /// A path of those steps.
  public init(arrayLiteral elements: PathKey...) { self.init(elements) }
  /// The dotted text.
  public var description: String { keys.map(\.text).joined(separator: ".") }
}

extension TreePath: Comparable {
  /// The canonical order: fewer parts first, then by the bytes of the text.
  public static func < (a: TreePath, b: TreePath) -> Bool {
    guard a.keys.count == b.keys.count else { return a.keys.count < b.keys.count }
    return a.description.utf8.lexicographicallyPrecedes(b.description.utf8)
  }
}
