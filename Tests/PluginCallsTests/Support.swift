import CPluginCalls
import CReinit
import Glibc
import Testing

/// A folder that is removed with its contents at the end of the process that made it.
enum Workbench {
  static let folder: String = {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/reinit-calls-XXXXXX".utf8CString)
    _ = mkdtemp(&template)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    removed = strdup(path)
    atexit {
      guard let path = Workbench.removed else { return }
      _ = system("rm -rf '\(String(cString: path))'")
    }
    return path
  }()
  nonisolated(unsafe) private static var removed: UnsafeMutablePointer<CChar>?

  /// Compiles a source into a shared object and gives its path; nil where that fails.
  static func library(_ name: String, _ source: String, cxx: Bool = false, _ flags: String = "") -> String? {
    let (file, product) = ("\(folder)/\(name).\(cxx ? "cpp" : "c")", "\(folder)/\(name).so")
    guard write(source, file) else { return nil }
    let compiler = cxx ? "c++ -std=c++17" : "cc -std=gnu11"
    let include = "\(sources)/CReinit/include"
    let command = "\(compiler) -O1 -w -fPIC -shared -ffp-contract=off \(flags) -I'\(include)' '\(file)' -o '\(product)'"
    return system(command + " -lm -lpthread") == 0 ? product : nil
  }

  /// The repository's sources, where the plugins' headers are.
  private static let sources: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/") + "/Sources"
  }()

  static func write(_ text: String, _ path: String) -> Bool {
    guard let file = fopen(path, "w") else { return false }
    defer { fclose(file) }
    return fwrite(text, 1, text.utf8.count, file) == text.utf8.count
  }
}

/// A shared object in this process.
struct Library {
  let handle: UnsafeMutableRawPointer

  init(_ path: String?) throws {
    let path = try #require(path, "the fixture does not compile")
    handle = try #require(dlopen(path, RTLD_NOW | RTLD_LOCAL), "the fixture does not load")
  }

  /// A function of that name, as the type that it has.
  func function<Function>(_ name: String, as type: Function.Type = Function.self) throws -> Function {
    unsafeBitCast(try address(name), to: type)
  }

  /// A function without a type.
  func code(_ name: String) throws -> UInt { UInt(bitPattern: try address(name)) }

  private func address(_ name: String) throws -> UnsafeMutableRawPointer {
    let address: UnsafeMutableRawPointer? = dlsym(handle, name)
    return try #require(address, "no function \(name)")
  }
}

/// Names for reports that live as long as the process.
func makeSite(
  _ call: String = "fill", of subject: String? = "gabor", plugin: String = "org.example.gabor",
  file: String = "/opt/plugins/gabor.so"
) -> UnsafePointer<rp_site> {
  let site = UnsafeMutablePointer<rp_site>.allocate(capacity: 1)
  let (plugin, file) = (UnsafePointer(strdup(plugin)), UnsafePointer(strdup(file)))
  site.initialize(to: rp_site(plugin: plugin, file: file, call: strdup(call), subject: subject.map { strdup($0) }))
  return UnsafePointer(site)
}

typealias FillFunction = @convention(c) (UnsafePointer<ri_fill>?, UnsafeMutableRawPointer?) -> ri_status

/// What a call came to.
struct Outcome: Equatable {
  var status: ri_status
  var flags: Int
  var message: String

  init(_ raw: rp_outcome) {
    var raw = raw
    (status, flags, message) = (raw.status, Int(raw.flags), String(cString: rp_outcome_message(&raw)))
  }
}

/// Calls a function of the fill's type within a guard.
func guardedFill(
  _ function: FillFunction?, _ user: UnsafeMutableRawPointer? = nil, at site: UnsafePointer<rp_site> = makeSite()
) -> Outcome {
  var raw = rp_outcome()
  let status = rp_fill(site, function, nil, user, &raw)
  #expect(status == raw.status)
  return Outcome(raw)
}
