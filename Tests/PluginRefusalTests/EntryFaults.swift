import Diagnostics
import Foundation

/// Plugins that misbehave while they are loaded, or in their entry.
extension Fault {
  static let entries = failures + ends + loading + manifests + languages

  private static let publish = " return host->add_initializer(host, &half);"

  private static let failures: [Fault] = [
    .entry(
      "fails",
      "host->add_initializer(host, &half); return host->fail(call, RI_UNSUPPORTED, ri_text(\"no lamp is lit\"));",
      .pluginEntryFailed, ["no lamp is lit", "status 2, unsupported"], isHarmless: true),
    .entry(
      "fails-silently", "return RI_INTERNAL;", .pluginEntryFailed, ["says nothing of it", "status 9"], isHarmless: true),
    .entry("fails-unknown", "return -77;", .pluginEntryFailed, ["status -77, unknown"], isHarmless: true),
    .entry("registers-nothing", "", .pluginEmpty, ["registers nothing"], isHarmless: true),
    .entry(
      "registers-elsewhere", "pthread_t t; pthread_create(&t, NULL, late, (void *)host); pthread_join(t, NULL);",
      .pluginEmpty, ["registers nothing"],
      before: """
        static void *late(void *host) {
          ri_initializer half = GOOD_INITIALIZER;
          ((const ri_host *)host)->add_initializer(host, &half);
          return NULL;
        }
        """, isHarmless: true),
    .entry(
      "rounds-up", "fesetround(FE_UPWARD);" + publish, .pluginFloatingPoint, ["floating-point mode"], isHarmless: true,
      flags: "-lm"),
    .throwing("throws", "throw std::runtime_error(\"the lamp is out\");", ["std::runtime_error", "the lamp is out"]),
    .throwing("throws-int", "throw 7;", ["exception left the plugin"]),
  ]

  private static func throwing(_ name: String, _ statement: String, _ says: [String]) -> Fault {
    let text = """
      #include <reinit/reinit.h>
      #include <stdexcept>
      static ri_status enter(ri_plugin *self) {
        ri_describe(self, "org.example.\(name)", "1.0.0", "MIT", "");
        \(statement)
      }
      // As one that was compiled without noexcept: the header's promise would end the process.
      extern "C" RI_EXPORT ri_status entry(const ri_host *, ri_plugin *self, ri_call *) { return enter(self); }
      __asm__(".globl ri_plugin_entry_v1\\n.type ri_plugin_entry_v1,@function\\n.set ri_plugin_entry_v1, entry");
      """
    return .source(Source(name: name, language: .cxx, text: text), .pluginException, says, true)
  }

  private static let ends: [Fault] = [
    .entry("exits", "exit(0);", .pluginEndedAtSight, ["exit status 0", "loading and entry"]),
    .entry("exits-at-once", "_exit(0);", .pluginEndedAtSight, ["exit status 0"]),
    .entry("exits-quickly", "quick_exit(3);", .pluginEndedAtSight, ["exit status 3"]),
    .entry(
      "exits-after-registering", "host->add_initializer(host, &half); exit(0);", .pluginEndedAtSight, ["exit status 0"]),
    .entry("ends-its-thread", "pthread_exit(NULL);", .pluginEndedAtSight, ["R0363"]),
    .entry(
      "aborts", "fputs(\"lamp.c:12: oil > 0\\n\", stderr); abort();", .pluginCrashedAtSight, ["SIGABRT", "oil > 0"]),
    .entry("crashes", "*(volatile int *)8 = 1;", .pluginCrashedAtSight, ["SIGSEGV", "loading and entry"]),
    .entry("divides", "volatile int zero = 0; zero = 7 / zero;", .pluginCrashedAtSight, ["SIGFPE"]),
    .entry("is-killed", "raise(SIGKILL);", .pluginCrashedAtSight, ["SIGKILL"]),
    .entry(
      "kills-its-parent", "kill(getppid(), SIGKILL);" + publish, .pluginCrashedAtSight,
      ["SIGSYS", "a signal to another process"]),
    .entry(
      "overflows", "return deep(1);", .pluginCrashedAtSight, ["SIGSEGV"],
      before: """
        static int deep(volatile int n) { volatile char room[4096]; room[0] = n; return deep(n + 1) + room[0]; }
        """, flags: "-O0"),
    .entry("sleeps", "for (;;) pause();", .pluginHungAtSight, ["REINIT_PLUGIN_TIMEOUT"]),
    .entry(
      "closes-everything", "for (int i = 0; i < 64; i++) close(i);" + publish, .pluginEndedAtSight, ["exit status 0"]),
    .entry(
      "speaks-for-us", "dprintf(3, \"answer {\\\"nonce\\\":\\\"0\\\",\\\"description\\\":{}}\\n\"); _exit(0);",
      .pluginEndedAtSight, ["exit status 0"]),
  ]

  private static let loading: [Fault] = [
    .constructor("exit(0);", "exits", .pluginEndedAtSight, ["exit status 0"]),
    .constructor("_exit(1);", "exits-at-once", .pluginEndedAtSight, ["exit status 1"]),
    .constructor("*(volatile int *)8 = 1;", "crashes", .pluginCrashedAtSight, ["SIGSEGV", "loading and entry"]),
    .constructor("for (volatile int i = 0;; i++) {}", "spins", .pluginHungAtSight, ["an end within 2.0 seconds"]),
    .constructor("pthread_exit(NULL);", "ends-its-thread", .pluginEndedAtSight, ["R0363"]),
    .entry(
      "symbol-missing", "oil_the_lamp();" + publish, .pluginNotLoaded, ["oil_the_lamp"],
      before: "void oil_the_lamp(void);", isHarmless: true, flags: "-Wl,-z,lazy"),
    .entry(
      "library-missing", publish, .pluginNotLoaded, [Workshop.absent], isHarmless: true,
      flags: "-Wl,--no-as-needed \(Workshop.store)/\(Workshop.absent)"),
  ]

  private static func constructor(_ statement: String, _ name: String, _ code: ErrorCode, _ says: [String]) -> Fault {
    .entry(
      "constructor-" + name, publish, code, says,
      before: "__attribute__((constructor)) static void construct(void) { \(statement) }")
  }

  private static let manifests: [Fault] = [
    .manifest(
      "id", #""id": "org.example.other", "version": "1.0.0", "initializers": ["half"]"#, "'id'", "'org.example.other'"),
    .manifest(
      "version", #""id": "org.example.manifest-version", "version": "1.0.1", "initializers": ["half"]"#, "'version'",
      "'1.0.0'"),
    .manifest(
      "names", #""id": "org.example.manifest-names", "version": "1.0.0", "initializers": ["half", "third"]"#,
      "'half, third'", "'half'"),
    .manifest(
      "layers",
      #""id": "org.example.manifest-layers", "version": "1.0.0", "initializers": ["half"], "layers": ["Empty"]"#,
      "'layers'", "found ''"),
  ]

  private static func manifest(_ name: String, _ members: String, _ says: String...) -> Fault {
    let json = (#"{"reinit": 1, "license": "MIT", "# + members + "}").split(
      separator: "\"", omittingEmptySubsequences: false)
    return .entry(
      "manifest-" + name, publish, .pluginManifest, says, before: "RI_MANIFEST(\"\(json.joined(separator: "\\\""))\");",
      isHarmless: true)
  }

  /// What other languages do where C++ throws: none of it can be caught.
  private static let languages: [Fault] = [
    .source(
      Source(
        name: "rust-panics", language: .rust,
        text: """
          #[no_mangle]
          pub extern "C" fn ri_plugin_entry_v1(_: *const u8, _: *mut u8, _: *mut u8) -> i32 { panic!("the lamp is out") }
          """), .pluginCrashedAtSight, ["SIGABRT", "panicked at", "the lamp is out"]),
    .source(
      Source(
        name: "swift-traps", language: .swift,
        text: """
          @_cdecl("ri_plugin_entry_v1")
          public func entry(_ host: OpaquePointer, _ plugin: OpaquePointer, _ call: OpaquePointer) -> Int32 {
            let lamps = [Int32](repeating: 0, count: Int(CommandLine.argc) - 3)
            return lamps[7]
          }
          """), .pluginCrashedAtSight, ["Index out of range"]),
  ].filter { $0.source?.language != .rust || system("rustc --version > /dev/null 2>&1") == 0 }
}
