import Diagnostics
import Functors
import Layers

/// How parameters of a nested layer begin, as a text: `weight: zeros, norm.scale: constant(0.1)`.
///
///     table = [ entry { "," entry } ]
///     entry = path ":" initializer
///
/// A path counts from the nested layer. Commas in parentheses and brackets are the initializer's.
struct BeginningTable {
  /// What is wrong with a text.
  struct Failure: Error {
    let problem: String
    let found: String
  }
  /// Each path once, with the text behind it.
  private(set) var entries: [(path: TreePath, text: String)] = []

  init(_ text: String) throws(Failure) {
    guard !text.allSatisfy({ $0 == " " }) else { return }
    for entry in BeginningTable.entries(of: text) {
      guard let colon = entry.firstIndex(of: ":") else {
        throw Failure(problem: "has no 'path: initializer'", found: entry)
      }
      let path = try BeginningTable.path(String(entry[..<colon].trimmingSpaces))
      let text = String(entry[entry.index(after: colon)...].trimmingSpaces)
      guard !text.isEmpty else { throw Failure(problem: "has no initializer behind a path", found: entry) }
      guard !entries.contains(where: { $0.path == path }) else {
        throw Failure(problem: "has a path twice", found: "\(path)")
      }
      entries.append((path, text))
    }
  }

  /// The parts between the commas that are in no parentheses.
  private static func entries(of text: String) -> [String] {
    var entries = [""]
    var depth = 0
    for character in text {
      if "([{".contains(character) { depth += 1 }
      if ")]}".contains(character) { depth -= 1 }
      if character == ",", depth == 0 { entries.append("") } else { entries[entries.count - 1].append(character) }
    }
    return entries
  }

  private static func path(_ text: String) throws(Failure) -> TreePath {
    let path = TreePath(text)
    let isPath = !path.keys.isEmpty && path.keys.allSatisfy { !$0.isUnnamed && !$0.text.contains(" ") }
    guard isPath else { throw Failure(problem: "has a path that is none", found: text) }
    return path
  }
}

extension BeginningTable {
  /// What a path of a table does not lead to: a parameter of the nested layer, absent or not.
  struct Nowhere: Error {
    let path: TreePath
    /// The parameters that there are, and similar names.
    let known: String
    let hints: [String]
  }

  /// - Throws: ``Nowhere`` for a path at which a layer has no parameter.
  static func check(_ path: TreePath, in layer: any Node) throws(Nowhere) {
    if let found = layer.holder(at: path), found.isAbsent || found.standsForTensor { return }
    let known = ((try? layer.leaves(ties: .every)) ?? []).map { "\($0.path)" }
    let shown = known.prefix(12).joined(separator: ", ") + (known.count > 12 ? " and \(known.count - 12) more" : "")
    throw Nowhere(
      path: path, known: known.isEmpty ? "none: it has no parameters" : shown,
      hints: Suggestion.hint(for: "\(path)", in: known))
  }
}

extension Node {
  /// Whether this is a tensor, tied and frozen ones included, or has one without a name.
  fileprivate var standsForTensor: Bool {
    innermostTensor != nil
      || children.contains { $0.key.isUnnamed && ($0.role != nil || $0.node.innermostTensor != nil) }
  }
}

extension StringProtocol {
  /// The text without spaces at its ends.
  var trimmingSpaces: SubSequence {
    let start = drop { $0 == " " }
    return start[..<(start.lastIndex { $0 != " " }.map(start.index(after:)) ?? start.startIndex)]
  }
}
