import Diagnostics
import Foundation
import Testing

@testable import PluginHost

/// Plugins that fail as long as a file beside them is missing, each in a way that bytes do not decide.
enum Moment: String, CaseIterable {
  case instruction, crash, exit, refusal, nothing

  private var statement: String {
    switch self {
    case .instruction: "__builtin_trap();"
    case .crash: "*(volatile int *)8 = 1;"
    case .exit: "exit(64);"
    case .refusal: "return host->fail(call, RI_UNSUPPORTED, ri_text(\"no license\"));"
    case .nothing: "return RI_OK;"
    }
  }

  var code: ErrorCode {
    switch self {
    case .instruction, .crash: .pluginCrashedAtSight
    case .exit: .pluginEndedAtSight
    case .refusal: .pluginEntryFailed
    case .nothing: .pluginEmpty
    }
  }

  var source: Source {
    Source(
      name: "moment-\(rawValue)",
      text: Piece.plugin(
        "moment-\(rawValue)",
        """
        Dl_info own;
        char there[4096];
        if (!dladdr((void *)fill, &own)) abort();
        snprintf(there, sizeof there, "%s.license", own.dli_fname);
        if (access(there, F_OK) != 0) { \(statement) }
        return host->add_initializer(host, &half);
        """, before: "#include <dlfcn.h>"))
  }
}

/// What is remembered of a plugin is what its bytes decide, and what was hashed is what is loaded.
@Suite("Verdicts on plugins", .serialized, .timeLimit(.minutes(5))) struct VerdictTests {
  /// The plugin in a folder of its own, with bytes that no other run has seen.
  private func plugin(_ name: String) throws -> Folder {
    let folder = try Folder()
    try folder.copy(Stage.file(name), "plugin.so")
    let handle = try #require(FileHandle(forWritingAtPath: folder["plugin.so"]))
    handle.seekToEndOfFile()
    handle.write(Data("\(folder.path)".utf8))
    try handle.close()
    return folder
  }

  /// A program that answers as this text says; `$2` is the nonce.
  private func scanner(_ folder: Folder, _ script: String) throws -> PluginScanner {
    let path = try folder.write(Data("#!/bin/sh\n\(script)\n".utf8), "scanner")
    try #require(chmod(path, 0o755) == 0)
    return PluginScanner(executable: path)
  }

  private func codes(_ folder: Folder, _ scanner: PluginScanner) throws -> [ErrorCode] {
    try Stage.catalog(folder, scanner: scanner, usesCache: true).refused.map(\.reason.code)
  }

  @Test("What a plugin lacked may have come: it is looked at again", arguments: Moment.allCases)
  func moment(_ moment: Moment) throws {
    let folder = try plugin("moment-\(moment.rawValue)")
    #expect(try codes(folder, Stage.scanner) == [moment.code])
    try folder.write(Data(), "plugin.so.license")
    #expect(try Stage.catalog(folder, usesCache: true).plugins.count == 1)
  }

  /// Programs named reinit that are of another release, or none of ours.
  static let foreign = [
    "exit 64", "exit 0", "echo 'step reading the file' >&3; exit 1",
    #"printf 'begin %s reinit 0.0.9, rules 1\nanswer {"nonce":"%s","lamp":1}\n' "$2" "$2" >&3"#,
    #"printf 'answer {"nonce":"%s","error":{"code":"R9999","message":""}}\n' "$2" >&3"#,
  ]

  @Test("A program of another release says nothing of the plugin, and is not remembered", arguments: foreign)
  func otherRelease(script: String) throws {
    let (folder, programs) = (try plugin("a-good"), try Folder())
    let catalog = try Stage.catalog(folder, scanner: scanner(programs, script), usesCache: true)
    #expect(catalog.refused.map(\.reason.code) == [.childNotStarted])
    #expect(catalog.refused.first?.reason.place == programs["scanner"])
    #expect(try Stage.catalog(folder, usesCache: true).plugins.count == 1)
  }

  @Test("An answer about other bytes is not one about the file")
  func otherBytes() throws {
    let (folder, programs) = (try plugin("a-good"), try Folder())
    let script = #"""
      printf 'begin %s \#(PluginScanner.rules)\nanswer {"nonce":"%s","digest":"00","error":{"code":"R0313","message":"x"}}\n' "$2" "$2" >&3
      """#
    #expect(try codes(folder, scanner(programs, script)) == [.pluginFileChanged])
    #expect(try Stage.catalog(folder, usesCache: true).plugins.count == 1)
  }

  @Test("A file that is no longer what was hashed when its code is in the process is refused")
  func touched() throws {
    let folder = try plugin("touches-itself")
    #expect(try Stage.catalog(folder, scanner: nil).refused.map(\.reason.code) == [.pluginFileChanged])
  }

  @Test("A file that was written over while its code is in use is refused", arguments: [true, false])
  func writtenOver(isInPlace: Bool) throws {
    let folder = try plugin("a-good")
    #expect(try Stage.catalog(folder, scanner: nil).plugins.count == 1)
    let other = try Data(contentsOf: URL(fileURLWithPath: Stage.file("z-good")))
    if isInPlace {
      let handle = try #require(FileHandle(forWritingAtPath: folder["plugin.so"]))
      // The mapping of the code is private, but pages that were not read yet are the file's: what is at its end changes.
      handle.seekToEndOfFile()
      handle.write(Data("other".utf8))
      try handle.close()
    } else {
      try other.write(to: URL(fileURLWithPath: folder["plugin.so"]), options: .atomic)
    }
    let refused = try Stage.catalog(folder, scanner: nil).refused
    #expect(refused.map(\.reason.code) == [.pluginUnstable])
    #expect(refused.first?.reason.message.contains("former code is in use") == true)
  }

  @Test("After an exception out of a constructor nothing is loaded any more, and no thread waits for ever")
  func exception() async throws {
    let (folder, other) = (try plugin("throws-at-load"), try plugin("a-good"))
    await #expect(processExitsWith: .success) { [path = folder.path as String, second = other.path as String] in
      @Sendable func code(_ path: String) -> ErrorCode? {
        let options = PluginOptions(named: [path], searchesFolders: false, scanner: nil, usesCache: false)
        do throws(Diagnostic) { return try PluginCatalog(options).refused.first?.reason.code } catch {
          return error.code
        }
      }
      #expect(code(path) == .pluginCrashed)
      let thread = Thread {
        _exit(code(second) == .pluginCrashed ? 0 : 1)
      }
      thread.start()
      sleep(60)
      _exit(2)
    }
  }
}
