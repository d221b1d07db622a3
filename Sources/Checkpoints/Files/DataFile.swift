import Diagnostics
import Files

/// The data of a safetensors file that is being written, by this process or by several together.
struct DataFile: Sendable {
  let handle: FileHandle
  /// Where the data begin in the file.
  let start: Int
  /// How many bytes there are.
  let size: Int

  /// Writes bytes; from any thread.
  ///
  /// - Parameter offset: Where, counted from the beginning of the data.
  /// - Throws: R0616, R0617; R0425 for a range outside of the data.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(Diagnostic) {
    try check(offset, bytes.count)
    try handle.write(bytes, at: start + offset)
  }

  /// Reads bytes that were written.
  ///
  /// - Throws: R0606, R0607; R0425 for a range outside of the data.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Diagnostic) {
    try check(offset, buffer.count)
    try handle.read(into: buffer, at: start + offset)
  }

  /// Copies bytes of another file from a place on, within the system.
  ///
  /// - Throws: As ``write(_:at:)``, and R0606 or R0607 where the source cannot be read or became shorter.
  func copy(_ place: Int, of source: FileHandle, count: Int, to offset: Int) throws(Diagnostic) {
    try check(offset, count)
    var copy = FileCopy(source: source, target: handle, from: place, to: start + offset, count: count)
    try copy.run()
  }

  private func check(_ offset: Int, _ count: Int) throws(Diagnostic) {
    guard offset >= 0, offset <= size, count <= size - offset else {
      throw Diagnostic(
        .outsideTensor, "a range outside of the data was written", at: handle.path,
        expected: "bytes below \(size)", found: "\(count) bytes from \(offset) on")
    }
  }
}
