import Diagnostics
import Glibc

/// Turns the system's error numbers into errors with a code.
package enum FileFault {
  /// The system's words for an error number.
  package static func text(_ reason: Int32) -> String {
    guard let text = strerror(reason) else { return "errno \(reason)" }
    return "\(String(cString: text)) (errno \(reason))"
  }

  /// Opening a file that should exist failed.
  package static func opening(_ path: String, _ reason: Int32) -> Diagnostic {
    switch reason {
    case ENOENT, ENOTDIR: fault(.noSuchFile, "there is no such file", path, reason)
    case EACCES, EPERM: fault(.notPermitted, "the file may not be opened", path, reason)
    case EISDIR: fault(.isFolder, "this is a folder, not a file", path, reason)
    case ENXIO, ENODEV: fault(.notRegularFile, "this is not a regular file", path, reason)
    case EROFS: fault(.readOnlyFileSystem, "the file's file system is read-only", path, reason)
    default: fault(.cannotOpen, "the file cannot be opened", path, reason)
    }
  }

  /// Reading failed.
  package static func reading(_ path: String, _ reason: Int32) -> Diagnostic {
    fault(.readFailed, "reading failed", path, reason)
  }

  /// A file ended before a place that it had when it was opened.
  package static func shrank(_ path: String, expected: Int, found: Int) -> Diagnostic {
    Diagnostic(
      .fileShrank, "the file became shorter while it was used", at: path,
      expected: "at least \(expected) bytes",
      found: "\(found) bytes")
  }

  /// Creating a file failed.
  package static func creating(_ path: String, _ reason: Int32) -> Diagnostic {
    switch reason {
    case EEXIST:
      fault(.outputExists, "the output exists", path, reason).hinting("add --force to overwrite it")
    case ENOENT, ENOTDIR: fault(.folderMissing, "the output's folder does not exist", path, reason)
    case EACCES, EPERM: fault(.folderNotWritable, "the output's folder may not be written to", path, reason)
    case EROFS: fault(.readOnlyFileSystem, "the output's file system is read-only", path, reason)
    case ENOSPC, EDQUOT: fault(.diskFull, "no space is left", path, reason)
    default: fault(.cannotCreate, "the output cannot be created", path, reason)
    }
  }

  /// Writing failed.
  package static func writing(_ path: String, _ reason: Int32) -> Diagnostic {
    switch reason {
    case ENOSPC, EDQUOT, EFBIG: fault(.diskFull, "no space is left", path, reason)
    case EROFS: fault(.readOnlyFileSystem, "the file system became read-only", path, reason)
    default: fault(.writeFailed, "writing failed", path, reason)
    }
  }

  /// Moving the finished file to its name failed.
  package static func publishing(_ path: String, _ reason: Int32) -> Diagnostic {
    switch reason {
    case EEXIST: creating(path, reason)
    case ENOSPC, EDQUOT: fault(.diskFull, "no space is left", path, reason)
    default: fault(.cannotPublish, "the finished file cannot be moved into place", path, reason)
    }
  }

  /// Forcing data to the disk failed.
  package static func syncing(_ path: String, _ reason: Int32) -> Diagnostic {
    switch reason {
    case ENOSPC, EDQUOT: fault(.diskFull, "no space is left", path, reason)
    default: fault(.syncFailed, "the data could not be forced to the disk", path, reason)
    }
  }

  private static func fault(_ code: ErrorCode, _ message: String, _ path: String, _ reason: Int32) -> Diagnostic {
    Diagnostic(code, message, at: path, found: text(reason))
  }
}
