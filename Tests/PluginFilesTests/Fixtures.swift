import Diagnostics
import Glibc
import PluginHost
import Testing

/// A folder that is removed with its contents at the end of a test.
final class Folder: Sendable {
  let path: String

  init() throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/reinit-plugins-XXXXXX".utf8CString)
    let made = mkdtemp(&template) != nil
    try #require(made)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { _ = system("chmod -R u+rwX '\(path)'; rm -rf '\(path)'") }

  subscript(name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and gives its path.
  @discardableResult func write(_ bytes: [UInt8], _ name: String, mode: mode_t = 0o644) throws -> String {
    let file = try #require(fopen(self[name], "w"))
    let written = fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    try #require(written == bytes.count && chmod(self[name], mode) == 0)
    return self[name]
  }

  @discardableResult func write(_ text: String, _ name: String) throws -> String {
    try write(Array(text.utf8), name)
  }

  func make(_ name: String, mode: mode_t = 0o755) throws -> String {
    try #require(mkdir(self[name], 0o755) == 0 && chmod(self[name], mode) == 0)
    return self[name]
  }

  /// Runs a command in the folder and gives what it prints.
  @discardableResult func run(_ command: String) throws -> String {
    let status = system("cd '\(path)' && { \(command) ; } > .output 2> .errors")
    let errors = String(decoding: try Bytes.read(self[".errors"]), as: UTF8.self)
    try #require(status == 0, "\(command): \(errors)")
    return String(decoding: try Bytes.read(self[".output"]), as: UTF8.self)
  }

  /// Compiles C text to a shared object.
  func compile(
    _ source: String, _ name: String = "plugin.so", with compiler: String = "cc -shared -fPIC", flags: String = ""
  ) throws -> String {
    try write(source, name + ".c")
    try run("\(compiler) -I'\(Source.headers)' -o '\(name)' '\(name).c' \(flags)")
    return self[name]
  }
}

/// Plugins in C.
enum Source {
  static let headers: String = {
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/") + "/Sources/CReinit/include"
  }()

  static let smallest = #"{"reinit": 1, "id": "org.example.good", "version": "1.2.0", "license": "MIT"}"#

  static let entry = """
    #include <reinit/plugin.h>
    ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call) { return RI_OK; }

    """

  static func manifest(_ json: String) -> String {
    let escaped = json.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
    return "#include <reinit/plugin.h>\nRI_MANIFEST(\"\(escaped)\");\n"
  }

  static let good = entry + manifest(smallest)

  /// The bytes of a good plugin, built once.
  static let goodBytes = Result {
    let folder = try Folder()
    return try Bytes.read(folder.compile(good))
  }
}

extension Folder {
  /// A good plugin's bytes, changed, as a file.
  func patched(_ name: String = "plugin.so", _ change: (inout [UInt8]) -> Void) throws -> String {
    var bytes = try Source.goodBytes.get()
    change(&bytes)
    return try write(bytes, name)
  }
}

enum Bytes {
  static func read(_ path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: ftell(file))
    rewind(file)
    try #require(fread(&bytes, 1, bytes.count, file) == bytes.count)
    return bytes
  }
}

/// The errors of a body: what it throws, or what it returns.
func faults(_ body: () throws -> [Diagnostic]) rethrows -> [Diagnostic] {
  do {
    return try body()
  } catch let error as Diagnostic {
    return [error]
  }
}

/// What a file is refused for; sanitizers of this process do not count.
func judge(_ path: String) throws -> [Diagnostic] {
  try faults { try PluginFile(reading: path, hasHostSymbol: { _ in false }).refusals }
}

/// Runs a body with the rights of nobody, if this process has all rights; for this thread alone.
func withoutPrivileges<Result>(_ body: () throws -> Result) rethrows -> Result {
  typealias Change = @convention(c) (uid_t) -> Int32
  guard geteuid() == 0, let symbol = dlsym(nil, "setfsuid") else { return try body() }
  let change = unsafeBitCast(symbol, to: Change.self)
  _ = change(65534)
  defer { _ = change(0) }
  return try body()
}

/// A generator of random numbers that gives the same ones in every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
