import Diagnostics
import Files

/// What the end of a zip archive says of its directory.
struct ZipEnd {
  /// Where the directory stands in the file.
  let directory: Range<Int>
  /// How many members it has.
  let count: Int

  private static let size = 22
  private static let locatorSize = 20
  private static let size64 = 56

  /// Finds and checks the end records, those of 64 bits where there are any.
  init(_ handle: FileHandle) throws(Diagnostic) {
    let fileSize = handle.status.size
    // Behind the record stands a comment of at most 65,535 bytes.
    let start = max(0, fileSize - Self.size - 0xFFFF)
    let tail = try handle.bytes(start..<fileSize)
    guard let place = Self.place(in: tail) else {
      throw ZipFault.at(
        fileSize, handle.path, "the archive has no end record", expected: "a directory at the end"
      )
      .hinting("the file was probably cut off: compare its size with the original's")
    }
    var fields = Fields(tail, at: place)
    if let locator = try Self.locator(handle, before: start + place) {
      try fields.widen(handle, at: locator)
      fields.end = locator
    } else {
      fields.end = start + place
    }
    directory = try fields.directory(handle.path)
    count = fields.count
  }

  /// The last record whose comment ends with the file.
  private static func place(in tail: [UInt8]) -> Int? {
    guard tail.count >= size else { return nil }
    return (0...tail.count - size).reversed().first { place in
      tail[place] == 0x50 && tail[place + 1] == 0x4B && tail[place + 2] == 5 && tail[place + 3] == 6
        && Int(tail[place + 20]) | Int(tail[place + 21]) << 8 == tail.count - size - place
    }
  }

  /// Where the record of 64 bits stands; nil where there is none.
  private static func locator(_ handle: FileHandle, before end: Int) throws(Diagnostic) -> Int? {
    guard end >= locatorSize else { return nil }
    var reader = ByteReader(try handle.bytes(end - locatorSize..<end))
    guard reader.number(UInt32.self) == 0x0706_4B50 else { return nil }
    _ = reader.number(UInt32.self)
    let place = reader.number(UInt64.self) ?? .max
    // Between the two there may be no more than the record itself.
    guard end >= locatorSize + size64, place == UInt64(end - locatorSize - size64) else {
      throw ZipFault.at(
        end - locatorSize, handle.path, "the locator of the 64-bit end record points elsewhere",
        expected: "\(end - locatorSize - size64)", found: "\(place)")
    }
    return Int(place)
  }

  /// The numbers of either record.
  private struct Fields {
    var disks: [UInt32]
    var counts: [UInt64]
    var size: UInt64
    var offset: UInt64
    var end = 0

    var count: Int { Int(counts[1]) }

    init(_ tail: [UInt8], at place: Int) {
      var reader = ByteReader(tail, from: place + 4)
      disks = [reader.number(UInt16.self), reader.number(UInt16.self)].map { UInt32($0 ?? 0) }
      counts = [reader.number(UInt16.self), reader.number(UInt16.self)].map { UInt64($0 ?? 0) }
      size = UInt64(reader.number(UInt32.self) ?? 0)
      offset = UInt64(reader.number(UInt32.self) ?? 0)
    }

    /// Takes the numbers of the record of 64 bits, which those of the short one must not contradict.
    mutating func widen(_ handle: FileHandle, at place: Int) throws(Diagnostic) {
      var reader = ByteReader(try handle.bytes(place..<place + ZipEnd.size64))
      guard reader.number(UInt32.self) == 0x0606_4B50 else {
        throw ZipFault.at(
          place, handle.path, "there is no 64-bit end record where the locator points")
      }
      reader.offset = 16
      let wide = (0..<2).map { _ in reader.number(UInt32.self) ?? 0 }
      let numbers = (0..<4).map { _ in reader.number(UInt64.self) ?? 0 }
      let short = [counts[0], counts[1], size, offset]
      let limits: [UInt64] = [0xFFFF, 0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF]
      guard (0..<4).allSatisfy({ short[$0] == limits[$0] || short[$0] == numbers[$0] }) else {
        throw ZipFault.at(place, handle.path, "the two end records contradict each other")
      }
      (disks, counts, size, offset) = (wide, [numbers[0], numbers[1]], numbers[2], numbers[3])
    }

    func directory(_ path: String) throws(Diagnostic) -> Range<Int> {
      guard disks == [0, 0], counts[0] == counts[1] else {
        throw ZipFault.at(end, path, "the archive is one of several volumes")
      }
      guard size <= UInt64(ZipArchive.directoryLimit) else {
        throw ZipFault.at(
          end, path, "the directory is too large",
          expected: "at most \(ZipArchive.directoryLimit) bytes",
          found: "\(size) bytes")
      }
      // Each member takes 46 bytes and its name.
      guard counts[1] <= size / 46, offset <= UInt64(end), offset + size == UInt64(end) else {
        throw ZipFault.at(
          end, path, "the directory does not end where its end record begins",
          expected: "an end at \(end)",
          found: "\(counts[1]) members in \(size) bytes from \(offset) on")
      }
      return Int(offset)..<end
    }
  }
}
