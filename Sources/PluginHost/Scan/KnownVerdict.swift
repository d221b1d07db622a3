import Diagnostics
import JSONText

/// What an earlier look at a plugin's bytes came to.
public enum KnownVerdict: Sendable, Equatable {
  /// It was loaded in a process of its own, and registered this.
  case accepted(PluginDescription)
  /// It was refused: the whole error.
  case refused(Diagnostic)
}

extension PluginCatalog {
  /// What is known of bytes that were looked at before, under whatever name; nothing is loaded, nothing written.
  ///
  /// A refusal that another look could end differently, such as a library that was missing, is told as well.
  /// - Parameter digest: the hash of the bytes, as ``Plugin/digest``.
  /// - Returns: nil where they were never looked at, or by a version with other rules.
  public static func known(digest: String) -> KnownVerdict? {
    KnownVerdicts.standard.first { $0.digest == digest }.map { verdict in
      switch verdict.outcome {
      case .success(let description): .accepted(description)
      case .failure(let error): .refused(error)
      }
    }
  }
}

/// The scan cache as a reader sees it who wants to tell what was, where a search wants to know what is.
private enum KnownVerdicts {
  static var standard: [ScanVerdict] {
    guard let path, let file = try? ByteFile(path),
      let bytes = try? file.bytes(at: 0, count: min(file.status.size, 1 << 28)),
      let json = try? JSONValue(parsing: bytes, source: path),
      json["version"]?.string == "1, \(PluginScanner.rules)"
    else { return [] }
    return (json["verdicts"]?.array ?? []).compactMap { try? ScanVerdict(json: $0) }
  }

  private static var path: String? {
    let variables = ProcessEnvironment.variables
    let folder = variables["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    let home = variables["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.cache" : nil }
    return (folder ?? home).map { $0 + "/reinit/plugins.json" }
  }
}
