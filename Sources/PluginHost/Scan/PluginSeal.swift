import CReinit
import Diagnostics
import Glibc
import JSONText

/// A plugin's file with the manifest that says what it registers.
package struct PluginSeal: Sendable {
  /// What it registers.
  package let description: PluginDescription
  /// The manifest.
  package let manifest: JSONValue
  /// The hash of the file as it is now.
  package let digest: String
  /// Whether the file had no such manifest before.
  package let isChanged: Bool

  /// Looks at a plugin, and writes what it registers into its file.
  ///
  /// The plugin is loaded twice, each time in a process of its own: without its manifest, for what it registers; and with
  /// the new one, as every host will. Then the file is replaced as a whole.
  /// - Parameter module: The Swift module in the file; nil for what a manifest says that is there.
  /// - Throws: the codes of files and of looking; R0615 to R0618 where the file cannot be replaced.
  package static func seal(
    _ path: String, module: String? = nil, scanner: PluginScanner? = .standard
  ) throws(Diagnostic) -> PluginSeal {
    let file = try PluginFile.accepted(path)
    guard file.hasEntry else {
      throw Diagnostic(
        .pluginEntryMissing, "plain functions alone register nothing: their manifest is written by hand", at: path,
        expected: PluginFile.entryName, found: "functions of a manifest", hints: ["reinit plugin inspect FILE.so"])
    }
    guard let scanner else {
      throw Diagnostic(.childNotStarted, "there is no reinit that could look at the plugin", at: path)
    }
    return try Sealing(file: file, scanner: scanner, module: module).seal()
  }
}

/// The steps of sealing one file.
private struct Sealing {
  let file: PluginFile
  let scanner: PluginScanner
  let module: String?

  func seal() throws(Diagnostic) -> PluginSeal {
    let writer = ElfSectionWriter(try file.opened.bytes(at: 0, count: file.opened.status.size), of: file.elf)
    let bare = try NeighborFile(of: file.path, try writer.replacing(PluginManifest.section, with: nil))
    let description = try look(bare).description
    let former = try PluginManifest.json(of: file.elf)
    let manifest = manifest(description, former)
    guard former != manifest else {
      return PluginSeal(
        description: description, manifest: .object(manifest), digest: "\(file.digest)", isChanged: false)
    }
    let text = Array(JSONValue.object(manifest).compact.utf8)
    let sealed = try NeighborFile(of: file.path, try writer.replacing(PluginManifest.section, with: text))
    let digest = try look(sealed).digest
    try file.opened.requireUnchanged()
    try sealed.publish()
    return PluginSeal(description: description, manifest: .object(manifest), digest: digest, isChanged: true)
  }

  /// A look at a copy; what is wrong with it is said of the file itself.
  private func look(_ copy: NeighborFile) throws(Diagnostic) -> (description: PluginDescription, digest: String) {
    do throws(Diagnostic) {
      let file = try PluginFile.accepted(copy.path)
      return (try scanner.look(at: file), "\(file.digest)")
    } catch {
      var error = error
      error.place = error.place?.replacing(copy.path, with: file.path)
      error.hints = error.hints.map { $0.replacing(copy.path, with: file.path) }
      throw error
    }
  }

  /// What is registered and required, and what only an author can know: functions, the module.
  private func manifest(_ plugin: PluginDescription, _ former: JSONObject?) -> JSONObject {
    let functions = Set(file.manifest?.functions.map(\.name) ?? [])
    func names(_ names: [String]) -> JSONValue {
      .array(names.filter { !functions.contains($0) }.map { .string($0) })
    }
    var object: JSONObject = [
      "reinit": .integer(Int64(RI_ABI_MAJOR)), "id": .string(plugin.id), "version": .string(plugin.version),
      "license": .string(plugin.license), "summary": .string(plugin.summary),
      "initializers": names(plugin.initializers.map(\.name)), "layers": names(plugin.layers.map(\.name)),
    ]
    let required = (file.manifest?.required ?? PluginRequirements()).merged(with: plugin.required)
    if required != PluginRequirements() { object["requires"] = required.json }
    for member in former?.members ?? [] where object[member.key] == nil { object[member.key] = member.value }
    if let module { object["module"] = .string(module) }
    return object
  }
}

/// A file beside another one, with its permissions, which takes its place or goes.
private final class NeighborFile {
  let path: String
  private let target: String
  private var isPublished = false

  init(of file: String, _ bytes: [UInt8]) throws(Diagnostic) {
    target = FilePaths.absolute(file)
    path = "\(target).reinit-\(getpid())"
    unlink(path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Self.failure(.cannotCreate, "a file beside the plugin cannot be made", target) }
    defer { close(descriptor) }
    guard Self.write(bytes, descriptor), fchmod(descriptor, try FileStatus(of: target).mode & 0o7777) == 0,
      fsync(descriptor) == 0
    else {
      let error = Self.failure(.writeFailed, "a file beside the plugin cannot be written", target)
      unlink(path)
      throw error
    }
  }

  deinit { if !isPublished { unlink(path) } }

  func publish() throws(Diagnostic) {
    guard rename(path, target) == 0 else {
      throw Self.failure(.cannotPublish, "the plugin cannot be replaced", target)
    }
    isPublished = true
  }

  private static func write(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 || count < 0 && errno == EINTR else { return false }
      rest = rest.dropFirst(max(0, count))
    }
    return true
  }

  private static func failure(_ code: ErrorCode, _ message: String, _ path: String) -> Diagnostic {
    let reason = errno
    return Diagnostic(
      code, message, at: path, found: "\(String(cString: strerror(reason))) (errno \(reason))",
      hints: ["ls -ld \(ShellText.quoted(ShellText.folder(of: path)))"])
  }
}
