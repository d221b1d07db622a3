import Diagnostics
import JSONText

extension SafeTensorsHeader {
  /// Parses and checks the header of a whole file in memory.
  ///
  /// - Throws: R0401 to R0423, one code for each rule of the format, with the byte's offset in the file.
  public init(parsing file: UnsafeRawBufferPointer, path: String) throws(Diagnostic) {
    let length = try Self.length(Array(file.prefix(9)), fileSize: file.count, path: path)
    let text = SafeTensorsText(file[..<(8 + length)])
    self = try SafeTensorsParser.parse(text, fileSize: file.count, path: path)
  }

  /// Parses and checks the header of a file whose first bytes, to the end of the header, are at hand.
  ///
  /// - Throws: R0404 to R0423.
  package init(front: [UInt8], fileSize: Int, path: String) throws(Diagnostic) {
    self = try SafeTensorsParser.parse(SafeTensorsText(front), fileSize: fileSize, path: path)
  }

  /// The header's length from the file's first eight bytes; the ninth, if it is given, makes errors say more.
  package static func length(_ front: [UInt8], fileSize: Int, path: String) throws(Diagnostic)
    -> Int
  {
    var reader = ByteReader(front)
    guard fileSize >= 8, let length = reader.number(UInt64.self) else {
      throw Diagnostic(
        .headerMissing, fileSize == 0 ? "the file is empty" : "the file is too short for a header",
        at: "\(path), byte \(min(front.count, fileSize))", expected: "at least 8 bytes",
        found: "\(min(front.count, fileSize)) bytes")
    }
    guard length <= UInt64(lengthLimit) else {
      throw Diagnostic(
        .headerTooLong, "the header is longer than the format allows", at: "\(path), byte 0",
        expected: "at most \(lengthLimit) bytes", found: "\(length) bytes")
    }
    guard Int(length) <= fileSize - 8 else {
      let fault = Diagnostic(
        .headerBeyondFile, "the header reaches beyond the end of the file", at: "\(path), byte 0",
        expected: "at most \(fileSize - 8) bytes of header", found: "\(length) bytes")
      throw front.count > 8 && front[8] == 0x7B
        ? fault.hinting("the file was cut off: download or write it again") : fault
    }
    return Int(length)
  }

  /// The first bytes of a file: the length, the header, and spaces up to the beginning of the data.
  ///
  /// The data begin at a multiple of eight. Entries keep their order and ranges.
  /// - Parameter room: How many spaces to add, so that metadata can be added later without moving the data.
  /// - Throws: R0402 where the header becomes longer than the format allows.
  public func encoded(room: Int = 0) throws(Diagnostic) -> [UInt8] {
    let text = text()
    let length = (text.count + max(room, 0) + 7) / 8 * 8
    guard length <= Self.lengthLimit else {
      throw Diagnostic(
        .headerTooLong, "the new header is longer than the format allows",
        expected: "at most \(Self.lengthLimit) bytes", found: "\(length) bytes")
    }
    return Self.padded(text, to: length)
  }

  /// How long a header would be, the eight bytes before it not included.
  package func encodedLength(room: Int) -> Int { (text().count + max(room, 0) + 7) / 8 * 8 }

  /// The first bytes of a file whose header has that length already.
  ///
  /// - Throws: R0426 where the header does not fit.
  public func encoded(headerLength: Int) throws(Diagnostic) -> [UInt8] {
    let text = text()
    guard text.count <= headerLength else {
      throw Diagnostic(
        .headerDoesNotFit, "the new header does not fit into the place of the old one",
        expected: "at most \(headerLength) bytes", found: "\(text.count) bytes")
    }
    return Self.padded(text, to: headerLength)
  }

  private static func padded(_ text: [UInt8], to length: Int) -> [UInt8] {
    var bytes = withUnsafeBytes(of: UInt64(length).littleEndian) { Array($0) }
    bytes.reserveCapacity(8 + length)
    bytes += text
    bytes += repeatElement(0x20, count: length - text.count)
    return bytes
  }

  private func text() -> [UInt8] {
    var text: [UInt8] = [0x7B]
    text.reserveCapacity(128 + 110 * entries.count)
    if !metadata.isEmpty { appendMetadata(to: &text) }
    for entry in entries {
      if text.count > 1 { text.append(0x2C) }
      entry.append(to: &text)
    }
    text.append(0x7D)
    return text
  }

  private func appendMetadata(to text: inout [UInt8]) {
    text += "\"\(SafeTensorsParser.metadataKey)\":".utf8
    for (index, pair) in metadata.pairs.enumerated() {
      text.append(index == 0 ? 0x7B : 0x2C)
      JSONValue.append(quoted: pair.key, to: &text)
      text.append(0x3A)
      JSONValue.append(quoted: pair.value, to: &text)
    }
    text.append(0x7D)
  }
}

extension SafeTensorsHeader.Entry {
  fileprivate func append(to text: inout [UInt8]) {
    JSONValue.append(quoted: name, to: &text)
    text += ":{\"dtype\":".utf8
    JSONValue.append(quoted: dtype, to: &text)
    text += ",\"shape\":[".utf8
    for (index, size) in shape.enumerated() {
      if index > 0 { text.append(0x2C) }
      text += String(size).utf8
    }
    text += "],\"data_offsets\":[\(range.lowerBound),\(range.upperBound)]}".utf8
  }
}
