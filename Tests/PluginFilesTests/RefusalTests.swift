import Diagnostics
import Glibc
import PluginHost
import Testing

/// Every fault has its code, and a message that a person can act on.
@Suite("Refusals of files", .timeLimit(.minutes(20))) struct RefusalTests {
  @Test("A file with one fault is refused for it alone, with what was found and what to do", arguments: Refusal.all)
  func refused(refusal: Refusal) throws {
    let folder = try Folder()
    check(try refusal.diagnose(folder), refusal, folder)
  }

  private func check(_ faults: [Diagnostic], _ refusal: Refusal, _ folder: Folder) {
    let fault = faults.first { $0.code == refusal.code }
    let complaints = [
      (faults.map(\.code) == [refusal.code], "code"), (fault?.place?.hasPrefix(folder.path) ?? false, "place"),
      (fault?.found?.contains(refusal.found) ?? refusal.found.isEmpty, "found"),
      (fault?.hints.contains { $0.contains(refusal.hint) } ?? false, "hint"),
      (fault?.message.first?.isUppercase == false, "lower case"), (fault?.message.last != ".", "period"),
    ].filter { !$0.0 }.map(\.1)
    #expect(complaints.isEmpty, "\(complaints) of \(faults)")
  }

  @Test("Every code of plugin files is provoked by a test, and ends a command with status 69")
  func complete() {
    let codes = ErrorCode.allCases.filter { $0.id >= "R0301" && $0.id <= "R0339" }
    let provoked = Set(Refusal.all.map(\.code) + SearchCase.all.flatMap(\.codes))
    let missing = codes.filter { !provoked.contains($0) }.map(\.id)
    #expect(missing.isEmpty)
    #expect(codes.count > 30 && codes.allSatisfy { $0.exit == .unavailable })
  }

  @Test("A good plugin has no faults; a sanitized one has none where the process has the runtime")
  func good() throws {
    let folder = try Folder()
    #expect(try judge(folder.compile(Source.good)).isEmpty)
    let sanitized = try folder.compile(
      Source.good + "void __asan_init(void); void f(void) { __asan_init(); }", "sanitized.so")
    #expect(try PluginFile(reading: sanitized, hasHostSymbol: { $0 == "__asan_init" }).refusals.isEmpty)
  }

  @Test("A library with a real sanitizer in it is refused", arguments: ["address", "thread"])
  func sanitized(option: String) throws {
    let folder = try Folder()
    let path = try folder.compile(Source.good, flags: "-fsanitize=\(option) || true")
    guard access(path, R_OK) == 0 else { return }
    #expect(try judge(path).map(\.code) == [.pluginSanitizer])
  }
}
