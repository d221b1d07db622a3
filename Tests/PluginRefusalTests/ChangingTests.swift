import Foundation
import Reinit
import Synchronization
import Testing

@testable import PluginHost

/// Plugins that are not what they were, and plugins that are there twice.
enum Changing {
  static let sources =
    [
      // Registers another initializer wherever it is not the command line that looks at it.
      Source(
        name: "two-faced",
        text: Piece.plugin(
          "two-faced",
          """
          if (strcmp(program_invocation_short_name, "reinit")) half.name = ri_text("third");
          return host->add_initializer(host, &half);
          """)),
      Source(name: "first", text: Piece.plugin("same", "return host->add_initializer(host, &half);")),
      Source(
        name: "second", text: Piece.plugin("same", "half.version = 2; return host->add_initializer(host, &half);")),
      Source(
        name: "rude",
        text: Piece.plugin(
          "rude", "signal(SIGINT, SIG_IGN); umask(0777); \(publish)",
          before: """
            #include <sys/stat.h>
            __attribute__((constructor)) static void construct(void) {
              sigset_t all;
              sigfillset(&all);
              pthread_sigmask(SIG_BLOCK, &all, NULL);
              if (chdir("/")) abort();
            }
            """)),
      module("module-first"), module("module-second"),
      Source(
        name: "throws-at-load", language: .cxx,
        text: """
          #include <reinit/reinit.h>
          #include <stdexcept>
          struct Lamp { Lamp() { throw std::runtime_error("the lamp is out"); } };
          static Lamp lamp;
          extern "C" RI_EXPORT ri_status ri_plugin_entry_v1(const ri_host *, ri_plugin *, ri_call *) noexcept { return RI_OK; }
          """),
      Source(
        name: "touches-itself",
        text: Piece.plugin(
          "touches-itself", publish,
          before: """
            #include <dlfcn.h>
            #include <fcntl.h>
            #include <sys/stat.h>
            __attribute__((constructor)) static void construct(void) {
              Dl_info own;
              if (!dladdr((void *)construct, &own) || utimensat(AT_FDCWD, own.dli_fname, NULL, 0)) abort();
            }
            """)),
    ] + Moment.allCases.map(\.source) + [
      Source(name: "copy", text: Piece.plugin("copy-0000", "return host->add_initializer(host, &half);")),
      Source(
        name: "noisy",
        text: Piece.plugin(
          "noisy", "for (int i = 0; i < 5000; i++) puts(\"entry: this is no place to talk\"); \(publish)",
          before: """
            __attribute__((constructor)) static void construct(void) { puts("constructor: hello"); fflush(stdout); }
            """)),
    ]

  private static let publish = "return host->add_initializer(host, &half);"

  private static func module(_ name: String) -> Source {
    let manifest =
      #"{\"reinit\": 1, \"id\": \"org.example.\#(name)\", \"version\": \"1.0.0\", \"license\": \"MIT\", \"#
      + #""module\": \"Lamps\", \"initializers\": [\"half\"]}"#
    return Source(name: name, text: Piece.plugin(name, publish, before: "RI_MANIFEST(\"\(manifest)\");"))
  }
}

@Suite("Plugins that change, and plugins that are there twice", .serialized) struct ChangingTests {
  private func plan(_ initializer: String, _ catalog: PluginCatalog) throws {
    _ = try Dense(in: 2, out: 3).plan(seed: 1) {
      try Rule(RuleText(.fill("weight=\(initializer)")), registry: catalog.initializers)
    }
  }

  @Test("A plugin that registers other things here than at first sight is refused when it is needed")
  func twoFaced() throws {
    let folder = try Folder()
    try folder.copy(Stage.file("two-faced"), "plugin.so")
    let catalog = try Stage.catalog(folder)
    #expect(catalog.plugins.map(\.description.id) == ["org.example.two-faced"])
    let misstep = Misstep("two-faced", .pluginUnstable, "registers other things", "plugin.so")
    #expect(misstep.complaints { try plan("half", catalog) } == [])
    #expect(misstep.complaints { try plan("half", catalog) } == [], "and stays refused")
  }

  @Test("Signals, folder and permissions that a plugin changes when it is loaded are put back, with a word")
  func rude() throws {
    let folder = try Folder()
    try folder.copy(Stage.file("rude"), "plugin.so")
    let (lines, before) = (Lines(), Manners.now)
    let catalog = try Stage.catalog(folder, scanner: nil) { lines.add($0) }
    #expect(catalog.plugins.count == 1 && Manners.now == before)
    let words = ["plugin.so", "handler of signal 2", "mask of signals", "working folder", "mask of permissions"]
    #expect(lines.all.count == 1 && words.filter { !(lines.all.first ?? "").contains($0) } == [])
  }

  @Test(
    "A file that is another one by the time it is needed is not loaded", arguments: ["bytes", "text", "pipe", "gone"])
  func changed(how: String) throws {
    let folder = try Folder()
    try folder.copy(Stage.file("a-good"), "plugin.so")
    let catalog = try Stage.catalog(folder)
    try FileManager.default.removeItem(atPath: folder["plugin.so"])
    let code: ErrorCode
    switch how {
    case "bytes":
      code = .pluginUnstable
      try folder.copy(Stage.file("z-good"), "plugin.so")
    case "text":
      code = .pluginFileNotELF
      try folder.write(Data("#!/bin/sh".utf8), "plugin.so")
    case "pipe":
      code = .pluginFileNotRegular
      try #require(mkfifo(folder["plugin.so"], 0o644) == 0)
    default: code = .pluginFileMissing
    }
    #expect(Misstep(how, code, "plugin.so").complaints { try plan("org.example.a-good/half", catalog) } == [])
  }

  @Test("Of two files with one id, or one Swift module, the first is used and the second is refused; a copy is neither")
  func twice() throws {
    let folder = try Folder()
    for (index, name) in ["first", "second", "first", "module-first", "module-second"].enumerated() {
      try folder.copy(Stage.file(name), "\(index).so")
    }
    let catalog = try Stage.catalog(folder)
    #expect(catalog.plugins.map(\.description.id) == ["org.example.same", "org.example.module-first"])
    #expect(catalog.refused.map(\.reason.code) == [.pluginTwice, .pluginTwice])
    #expect(catalog.refused.map(\.path) == [folder["1.so"], folder["4.so"]])
    let reasons = catalog.refused.compactMap(\.reason.found)
    #expect(reasons.count == 2 && reasons[0].contains("0.so") && reasons[1].contains("3.so"))
  }

  @Test("Forty plugins are looked at once: then they are listed without a process")
  func many() throws {
    let folder = try Folder()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: Stage.file("copy")))
    let place = try #require(bytes.range(of: Data("copy-0000".utf8)))
    for index in 0..<40 {
      var copy = bytes
      copy.replaceSubrange(place, with: Data("copy-\(1000 + index)".utf8))
      try folder.write(copy, "\(index).so")
    }
    let ids = Set((1000..<1040).map { "org.example.copy-\($0)" })
    func found(_ scanner: PluginScanner) throws -> PluginCatalog {
      try Stage.catalog(folder, scanner: scanner, usesCache: true)
    }
    #expect(Set(try found(Stage.scanner).plugins.map(\.description.id)) == ids)
    let again = try found(PluginScanner(executable: "/bin/false"))
    #expect(Set(again.plugins.map(\.description.id)) == ids && again.refused.isEmpty)
    #expect(again.plugins.allSatisfy { !$0.isLoaded })
    // One that is new is looked at: by what is no scanner, so that it is seen to be.
    try folder.copy(Stage.file("a-good"), "new.so")
    #expect(try found(PluginScanner(executable: "/bin/false")).refused.map(\.reason.code) == [.childNotStarted])
    #expect(try found(PluginScanner(executable: folder["absent"])).plugins.count == 40)
  }

  @Test("That a process could not be started, or was too slow, is no verdict on the plugin", arguments: [true, false])
  func noVerdict(isAbsent: Bool) throws {
    let folder = try Folder()
    try folder.copy(Stage.file("z-good"), "plugin.so")
    // A path of its own and bytes that no other run has seen: the cache knows nothing of it.
    let handle = try #require(FileHandle(forWritingAtPath: folder["plugin.so"]))
    handle.seekToEndOfFile()
    handle.write(Data("\(folder.path)".utf8))
    try handle.close()
    let absent = PluginScanner(executable: folder["absent"])
    // No program starts, links and answers in so short a time.
    let slow = PluginScanner(executable: Stage.scanner.executable, limit: .microseconds(1))
    #expect(
      try Stage.catalog(folder, scanner: isAbsent ? absent : slow, usesCache: true).refused.map(\.reason.code)
        == [isAbsent ? .childNotStarted : .pluginHungAtSight])
    #expect(try Stage.catalog(folder, usesCache: true).plugins.count == 1)
  }

  /// What the mask of permissions is, again and again.
  private final class Watch: Sendable {
    let isDone = Atomic<Bool>(false)
    let looks = Atomic<Int>(0)
    let masks = Mutex<Set<String>>([])

    func run() {
      while !isDone.load(ordering: .relaxed) {
        let mask = Manners.permissions
        masks.withLock { _ = $0.insert(mask) }
        looks.add(1, ordering: .relaxed)
      }
    }
  }

  @Test("Looking at what a plugin may change does not change it for a moment")
  func untouched() {
    let watch = Watch()
    let watcher = Thread { watch.run() }
    watcher.start()
    while watch.looks.load(ordering: .relaxed) < 2000 { _ = ProcessState().restore() }
    watch.isDone.store(true, ordering: .relaxed)
    while !watcher.isFinished { usleep(1000) }
    #expect(watch.masks.withLock { $0 } == [Manners.permissions] && CreationMask.current != nil)
  }
}

/// Lines that plugins have for the user.
final class Lines: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  func add(_ line: String) { lines.withLock { $0.append(line) } }
}

/// What a plugin has to leave alone.
struct Manners: Equatable {
  let folder: String
  let isInterrupted, isBlocked: Bool
  let permissions: String

  /// As the system tells it, without changing it.
  static var permissions: String {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    return status.split(separator: "\n").first { $0.hasPrefix("Umask:") }.map(String.init) ?? "unknown"
  }

  static var now: Manners {
    var (action, mask) = (sigaction(), sigset_t())
    sigaction(SIGINT, nil, &action)
    pthread_sigmask(SIG_SETMASK, nil, &mask)
    return Manners(
      folder: FileManager.default.currentDirectoryPath,
      isInterrupted: unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        != unsafeBitCast(SIG_IGN, to: Int.self),
      isBlocked: sigismember(&mask, SIGTERM) == 1, permissions: permissions)
  }
}
