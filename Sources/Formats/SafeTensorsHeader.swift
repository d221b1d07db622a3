import Diagnostics

/// What a safetensors file says about its contents: names, element types, shapes, places, remarks.
///
/// A file is eight bytes with the header's length (little-endian), the header (JSON), and the tensors' data
/// without holes. Parsing checks all of the format's rules, so that every range of an entry lies in the file.
public struct SafeTensorsHeader: Sendable {
  /// One tensor.
  public struct Entry: Sendable, Equatable {
    /// The name, byte for byte as in the file.
    public let name: String
    /// The element type as written; names that the format does not know are carried through.
    public let dtype: String
    /// The sizes, outermost first; empty for a scalar.
    public let shape: [Int]
    /// Where the bytes are, counted from the beginning of the data.
    public let range: Range<Int>

    /// The bits of one element, or nil where the format does not know the dtype.
    public var bitsPerElement: Int? { SafeTensorsDType.bits(dtype) }
    /// The bytes of the tensor.
    public var byteCount: Int { range.count }
  }

  /// The longest header that the format allows, in bytes.
  public static let lengthLimit = 100_000_000

  /// The tensors in the order of the header.
  public var entries: Entries { Entries(table: table) }
  /// The file's own remarks.
  public var metadata: SafeTensorsMetadata
  /// The header's bytes, padding included and the eight bytes before it not.
  public let headerLength: Int
  /// The bytes of all tensors.
  public let dataSize: Int

  let table: SafeTensorsTable
  let names: SafeTensorsNames

  /// Where the data begin in the file.
  public var dataStart: Int { 8 + headerLength }

  /// The size of the file.
  public var fileSize: Int { dataStart + dataSize }

  init(
    table: SafeTensorsTable, names: SafeTensorsNames, metadata: SafeTensorsMetadata,
    headerLength: Int,
    dataSize: Int
  ) {
    self.table = table
    self.metadata = metadata
    self.headerLength = headerLength
    self.dataSize = dataSize
    self.names = names
  }

  /// The tensor of a name, or nil.
  public subscript(name: String) -> Entry? { names.find(name, in: table).map { table.entry($0) } }

  /// The tensor of a name.
  ///
  /// - Throws: R0424, with similar names.
  public func entry(named name: String) throws(Diagnostic) -> Entry {
    if let entry = self[name] { return entry }
    throw Diagnostic(
      .unknownTensor, "there is no tensor \(SafeTensorsParser.quoted(name))",
      hints: Suggestion.hint(for: name, in: entries.lazy.map(\.name)))
  }
}

extension SafeTensorsHeader {
  /// A header for a new file: the tensors one after the other, in that order.
  ///
  /// - Throws: R0407 for a name given twice, R0427 for a dtype of unknown size, R0414, R0421 or R0422 for a
  ///   shape that cannot be stored, R0402 where the header becomes too long.
  public init(
    layingOut tensors: [(name: String, dtype: String, shape: [Int])],
    metadata: SafeTensorsMetadata = [:]
  ) throws(Diagnostic) {
    var table = SafeTensorsTable(text: SafeTensorsText(tensors.flatMap(\.name.utf8)))
    var (nameStart, end) = (0, 0)
    for tensor in tensors {
      let size = try Self.size(of: tensor.name, dtype: tensor.dtype, shape: tensor.shape)
      let (next, overflows) = end.addingReportingOverflow(size)
      if overflows {
        throw Diagnostic(.shapeOverflow, "all tensors together do not fit into 64 bits")
      }
      table.sizes += tensor.shape
      table.append(
        nameStart: nameStart, nameCount: tensor.name.utf8.count,
        dtype: table.dtype(named: tensor.dtype),
        rank: tensor.shape.count, begin: end, end: next)
      nameStart += tensor.name.utf8.count
      end = next
    }
    let names = try Self.index(table)
    let draft = SafeTensorsHeader(
      table: table, names: names, metadata: metadata, headerLength: 0, dataSize: end)
    let length = try draft.encoded().count - 8
    self.init(table: table, names: names, metadata: metadata, headerLength: length, dataSize: end)
  }

  private static func size(of name: String, dtype: String, shape: [Int]) throws(Diagnostic) -> Int {
    let tensor = "tensor \(SafeTensorsParser.quoted(name))"
    guard let bits = SafeTensorsDType.bits(dtype) else {
      throw Diagnostic(.unknownSize, "\(tensor) has a dtype of unknown size", found: "'\(dtype)'")
    }
    guard shape.allSatisfy({ $0 >= 0 }) else {
      throw Diagnostic(.shapeNotIntegers, "\(tensor) has a negative size", found: "\(shape)")
    }
    switch SafeTensorsSize(
      count: shape.reduce(1) { SafeTensorsSize.product($0, UInt($1)) }, bits: bits)
    {
    case .bytes(let count): return count
    case .overflow:
      throw Diagnostic(
        .shapeOverflow, "the size of \(tensor) does not fit into 64 bits", found: "\(shape)")
    case .partialByte(let bits):
      throw Diagnostic(
        .partialByte, "\(tensor) ends within a byte", found: "\(bits) bits for \(dtype) \(shape)")
    }
  }

  static func index(_ table: SafeTensorsTable) throws(Diagnostic) -> SafeTensorsNames {
    var duplicate: (earlier: Int, later: Int)?
    let names = SafeTensorsNames(of: table, duplicate: &duplicate)
    let taken = duplicate?.later ?? names.find(SafeTensorsParser.metadataKey, in: table)
    guard let taken else { return names }
    throw Diagnostic(
      .duplicateTensor, "the name \(SafeTensorsParser.quoted(table.name(taken))) is taken")
  }
}
