import CGuard
import CPluginCalls
import Glibc
import Testing

/// What happens in a process that is not to come back: one call of a plugin's function, prepared in several ways.
struct Scene: Codable, Sendable {
  /// The plugin's file.
  var library: String
  /// The function that is called as a fill.
  var function: String
  /// A file that is entered as unfinished.
  var temporary = ""
  /// Whether the call is made on a thread with a small stack.
  var isOnThread = false
  /// Whether reports are JSON.
  var isJSON = false
  /// What the report calls file and subject.
  var file = "/opt/plugins/gabor.so"
  var subject = "gabor"

  init(_ function: String, library: String? = CrashFixture.library) throws {
    self.library = try #require(library, "the fixture does not compile")
    self.function = function
  }

  /// What the process wrote to standard error.
  struct Ending {
    let lines: [String]
    /// The report, without what came before.
    var report: [String] { Array(lines.drop { !$0.hasPrefix("error[") }) }
  }

  /// Plays it in a process of its own, which has to end with status 69.
  func play() async throws -> Ending {
    let result = await #expect(processExitsWith: .exitCode(69), observing: [\.standardErrorContent]) {
      [scene = self as Scene] in
      try scene.perform()
    }
    let bytes = try #require(result).standardErrorContent
    return Ending(lines: String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init))
  }

  private func perform() throws {
    _ = rp_install_handlers(UInt32(RP_HANDLE_SIGNALS | RP_HANDLE_EXIT))
    rp_report_as_json(isJSON)
    if !temporary.isEmpty { _ = reinit_temporary_add(temporary) }
    if function == "hang" { rp_set_time_limit(0.3) }
    let function: FillFunction = try Library(library).function(function)
    let site = Site(makeSite(of: subject, file: file))
    guard isOnThread else {
      _ = guardedFill(function, at: site.pointer)
      return
    }
    onThread { _ = guardedFill(function, at: site.pointer) }
  }
}

/// A pointer to something that nobody changes any more.
struct Site: @unchecked Sendable {
  let pointer: UnsafePointer<rp_site>
  init(_ pointer: UnsafePointer<rp_site>) { self.pointer = pointer }
}

/// Runs a body on a thread of its own with half a megabyte of stack, and waits for its end.
func onThread(_ body: @escaping @Sendable () -> Void) {
  var (thread, attributes) = (pthread_t(), pthread_attr_t())
  pthread_attr_init(&attributes)
  pthread_attr_setstacksize(&attributes, 512 << 10)
  let box = Unmanaged.passRetained(Box(body)).toOpaque()
  let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { box in
    if let box { Unmanaged<Box>.fromOpaque(box).takeRetainedValue().body() }
    return nil
  }
  pthread_create(&thread, &attributes, run, box)
  pthread_join(thread, nil)
}

private final class Box {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
