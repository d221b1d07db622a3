import Diagnostics

/// Names of registered things, and which of them a name in a text means.
///
/// What a plugin registers has its id and a slash in front (`org.example.se/SqueezeExcite`); the part behind
/// the slash and its aliases are short names. A short name gives way to a full one, such as that of something
/// built in, and means nothing where two plugins have it.
package struct RegisteredNames: Sendable {
  /// What a name means.
  package enum Meaning: Equatable, Sendable {
    case nothing
    /// The entry of that index.
    case entry(Int)
    /// Several entries.
    case ambiguous([Int])
  }
  private var full: [String: Int] = [:]
  private var short: [String: [Int]] = [:]

  /// No names.
  package init() {}

  /// All names, in order.
  package var all: [String] { Set(full.keys).union(short.keys).sorted() }

  /// The first of an entry's names that another entry has for itself, and that entry's index.
  package func taken(_ name: String, aliases: [String]) -> (name: String, index: Int)? {
    for name in RegisteredNames.isPlugins(name) ? [name] : [name] + aliases {
      if let index = full[name] { return (name, index) }
    }
    return nil
  }

  /// Adds the names of an entry, of which none is taken.
  package mutating func add(_ name: String, aliases: [String], index: Int) {
    full[name] = index
    guard RegisteredNames.isPlugins(name) else {
      for alias in aliases { full[alias] = index }
      return
    }
    let last = name.split(separator: "/").last.map(String.init) ?? name
    for alias in Set(aliases + [last]).subtracting([name]) { short[alias, default: []].append(index) }
  }

  /// What a name means.
  package func meaning(of name: String) -> Meaning {
    if let index = full[name] { return .entry(index) }
    guard let indices = short[name], let first = indices.first else { return .nothing }
    return indices.count == 1 ? .entry(first) : .ambiguous(indices)
  }

  private static func isPlugins(_ name: String) -> Bool { name.contains("/") }
}

extension Diagnostic {
  /// A short name that means several entries.
  package static func ambiguousName(_ name: String, of names: [String], are kind: String) -> Diagnostic {
    Diagnostic(
      .ambiguousName, "several \(kind) are named '\(name)'",
      expected: "a full name: " + names.map { "'\($0)'" }.joined(separator: " or "), found: "'\(name)'")
  }
}
