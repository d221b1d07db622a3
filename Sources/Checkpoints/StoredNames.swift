import Diagnostics
import Formats
import Functors
import LayerRecognition
import Reinitialization
import Tensors

/// Under which name of a file each path of a model is stored: the one mapping of names to tensors.
///
/// A tied tensor is stored under any of its paths, under several, or under a name that the file's own list of aliases
/// gives for one of them.
struct StoredNames {
  /// The file's name for each path of the model.
  let byPath: [ByteName: String]
  /// The further names under which a file has a tied tensor, and the path that they belong to.
  private(set) var copies: [(path: String, name: String, first: String)] = []
  private let header: SafeTensorsHeader

  /// - Parameter prefixes: what is left out at the beginning of the file's names.
  /// - Throws: ``Diagnostics/ErrorCode/structureMismatch`` for a path without a tensor.
  init(of model: some Node, in header: SafeTensorsHeader, strippedPrefixes prefixes: [String] = []) throws(Diagnostic) {
    self.header = header
    let stored = StoredNames.names(in: header, prefixes)
    let inventory = try Inventory(of: model)
    var groups: [[String]] = []
    var places: [Int32: Int] = [:]
    for leaf in inventory.leaves.indices {
      let path = inventory.path(ofLeaf: leaf).description
      if let place = places[inventory.leaves[leaf].tie] {
        groups[place].append(path)
      } else {
        places[inventory.leaves[leaf].tie] = groups.count
        groups.append([path])
      }
    }
    var names: [ByteName: String] = [:]
    for group in groups {
      guard let name = group.lazy.compactMap({ stored[ByteName($0)] }).first else {
        throw StoredNames.missing(group[0], stored.keys.map(\.text))
      }
      for path in group {
        let own = stored[ByteName(path)] ?? name
        names[ByteName(path)] = own
        if !ByteName.areSame(own, name) { copies.append((path, own, name)) }
      }
    }
    byPath = names
  }

  private static func names(in header: SafeTensorsHeader, _ prefixes: [String]) -> [ByteName: String] {
    var stored: [ByteName: String] = [:]
    for (alias, name) in ModelFile.aliases(of: header) where header[name] != nil { stored[alias] = name }
    for entry in header.entries { stored[ByteName(InferredTree.strip(entry.name, prefixes))] = entry.name }
    return stored
  }

  /// The tensor of a path.
  /// - Throws: ``Diagnostics/ErrorCode/structureMismatch``.
  func entry(for path: TreePath) throws(Diagnostic) -> SafeTensorsHeader.Entry {
    let path = path.description
    guard let name = byPath[ByteName(path)], let entry = header[name] else {
      throw StoredNames.missing(path, header.entries.map(\.name))
    }
    return entry
  }

  /// Refuses tensors that no path has.
  /// - Throws: ``Diagnostics/ErrorCode/structureMismatch``.
  func refuseRest(hints: [String] = []) throws(Diagnostic) {
    let wanted = Set(byPath.values.map { ByteName($0) })
    let rest = header.entries.filter { !wanted.contains(ByteName($0.name)) }
    guard let first = rest.first else { return }
    throw Diagnostic(
      .structureMismatch, "the file has tensors that the model does not have",
      found: "'\(first.name)'" + (rest.count > 1 ? " and \(rest.count - 1) more" : ""), hints: hints)
  }

  private static func missing(_ path: String, _ names: [String]) -> Diagnostic {
    Diagnostic(
      .structureMismatch, "the file has no tensor for '\(path)' of the model",
      hints: Suggestion.hint(for: path, in: names.sorted()))
  }
}
