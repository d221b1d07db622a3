import CPluginCalls
import CReinit
import Glibc
import Testing

@Suite("Guarded calls")
struct GuardTests {
  private func call(_ function: String, _ library: String? = GuardFixture.library) throws -> Outcome {
    guardedFill(try Library(library).function(function))
  }

  static let exceptions: [(String, String)] = [
    ("throw_runtime", "std::runtime_error: gain < 0"), ("throw_own", "gabor::Error: no kernel"),
    ("throw_memory", "std::bad_alloc: std::bad_alloc"), ("throw_empty", "std::runtime_error"), ("throw_int", "int"),
    ("throw_text", "char const*"), ("throw_plain", "Plain"),
  ]

  @Test("What a plugin throws becomes an outcome that names its type and text", arguments: exceptions)
  func thrown(_ function: String, _ message: String) throws {
    for library in [GuardFixture.library, GuardFixture.apart] {
      let outcome = try call(function, library)
      #expect(outcome.status == RI_INTERNAL)
      #expect(outcome.flags == RP_EXCEPTION)
      #expect(outcome.message == message)
    }
    #expect(rp_active_site() == nil)
  }

  @Test("An exception of the standard library's own comes through; a long text is cut")
  func texts() throws {
    #expect(try call("throw_range").message.hasPrefix("std::out_of_range: vector::_M_range_check"))
    let long = try call("throw_long").message
    #expect(long.hasPrefix("std::runtime_error: xxxx"))
    #expect(long.utf8.count == 495)
  }

  @Test(
    "A status is passed on, and a call without a fault has nothing to say", arguments: [("status_7", 7), ("divide", 0)])
  func status(_ function: String, _ status: Int32) throws {
    let outcome = try call(function)
    #expect(outcome.status == status)
    #expect(outcome.flags == 0)
    #expect(outcome.message == "")
  }

  #if arch(x86_64)
    static let modes = ["round_up", "round_up_and_throw", "flush", "denormals", "unmask", "x87"]
  #else
    static let modes = ["round_up", "round_up_and_throw"]
  #endif

  @Test("A floating-point mode that a call changes is put back, and is told", arguments: modes)
  func mode(_ function: String) throws {
    let before = Mode.current
    let outcome = try call(function)
    #expect(outcome.flags & RP_FP_CHANGED != 0)
    #expect((outcome.flags & RP_EXCEPTION != 0) == function.hasSuffix("throw"))
    #expect(Mode.current == before)
    #expect(try call("divide").flags == 0)
  }

  @Test("A mode that the plugin puts back itself is no fault; nor are inexact results")
  func innocent() throws {
    #expect(try call("round_and_back").flags == 0)
    #expect(try call("divide").flags == 0)
  }

  @Test(
    "During a call its site is the active one, and nested calls stack up without a limit",
    arguments: [1, 3, 16, 17, 500])
  func nesting(_ depth: Int) throws {
    var sites: [UnsafePointer<rp_site>] = []
    nest(depth, &sites)
    #expect(sites.count == depth)
    #expect(rp_active_site() == nil)
    for site in sites { free(UnsafeMutableRawPointer(mutating: site)) }
  }

  private struct Level {
    var left: Int
    var sites: [UnsafePointer<rp_site>] = []
    var wrong = 0
  }

  private func nest(_ depth: Int, _ sites: inout [UnsafePointer<rp_site>]) {
    var level = Level(left: depth)
    withUnsafeMutablePointer(to: &level) { Self.descend($0) }
    #expect(level.wrong == 0)
    sites = level.sites
  }

  private static func descend(_ level: UnsafeMutablePointer<Level>) {
    guard level.pointee.left > 0 else { return }
    level.pointee.left -= 1
    let site = makeSite()
    level.pointee.sites.append(site)
    var outcome = rp_outcome()
    let status = rp_fill(
      site,
      { _, user in
        guard let level = user?.assumingMemoryBound(to: Level.self) else { return 1 }
        let own = rp_active_site()
        if own != level.pointee.sites.last { level.pointee.wrong += 1 }
        GuardTests.descend(level)
        if rp_active_site() != own { level.pointee.wrong += 1 }
        return 0
      }, nil, level, &outcome)
    if status != 0 { level.pointee.wrong += 1 }
  }
}

/// The floating-point mode, as C and the processor say it.
struct Mode: Equatable {
  var rounding = fegetround()
  /// 1 unless subnormals are flushed.
  var subnormal = Mode.product(Float.leastNormalMagnitude, 0.5)
  var third = Mode.product(1, 1 / 3)

  static var current: Mode { Mode() }

  @inline(never) @_optimize(none) private static func product(_ a: Float, _ b: Float) -> Float { a * b }
}
