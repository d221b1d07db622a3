import Diagnostics
import Files

/// A safetensors file opened for reading; safe to use from any thread.
///
/// Reading goes by offset (`pread`): a file that is truncated meanwhile gives an error, never a signal.
public final class SafeTensorsFile: Sendable {
  /// The path as given.
  public let path: String
  /// What the file contains.
  public let header: SafeTensorsHeader

  package let handle: FileHandle

  /// Checks the header of an open file against all rules of the format.
  ///
  /// - Throws: R0606 and R0607 where it cannot be read, R0430, R0431 or R0442 for what is another format, R0401 to R0423
  ///   where it breaks this one.
  package init(_ handle: FileHandle) throws(Diagnostic) {
    self.path = handle.path
    self.handle = handle
    let text = SafeTensorsText(count: try Self.frontSize(of: handle))
    try handle.read(into: text.bytes, at: 0)
    header = try SafeTensorsParser.parse(text, fileSize: handle.status.size, path: handle.path)
  }

  /// The number of bytes from the beginning of a file to the end of its header.
  ///
  /// A file that cannot be one of this format is looked at once more, for what else it is.
  package static func frontSize(of handle: FileHandle) throws(Diagnostic) -> Int {
    let size = handle.status.size
    let front = try handle.bytes(0..<min(9, size))
    let length: Int
    do throws(Diagnostic) {
      length = try SafeTensorsHeader.length(front, fileSize: size, path: handle.path)
      if front.count < 9 || front[8] == 0x7B { return 8 + length }
    } catch {
      if let fault = try ForeignFormat.fault(handle, reading: .safetensors) { throw fault }
      throw error
    }
    if let fault = try ForeignFormat.fault(handle, reading: .safetensors) { throw fault }
    return 8 + length
  }

  /// Reads a part of a tensor: as many bytes as the buffer has.
  ///
  /// - Parameter offset: Where to begin, in bytes from the tensor's first.
  /// - Throws: R0607 where the file became shorter, R0606 where the system fails, R0425 outside the tensor.
  public func read(
    _ entry: SafeTensorsHeader.Entry, from offset: Int = 0,
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(Diagnostic) {
    guard offset >= 0, offset <= entry.range.count, buffer.count <= entry.range.count - offset
    else {
      throw Diagnostic(
        .outsideTensor,
        "a range outside of tensor \(SafeTensorsParser.quoted(entry.name)) was read",
        at: path,
        expected: "bytes below \(entry.range.count)",
        found: "\(buffer.count) bytes from \(offset) on")
    }
    try handle.read(into: buffer, at: header.dataStart + entry.range.lowerBound + offset)
  }

  /// All bytes of a tensor.
  ///
  /// - Throws: As ``read(_:from:into:)``.
  public func bytes(of entry: SafeTensorsHeader.Entry) throws(Diagnostic) -> [UInt8] {
    let start = header.dataStart + entry.range.lowerBound
    return try handle.bytes(start..<start + entry.range.count)
  }

  /// Whether a path names this very file, directly or by a link.
  public func isSame(as path: String) -> Bool {
    FileHandle.status(of: path).0?.isSame(as: handle.status) ?? false
  }
}

extension MappedFile {
  /// Maps a file that is open already.
  ///
  /// - Throws: R0608.
  public convenience init(_ file: SafeTensorsFile) throws(Diagnostic) {
    try self.init(file.handle)
  }
}
