import Diagnostics

extension PyTorchFile {
  /// One tensor: a view of a storage, which other tensors may share.
  public struct Entry: Sendable, Equatable {
    /// The keys that lead to it within its part of the file, joined by dots.
    public let name: String
    /// The element type by its name in safetensors files; C128, which these do not have, besides.
    public let dtype: String
    /// The sizes, outermost first; empty for a scalar.
    public let shape: [Int]
    /// How many elements of the storage lie between neighbors along each axis.
    public let strides: [Int]
    /// The key of the storage, which is the name of its member in the archive's folder `data`.
    public let storage: String
    /// Where the first element stands in the storage, in bytes.
    public let storageOffset: Int
    /// The bytes of one element.
    public let elementSize: Int
    /// The bytes of all elements, each counted once for every place of the shape.
    public let byteCount: Int
    /// Whether the elements stand one after the other in C order.
    public let isContiguous: Bool

    /// Where the first element stands in the file.
    package let start: Int

    init(
      name: String, _ tensor: PickleContents.Tensor, _ contents: PickleContents,
      _ storages: [Range<Int>]
    ) {
      self.name = name
      dtype = tensor.type.stored
      shape = contents.integers(tensor.sizes)
      strides = contents.integers(tensor.strides)
      storage = contents.storages[Int(tensor.storage)].key
      elementSize = tensor.type.size
      // All products were checked when the pickle was read, but for those of a tensor without elements.
      byteCount = shape.contains(0) ? 0 : shape.reduce(elementSize, *)
      storageOffset = byteCount == 0 ? 0 : tensor.offset * elementSize
      start = storages[Int(tensor.storage)].lowerBound + storageOffset
      isContiguous =
        byteCount == 0
        || StridedBytes(shape: shape, strides: strides, elementSize: elementSize).isContiguous
    }

    /// Whether both are the same elements in the same order: one tensor under two names.
    public func isSameView(as other: Entry) -> Bool {
      start == other.start && storage == other.storage && dtype == other.dtype
        && shape == other.shape
        && (strides == other.strides || isContiguous && other.isContiguous)
    }
  }

  /// The tensors that share a storage with others, as numbers of entries: a group for each such storage, in order.
  public var sharedStorages: [[Int]] {
    Dictionary(grouping: entries.indices) { ByteName(entries[$0].storage) }.values.filter {
      $0.count > 1
    }
    .sorted { $0[0] < $1[0] }
  }

  /// What a wrapper put before all names, as in `module.` (DataParallel) or `module._orig_mod.`; nil where there is nothing.
  ///
  /// Nothing is left out of names by itself.
  public var wrapperPrefix: String? { WrapperPrefix.common(to: entries.lazy.map(\.name)) }
}
