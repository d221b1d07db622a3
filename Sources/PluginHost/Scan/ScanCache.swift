import Diagnostics
import Glibc
import JSONText

/// What is known of files that were looked at before: verdicts by the hash of the bytes, hashes by what the system
/// says of the file.
///
/// A cache that cannot be read counts as empty, and one that cannot be written is not: neither is an error. So is one
/// that others can change, as plugins are not found where others can change them: a verdict is as good as a plugin.
package struct ScanCache: Sendable {
  /// The format, and everything that a verdict depends on besides the file.
  private static let version = "1, \(PluginScanner.rules)"

  private let path: String
  private var digests: [String: (status: FileStatus, digest: String)] = [:]
  private var verdicts: [String: ScanVerdict] = [:]
  private var isChanged = false

  /// The cache in a file; nothing is read before ``load()``.
  package init(path: String) { self.path = path }

  /// The user's: `$XDG_CACHE_HOME/reinit/plugins.json`; nil where there is no home.
  package static func standard(_ environment: [String: String]) -> ScanCache? {
    let folder = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.cache" : nil }
    return (folder ?? home).map { ScanCache(path: $0 + "/reinit/plugins.json") }
  }

  /// The verdict on a file that is as it was; nil where it has to be looked at.
  func verdict(of path: String, _ status: FileStatus) -> ScanVerdict? {
    guard let known = digests[path], known.status.isSame(as: status) else { return nil }
    return verdicts[known.digest].flatMap { $0.isDecidedByBytes ? $0 : nil }
  }

  /// The verdict on bytes, under whatever name they were seen.
  func verdict(ofBytes digest: String) -> ScanVerdict? { verdicts[digest].flatMap { $0.isDecidedByBytes ? $0 : nil } }

  /// What the latest look at bytes came to, though another one may end in another way.
  func story(ofBytes digest: String) -> ScanVerdict? { verdicts[digest] }

  mutating func note(_ verdict: ScanVerdict, of path: String, _ status: FileStatus) {
    guard verdict.isTold else { return }
    digests[path] = (status, verdict.digest)
    verdicts[verdict.digest] = verdict
    isChanged = true
  }

  /// Reads the file, if it is there and of this version.
  mutating func load() {
    guard let bytes = ScanCache.read(path), let json = try? JSONValue(parsing: bytes, source: path),
      json["version"]?.string == ScanCache.version
    else { return }
    for item in json["verdicts"]?.array ?? [] {
      if let verdict = try? ScanVerdict(json: item) { verdicts[verdict.digest] = verdict }
    }
    for item in json["files"]?.array ?? [] {
      guard let path = item["path"]?.string, let digest = item["digest"]?.string,
        let status = FileStatus(cached: item["status"])
      else { continue }
      digests[path] = (status, digest)
    }
  }

  /// Writes the file if anything is new: under a name of its own first, so that readers see all or nothing.
  func save() {
    guard isChanged else { return }
    // Files that are gone are forgotten, or the cache would only grow.
    let digests = digests.filter { access($0.key, F_OK) == 0 }
    let used = Set(digests.values.map(\.digest))
    let json: JSONValue = [
      "version": .string(ScanCache.version),
      "files": .array(
        digests.sorted { $0.key < $1.key }.map { path, value in
          ["path": .string(path), "status": value.status.cached, "digest": .string(value.digest)]
        }),
      "verdicts": .array(
        verdicts.values.filter { used.contains($0.digest) }.sorted { $0.digest < $1.digest }.map(\.json)),
    ]
    ScanCache.write(Array(json.compact.utf8), to: path)
  }

  private static func read(_ path: String) -> [UInt8]? {
    guard PluginTrust.current.fault(ofFile: path) == nil else { return nil }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard let status = FileStatus(of: descriptor), status.isRegular, status.size < 1 << 28 else { return nil }
    var bytes = [UInt8](repeating: 0, count: status.size)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        buffer.baseAddress.map { Glibc.read(descriptor, $0 + done, buffer.count - done) } ?? 0
      }
      guard count > 0 else { return nil }
      done += count
    }
    return bytes
  }

  private static func write(_ bytes: [UInt8], to path: String) {
    makeFolders(of: path)
    guard PluginTrust.current.fault(ofFolder: ShellText.folder(of: path)) == nil else { return }
    let temporary = "\(path).\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return }
    let isWritten = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } == bytes.count
    close(descriptor)
    if !isWritten || rename(temporary, path) != 0 { unlink(temporary) }
  }

  private static func makeFolders(of path: String) {
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += "/\(part)"
      mkdir(folder, 0o700)
    }
  }
}

extension FileStatus {
  /// Whether a file is what it was: the same one, unchanged in bytes, owner and permissions.
  func isSame(as other: FileStatus) -> Bool {
    identity == other.identity && size == other.size && modified == other.modified && changed == other.changed
  }

  var cached: JSONValue {
    .array(
      [Int64(bitPattern: identity.device), Int64(bitPattern: identity.inode), Int64(size), modified, changed]
        .map(JSONValue.integer))
  }

  init?(cached json: JSONValue?) {
    let numbers = (json?.array ?? []).compactMap(\.integer)
    guard numbers.count == 5 else { return nil }
    self.init(
      identity: FileIdentity(device: UInt64(bitPattern: numbers[0]), inode: UInt64(bitPattern: numbers[1])),
      size: Int(numbers[2]), modified: numbers[3], changed: numbers[4])
  }

  private init(identity: FileIdentity, size: Int, modified: Int64, changed: Int64) {
    (self.identity, self.size, self.modified, self.changed) = (identity, size, modified, changed)
    (mode, owner, group) = (0, 0, 0)
  }
}
