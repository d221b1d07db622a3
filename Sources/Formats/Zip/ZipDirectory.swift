import Diagnostics
import Files

/// Reads the directory's records, and holds each against the header that stands before the member's bytes.
enum ZipDirectory {
  /// What the directory says of a member.
  struct Record {
    let name: String
    let method: UInt16
    let size: UInt64
    let header: Int
  }

  private static let encrypted: UInt16 = 1
  private static let headerSize = 30
  private static let nameLimit = 4096

  /// All records, each checked by itself.
  static func records(_ handle: FileHandle, _ end: ZipEnd) throws(Diagnostic) -> [Record] {
    var reader = ByteReader(try handle.bytes(end.directory))
    var records: [Record] = []
    records.reserveCapacity(end.count)
    for _ in 0..<end.count {
      let place = end.directory.lowerBound + reader.offset
      guard let record = try record(&reader, place, handle.path) else {
        throw ZipFault.at(place, handle.path, "the directory is cut off, or no directory")
      }
      records.append(record)
    }
    guard reader.left == 0 else {
      throw ZipFault.at(
        end.directory.lowerBound + reader.offset, handle.path,
        "the directory goes on behind its last member",
        expected: "\(end.count) members")
    }
    return records
  }

  private static func record(
    _ reader: inout ByteReader, _ place: Int, _ path: String
  ) throws(Diagnostic) -> Record? {
    guard reader.left >= 46, reader.number(UInt32.self) == 0x0201_4B50 else { return nil }
    reader.offset += 4
    let (flags, method) = (reader.number(UInt16.self) ?? 0, reader.number(UInt16.self) ?? 0)
    reader.offset += 8
    let packed = UInt64(reader.number(UInt32.self) ?? 0)
    let full = UInt64(reader.number(UInt32.self) ?? 0)
    let lengths = (0..<3).map { _ in Int(reader.number(UInt16.self) ?? 0) }
    let disk = reader.number(UInt16.self) ?? 0
    reader.offset += 6
    let header = UInt64(reader.number(UInt32.self) ?? 0)
    guard let nameRange = reader.take(lengths[0]), let extra = reader.take(lengths[1]),
      reader.take(lengths[2]) != nil
    else { return nil }
    let name = try checked(reader.bytes[nameRange], place, path)
    var numbers = [full, packed, header]
    try widen(&numbers, reader.bytes, extra, name, place, path)
    guard flags & encrypted == 0 else {
      throw ZipFault.at(place, path, "member '\(name)' is encrypted")
    }
    guard disk == 0, method != 0 || numbers[0] == numbers[1], numbers[2] <= UInt64(Int.max) else {
      throw ZipFault.at(place, path, "sizes of member '\(name)' contradict each other")
    }
    return Record(name: name, method: method, size: numbers[1], header: Int(numbers[2]))
  }

  /// The name, unless it is one that leads out of a folder.
  private static func checked(
    _ bytes: ArraySlice<UInt8>, _ place: Int, _ path: String
  ) throws(Diagnostic) -> String {
    guard let name = String(validating: bytes, as: UTF8.self), !name.isEmpty,
      bytes.count <= nameLimit
    else {
      throw ZipFault.at(place, path, "the name of a member is empty, too long, or not UTF-8")
    }
    let parts = name.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
    let climbs = parts.contains { $0.elementsEqual("..".utf8) }
    guard !climbs, bytes.first != 0x2F, !bytes.contains(0x5C), !bytes.contains(0) else {
      throw ZipFault.at(
        place, path, "the name of a member leads out of the archive", found: "'\(name.prefix(200))'"
      )
    }
    return name
  }

  /// Takes from the extra field of 64 bits what did not fit into 32.
  private static func widen(
    _ numbers: inout [UInt64], _ bytes: [UInt8], _ extra: Range<Int>, _ name: String, _ place: Int,
    _ path: String
  ) throws(Diagnostic) {
    let wide = numbers.indices.filter { numbers[$0] == 0xFFFF_FFFF }
    guard !wide.isEmpty else { return }
    var reader = ByteReader(bytes, from: extra.lowerBound)
    while reader.offset + 4 <= extra.upperBound {
      let (kind, count) = (reader.number(UInt16.self), Int(reader.number(UInt16.self) ?? 0))
      let next = reader.offset + count
      guard kind == 1 else {
        reader.offset = next
        continue
      }
      guard next <= extra.upperBound, count >= 8 * wide.count else { break }
      for index in wide { numbers[index] = reader.number(UInt64.self) ?? .max }
      return
    }
    throw ZipFault.at(place, path, "member '\(name)' lacks its sizes of 64 bits")
  }

  /// Where a record's bytes stand, after its local header.
  static func member(
    _ record: Record, _ handle: FileHandle, _ end: ZipEnd
  ) throws(Diagnostic) -> ZipArchive.Member {
    let count = headerSize + record.name.utf8.count
    let limit = end.directory.lowerBound
    guard record.header <= limit - count else { throw beyond(record, handle) }
    var reader = ByteReader(try handle.bytes(record.header..<record.header + count))
    let isHeader = reader.number(UInt32.self) == 0x0403_4B50
    reader.offset = 8
    let method = reader.number(UInt16.self)
    reader.offset = 26
    let (nameCount, extraCount) = (reader.number(UInt16.self) ?? 0, reader.number(UInt16.self) ?? 0)
    guard isHeader, method == record.method, Int(nameCount) == record.name.utf8.count,
      reader.bytes[headerSize...].elementsEqual(record.name.utf8)
    else {
      throw ZipFault.at(
        record.header, handle.path, "the header of member '\(record.name)' is not the directory's")
    }
    let start = record.header + count + Int(extraCount)
    guard start <= limit, record.size <= UInt64(limit - start) else { throw beyond(record, handle) }
    return ZipArchive.Member(
      name: record.name, range: start..<start + Int(record.size), isStored: record.method == 0)
  }

  private static func beyond(_ record: Record, _ handle: FileHandle) -> Diagnostic {
    ZipFault.at(
      record.header, handle.path, "member '\(record.name)' reaches beyond the members",
      found: "\(record.size) bytes")
  }
}
