import Diagnostics
import Glibc

/// A file that may be a plugin.
package struct PluginCandidate: Sendable {
  /// The path by which it was found.
  package let path: String
  /// The path with all links followed: what is loaded.
  package let realPath: String
  /// How it was found.
  package let origin: PluginOrigin
  /// Which file it is, its size and times.
  package let status: FileStatus
  /// What is wrong with its permissions, where it was named by hand.
  package let warnings: [Diagnostic]
}

/// What a search found.
package struct PluginSearchResult: Sendable {
  /// A place and what became of it.
  package struct Visit: Sendable, Equatable {
    /// Whether a place was searched.
    package enum Outcome: String, Sendable {
      /// It was, or the file was there.
      case searched
      /// There is nothing.
      case missing
      /// It was searched already, under another name.
      case repeated
      /// It is not trusted or cannot be read.
      case refused
    }

    /// The place.
    package let place: PluginPlace
    /// What became of it.
    package let outcome: Outcome
  }

  /// A file that was found and will not be looked at.
  package struct Refusal: Sendable {
    /// The path by which it was found.
    package let path: String
    /// How it was found.
    package let origin: PluginOrigin
    /// Why it is refused.
    package let reason: Diagnostic
  }

  /// Each file once, in the order of the search.
  package internal(set) var candidates: [PluginCandidate] = []
  /// What was named and is not there, or was found and is not trusted.
  package internal(set) var refusals: [Refusal] = []
  /// Folders that are missing, unreadable or not trusted.
  package internal(set) var warnings: [Diagnostic] = []
  /// All places in order.
  package internal(set) var visits: [Visit] = []
}

/// Finds plugins' files: those named by hand, then `*.so` in folders, sorted by bytes, each file once.
package struct PluginSearch {
  private let trust: PluginTrust
  private var result = PluginSearchResult()
  private var files: Set<FileIdentity> = []
  private var folders: Set<FileIdentity> = []

  /// Searches all places.
  package static func run(_ places: PluginPlaces, trust: PluginTrust = .current) -> PluginSearchResult {
    var search = PluginSearch(trust: trust)
    for place in places.all { search.visit(place) }
    return search.result
  }

  private init(trust: PluginTrust) { self.trust = trust }

  private mutating func visit(_ place: PluginPlace) {
    let outcome = place.origin.isByHand ? visitFile(place) : visitFolder(place)
    result.visits.append(PluginSearchResult.Visit(place: place, outcome: outcome))
  }

  private mutating func visitFile(_ place: PluginPlace) -> PluginSearchResult.Visit.Outcome {
    let before = result.refusals.count
    add(place.path, place.origin)
    guard result.refusals.count > before else { return .searched }
    return result.refusals.last?.reason.code == .pluginFileMissing ? .missing : .refused
  }

  private mutating func visitFolder(_ place: PluginPlace) -> PluginSearchResult.Visit.Outcome {
    let status: FileStatus
    do throws(Diagnostic) {
      status = try FileStatus(of: place.path)
    } catch {
      return noFolder(place, error)
    }
    guard status.isFolder else {
      result.warnings.append(PluginTrust.unreadable(place.path, ENOTDIR))
      return .refused
    }
    guard folders.insert(status.identity).inserted else { return .repeated }
    guard let fault = trust.fault(ofFolder: place.path) ?? list(place) else { return .searched }
    result.warnings.append(fault)
    return .refused
  }

  /// Standard folders need not be there; one that the user named does.
  private mutating func noFolder(
    _ place: PluginPlace, _ reason: Diagnostic
  ) -> PluginSearchResult.Visit.Outcome {
    let isMissing = reason.code == .pluginFileMissing
    if !isMissing {
      result.warnings.append(
        Diagnostic(
          .pluginFolderUnreadable, "the plugin folder cannot be read", at: place.path, expected: "a folder",
          found: reason.found, hints: reason.hints))
    } else if place.origin == .environmentFolder {
      result.warnings.append(
        Diagnostic(
          .pluginFolderMissing, "REINIT_PLUGIN_PATH names a folder that does not exist", at: place.path,
          expected: "a folder, or a file *.so", found: reason.found, hints: reason.hints))
    }
    return isMissing ? .missing : .refused
  }

  /// Adds what is in a folder; the reason where it cannot be listed.
  private mutating func list(_ place: PluginPlace) -> Diagnostic? {
    guard let folder = opendir(place.path) else { return PluginTrust.unreadable(place.path, errno) }
    defer { closedir(folder) }
    var names: [[UInt8]] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name.first != 0x2E, name.suffix(3).elementsEqual(".so".utf8) { names.append(name) }
    }
    for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) { add(name, place) }
    return nil
  }

  private mutating func add(_ name: [UInt8], _ place: PluginPlace) {
    let base = place.path.hasSuffix("/") ? place.path : place.path + "/"
    guard let text = String(validating: name, as: UTF8.self) else {
      return refuse(
        base + ShellText.printable(name), place.origin,
        Diagnostic(
          .pluginPathNotText, "the file's name is not UTF-8", at: base + ShellText.printable(name),
          expected: "UTF-8", found: "other bytes", hints: ["ls -b \(ShellText.quoted(place.path))"]))
    }
    add(base + text, place.origin)
  }

  /// Adds a file, unless it is known already or must not be loaded.
  private mutating func add(_ path: String, _ origin: PluginOrigin) {
    do throws(Diagnostic) {
      let status = try FileStatus(of: path)
      try status.requireRegular(path)
      let fault = trust.fault(ofFile: path)
      if let fault, !origin.isByHand { throw fault }
      guard files.insert(status.identity).inserted else { return }
      result.candidates.append(
        PluginCandidate(
          path: path, realPath: PluginTrust.resolved(path) ?? path, origin: origin, status: status,
          warnings: fault.map { [$0] } ?? []))
    } catch {
      refuse(path, origin, error.code == .pluginFileMissing ? Self.suggesting(error, path) : error)
    }
  }

  private mutating func refuse(_ path: String, _ origin: PluginOrigin, _ reason: Diagnostic) {
    result.refusals.append(PluginSearchResult.Refusal(path: path, origin: origin, reason: reason))
  }

  /// Names files nearby that were perhaps meant.
  private static func suggesting(_ fault: Diagnostic, _ path: String) -> Diagnostic {
    guard let folder = opendir(ShellText.folder(of: path)) else { return fault }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder), names.count < 1000 {
      let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      let name = ShellText.printable(bytes)
      if name.hasSuffix(".so") { names.append(name) }
    }
    var result = fault
    result.hints = Suggestion.hint(for: ShellText.name(of: path), in: names) + fault.hints
    return result
  }
}
