/// A value of a pickle.
///
/// What has parts stands in the pickle's tables and is named by its number there: no value owns another, so that neither
/// depth nor cycles can cost a stack.
enum PickleValue: Sendable {
  /// Numbers with fractions, bytes, devices: whatever nobody asks for.
  case plain
  case bool(Bool)
  case integer(Int)
  /// A text, as a range of the pickle's bytes.
  case text(start: Int32, count: Int32)
  case tuple(Int32)
  case list(Int32)
  case dictionary(Int32)
  /// By its place in the pickle's globals.
  case global(Int32)
  /// A storage, and the place of its class in the pickle's globals.
  case storage(Int32, type: Int32)
  case tensor(Int32)
}

/// What a pickle holds, after all of it was read.
struct PickleContents: Sendable {
  /// A storage: a member of the archive.
  struct Storage: Sendable {
    let key: String
    let size: Int
  }

  /// A tensor: a view of a storage, which lies within the storage.
  struct Tensor: Sendable {
    let storage: Int32
    let type: PyTorchDType
    /// The first element's place in the storage, in elements.
    let offset: Int
    /// The sequences of sizes and of strides, in elements.
    let sizes: Int32
    let strides: Int32
  }

  let bytes: [UInt8]
  var root = PickleValue.plain
  /// Tuples, lists and sets.
  var sequences: [[PickleValue]] = []
  /// Dictionaries as pairs in the order of the file.
  var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
  var globals: [PickleGlobal] = []
  var storages: [Storage] = []
  var tensors: [Tensor] = []
  /// How many pairs have been copied out of lists, which can be named more than once.
  var pairsTaken = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  func text(_ value: PickleValue) -> String? {
    guard case .text(let start, let count) = value else { return nil }
    return String(decoding: bytes[Int(start)..<Int(start) + Int(count)], as: UTF8.self)
  }

  func global(_ value: PickleValue) -> PickleGlobal? {
    guard case .global(let index) = value else { return nil }
    return globals[Int(index)]
  }

  func sequence(_ value: PickleValue) -> [PickleValue]? {
    switch value {
    case .tuple(let index), .list(let index): sequences[Int(index)]
    default: nil
    }
  }

  /// The numbers of a sequence that holds nothing else.
  func integers(_ index: Int32) -> [Int] {
    sequences[Int(index)].compactMap { if case .integer(let number) = $0 { number } else { nil } }
  }
}
