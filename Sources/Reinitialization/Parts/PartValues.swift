import Diagnostics
import Functors
import LayerVocabulary
import Tensors

/// The values of a tree's parameters, for parts that are chosen by them.
package protocol PartValues: Sendable {
  /// Reads bytes of a parameter, from any thread.
  /// - Throws: reading's codes; ``Diagnostics/ErrorCode/partMisplaced`` for one without values.
  func read(_ leaf: Int, from offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic)

  /// The tensor of a parameter's name in another file, with values.
  /// - Throws: ``Diagnostics/ErrorCode/partMask`` where there is none; opening's codes.
  func mask(of leaf: Int, in file: String) throws(Diagnostic) -> (name: String, tensor: Tensor)

  /// Whether masks stay open as long as a plan.
  var keepsMasks: Bool { get }
}

/// The values of a model in memory.
package struct ModelValues: PartValues {
  private let inventory: Inventory
  private let tensors: [Tensor]
  private let prefix: TreePath
  private let library: (any SourceLibrary)?
  package let keepsMasks = true

  /// Of tensors, one for each leaf; lazy where there are no values.
  package init(_ tensors: [Tensor], _ inventory: Inventory, reading library: some SourceLibrary) {
    (self.tensors, self.inventory, prefix, self.library) = (tensors, inventory, TreePath(), library)
  }

  /// Of a model, where a rule's part may look at its values.
  init?(
    of model: some Node, _ inventory: Inventory, for rules: [Rule], prefix: TreePath, _ library: (any SourceLibrary)?
  )
    throws(Diagnostic)
  {
    guard rules.contains(where: { $0.part?.readsValues ?? false }) else { return nil }
    tensors = try model.leaves(ties: .every).map(\.tensor)
    (self.inventory, self.prefix, self.library) = (inventory, prefix, library)
  }

  package func read(_ leaf: Int, from offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    guard !tensors[leaf].isLazy else {
      throw Diagnostic(
        .partMisplaced, "a part is chosen by values, and the tensor has none yet",
        at: inventory.path(ofLeaf: leaf).description)
    }
    tensors[leaf].withBytes { bytes in
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + buffer.count]))
    }
  }

  package func mask(of leaf: Int, in file: String) throws(Diagnostic) -> (name: String, tensor: Tensor) {
    let name = prefix.appending(inventory.path(ofLeaf: leaf)).description
    guard let library else {
      throw Diagnostic(
        .partMask, "a mask is in a file, and nothing opens one", at: name, found: file,
        hints: ["reinitialize(seed: …, reading: .checkpoints) { … }"])
    }
    do { return (name, try library.tensor(name, in: file)) } catch {
      guard error.code == .sourceMissing else { throw error }
      throw Diagnostic.maskMissing(name, in: file)
    }
  }
}

extension Part {
  /// Whether it depends on values.
  var readsValues: Bool {
    switch self {
    case .slices, .named: false
    case .rows, .mask: true
    }
  }
}

extension Diagnostic {
  /// A file has no mask for a tensor.
  package static func maskMissing(_ name: String, in file: String) -> Diagnostic {
    Diagnostic(
      .partMask, "a file has no mask for a tensor", at: file, expected: "a tensor '\(name)' of type bool or u8",
      hints: ["a mask has the name and the shape of the tensor that it is for"])
  }
}
