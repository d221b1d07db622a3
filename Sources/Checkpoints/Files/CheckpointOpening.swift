import Diagnostics
import Files
import Formats

extension SafeTensorsFile {
  /// Opens a file and checks its header against all rules of the format: the one way to read a checkpoint.
  ///
  /// As long as it is open, no run changes it in place.
  /// - Throws: R0601 to R0609 where it cannot be opened or read, R0430, R0431 or R0442 for what is another format, R0401 to
  ///   R0423 where it breaks this one, R0620 while a run changes it in place, R0630 to R0634 where one was interrupted.
  public convenience init(_ path: String) throws(Diagnostic) {
    let handle = try FileHandle.open(path)
    try Journal.requireSettled(handle)
    try self.init(handle)
  }
}
