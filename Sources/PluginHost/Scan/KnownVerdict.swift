import Diagnostics

/// What an earlier look at a plugin's bytes came to.
package enum KnownVerdict: Sendable, Equatable {
  /// It was loaded in a process of its own, and registered this.
  case accepted(PluginDescription)
  /// It was refused: the whole error.
  case refused(Diagnostic)
}

extension PluginCatalog {
  /// What is known of bytes that were looked at before, under whatever name; nothing is loaded, nothing written.
  ///
  /// - Parameter digest: the hash of the bytes, as ``Plugin/digest``.
  /// - Returns: nil where they were never looked at, or where the look says nothing of the plugin, as where a library
  ///   was missing. A command looks again at a plugin that crashed or failed.
  package static func known(digest: String) -> KnownVerdict? {
    var cache = ScanCache.standard(ProcessEnvironment.trusted)
    cache?.load()
    return cache?.story(ofBytes: digest).map { verdict in
      switch verdict.outcome {
      case .success(let description): .accepted(description)
      case .failure(let error): .refused(error)
      }
    }
  }
}
