import Foundation
import Reinit
import Testing

@Suite("Ctrl-C while a plugin is called")
struct InterruptionTests {
  /// Fills when it is asked to come back, or never.
  private static let source = """
    #include <reinit/reinit.h>
    #include <time.h>
    static const ri_param params[] = {RI_BOOL_PARAM("deaf", 0, "whether it goes on")};
    static ri_status fill(const ri_fill *f, void *user) {
      const struct timespec nap = {0, 1000000};
      f->host->log(f->host, RI_LOG_WARNING, ri_text("waiting"));
      while (!f->host->cancelled(f->call)) nanosleep(&nap, NULL);
      f->host->log(f->host, RI_LOG_WARNING, ri_text("asked to come back"));
      for (int i = 0; f->params[0].u.i64 && i < 60000; i++) nanosleep(&nap, NULL);
      return f->host->fail(f->call, RI_CANCELLED, ri_text("interrupted"));
    }
    static const ri_initializer wait = {
      .struct_size = sizeof(ri_initializer), .flags = RI_INITIALIZER_EVERY_ROLE, .name = RI_S("wait"), .summary = RI_S("waits"),
      .formula = RI_S("none"), .reference = RI_S("none"), .version = 1, .params = params, .n_params = 1, .fill = fill};
    RI_EXPORT ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call) {
      ri_describe(self, "org.example.wait", "1.0.0", "MIT", "waits");
      return host->add_initializer(host, &wait);
    }
    """

  /// A command that is running, and what it says.
  private final class Running {
    let process = Process()
    private let errors = Pipe()
    private(set) var said = ""

    init(_ arguments: [String], in room: Room) throws {
      // Whoever runs the tests may have it ignored, and what is ignored stays so.
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["--default-signal=INT", Tools.reinit.path] + arguments
      process.currentDirectoryURL = room.url
      process.environment = ["LC_ALL": "C.UTF-8", "HOME": room.path("home"), "PATH": "/usr/bin:/bin"]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = errors
      try process.run()
    }

    /// Reads until it has said something, or ends.
    func listen(for words: String) -> Bool {
      while !said.contains(words) {
        let bytes = errors.fileHandleForReading.availableData
        if bytes.isEmpty { return false }
        said += String(decoding: bytes, as: UTF8.self)
      }
      return true
    }

    /// Interrupts it, and gives the status that it ends with.
    func interrupt() { kill(process.processIdentifier, SIGINT) }

    func end() -> Int32 {
      _ = listen(for: "nothing says this")
      process.waitUntilExit()
      return process.terminationReason == .exit ? process.terminationStatus : -1
    }
  }

  private func prepared() throws -> Room {
    let room = try Room()
    try room.compile(InterruptionTests.source, "wait.so")
    var model = try Chain(["fc": Dense(in: 30, out: 20)])
    try model.reinitialize(with: .default, seed: 1)
    try model.save(to: room.path("a.safetensors"))
    return room
  }

  @Test("The first one asks the call to come back, and the command ends as interrupted", arguments: [false, true])
  func first(_ isInPlace: Bool) throws {
    let room = try prepared()
    let before = try Data(contentsOf: room.url.appendingPathComponent("a.safetensors"))
    let target = isInPlace ? ["--in-place"] : ["-o", "b.safetensors"]
    let command = try Running(
      ["apply", "a.safetensors", "--fill", "**=wait", "--plugin", "wait.so"] + target, in: room)
    try #require(command.listen(for: "waiting"), "\(command.said)")
    command.interrupt()
    #expect(command.end() == 130)
    #expect(command.said.contains("error[R0368]: the plugin's call was canceled"), "\(command.said)")
    #expect(try Data(contentsOf: room.url.appendingPathComponent("a.safetensors")) == before)
    let files = try FileManager.default.contentsOfDirectory(atPath: room.url.path)
    #expect(files.filter { $0.contains("safetensors") } == ["a.safetensors"])
  }

  @Test("The second one ends a command whose plugin does not come back")
  func second() throws {
    let room = try prepared()
    let command = try Running(
      ["apply", "a.safetensors", "--fill", "**=wait(deaf: true)", "--plugin", "wait.so", "-o", "b.safetensors"],
      in: room)
    try #require(command.listen(for: "waiting"), "\(command.said)")
    command.interrupt()
    try #require(command.listen(for: "asked to come back"), "\(command.said)")
    command.interrupt()
    #expect(command.end() == 130)
    #expect(!command.said.contains("error["), "\(command.said)")
    let files = try FileManager.default.contentsOfDirectory(atPath: room.url.path)
    #expect(files.filter { $0.contains("safetensors") } == ["a.safetensors"])
  }
}
