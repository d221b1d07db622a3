import Diagnostics
import Synchronization

/// Which files' code is in this process: what was hashed is what was loaded.
///
/// The system's loader knows a file by its path and by its number on its device, not by its bytes: where either is
/// loaded already, it gives back the code that is there.
enum LoadedFiles {
  private struct State {
    var byPath: [String: FileDigest] = [:]
    var byIdentity: [FileIdentity: FileDigest] = [:]
    var end: Diagnostic?
  }

  private static let state = Mutex(State())

  /// Refuses everything after an exception out of a constructor: even to look for files would load something, as the
  /// system's tables of users do, and wait.
  ///
  /// - Throws: ``Diagnostics/ErrorCode/pluginCrashed``.
  static func requireLoader() throws(Diagnostic) {
    if let end = state.withLock({ $0.end }) { throw end }
  }

  /// Refuses a file whose code the loader would not read.
  ///
  /// - Throws: ``Diagnostics/ErrorCode/pluginUnstable``, ``Diagnostics/ErrorCode/pluginCrashed``.
  static func require(_ file: PluginFile) throws(Diagnostic) {
    try requireLoader()
    let known = state.withLock { state in
      [state.byPath[FilePaths.absolute(file.path)], state.byIdentity[file.opened.status.identity]]
    }
    guard let other = known.compactMap({ $0 }).first(where: { $0 != file.digest }) else { return }
    throw Diagnostic(
      .pluginUnstable, "the file has changed, and its former code is in use", at: file.path,
      expected: "the digest \(other)", found: "\(file.digest)",
      hints: ["start the program again: code that is loaded stays as long as the process"])
  }

  /// Notes a file that has just been loaded.
  ///
  /// - Throws: ``Diagnostics/ErrorCode/pluginFileChanged`` where it is no longer the one that was hashed.
  static func note(_ file: PluginFile) throws(Diagnostic) {
    state.withLock { state in
      state.byPath[FilePaths.absolute(file.path)] = file.digest
      state.byIdentity[file.opened.status.identity] = file.digest
    }
    try file.opened.requireUnchanged()
    guard (try? FileStatus(of: file.path)) == file.opened.status else {
      throw Diagnostic(
        .pluginFileChanged, "another file took the plugin's place while it was loaded", at: file.path,
        hints: ["wait until the build is done, and run the command again"])
    }
  }

  /// An exception left a constructor: the thread keeps the loader's lock, and every other thread that loads something
  /// would wait for ever.
  static func end(by file: PluginFile, _ exception: String) -> Diagnostic {
    let error = Diagnostic(
      .pluginCrashed, "the plugin threw an exception while it was loaded", at: file.path,
      expected: "constructors that do not throw", found: exception,
      notes: ["the system's loader is locked after it: this process can load nothing any more"],
      hints: ["reinit plugin inspect \(ShellText.quoted(file.path))"])
    state.withLock { $0.end = $0.end ?? error }
    return error
  }
}
