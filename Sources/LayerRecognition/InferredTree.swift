import Diagnostics
import Functors
import Reinitialization
import Tensors

/// A checkpoint without a model, seen as a tree: its dotted names are the paths.
///
/// Layers are instances of the real types, inferred from names and shapes (``InferredLayer``); branches are
/// plain lists. Every path's text is the tensor's name, byte for byte, less the prefixes that were stripped.
public struct InferredTree: Sendable {
  /// The tree.
  public let root: any Node
  /// What a note says of the architecture and the tensors are not.
  public let warnings: [String]
  private let fileNames: [ByteName: String]

  private init(root: any Node, fileNames: [ByteName: String], warnings: [String] = []) {
    self.root = root
    self.fileNames = fileNames
    self.warnings = warnings
  }

  /// A tree that is known, with the file's name for each path.
  package init(root: any Node, treeNames: [ByteName: String]) { self.init(root: root, fileNames: treeNames) }

  /// Infers the tree of a file's tensors, given in the file's order.
  /// - Throws: ``Diagnostics/ErrorCode/duplicateTensor`` where two names are one after stripping;
  ///   ``Diagnostics/ErrorCode/usage`` for overrides that cannot be,
  ///   and what matching says of selectors.
  public static func infer(
    _ tensors: [NamedTensor], options: RecognitionOptions = RecognitionOptions()
  ) throws(Diagnostic) -> InferredTree {
    var names = tensors.map(\.name)
    var fileNames: [ByteName: String] = [:]
    for index in names.indices where !options.strippedPrefixes.isEmpty {
      let stripped = strip(names[index], options.strippedPrefixes)
      guard stripped.utf8.count != names[index].utf8.count else { continue }
      fileNames[ByteName(stripped)] = names[index]
      names[index] = stripped
    }
    let trie = try NameTrie(names, originals: tensors)
    var matched = MatchedOverrides()
    let told = options.told + options.overrides
    if !told.isEmpty {
      // Selectors are about the tree as it is without them.
      var plain = TreeAssembly(trie: trie, tensors: tensors, options: options, overrides: matched)
      let first = try plain.build()
      let inventory = try Inventory(of: AnyNode(first))
      matched = try MatchedOverrides(told, in: inventory, config: options.config)
    }
    var assembly = TreeAssembly(trie: trie, tensors: tensors, options: options, overrides: matched)
    return InferredTree(root: try assembly.build(), fileNames: fileNames, warnings: assembly.warnings)
  }

  /// The name in the file of what the tree calls so.
  public func fileName(of treeName: String) -> String { fileNames[ByteName(treeName)] ?? treeName }

  /// A name less what is stripped: a prefix at the front, and a text that begins with a dot, such as `._orig_mod`, wherever it
  /// stands between dots, as wrappers of modules do.
  package static func strip(_ name: String, _ prefixes: [String]) -> String {
    var rest = Substring(name)
    for prefix in prefixes {
      if prefix.utf8.first == UInt8(ascii: "."), prefix.utf8.count > 1 {
        rest = Substring(without(prefix, String(rest)))
        continue
      }
      guard rest.utf8.starts(with: prefix.utf8) else { continue }
      let shorter = rest.utf8.dropFirst(prefix.utf8.count)
      if let text = Substring(shorter).isEmpty ? nil : Substring(shorter) { rest = text }
    }
    return String(rest)
  }

  /// A name without the parts that are a wrapper's.
  private static func without(_ wrapper: String, _ name: String) -> String {
    let dot = UInt8(ascii: ".")
    var part = Substring(wrapper).utf8.dropFirst()
    if part.last == dot { part = part.dropLast() }
    let parts = name.utf8.split(separator: dot, omittingEmptySubsequences: false)
    let left = parts.filter { !$0.elementsEqual(part) }
    guard left.count < parts.count, !left.isEmpty else { return name }
    return left.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".")
  }
}
