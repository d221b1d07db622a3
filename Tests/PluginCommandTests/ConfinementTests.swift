import Foundation
import JSONText
import Reinit
import Testing

/// What a plugin tries while it is looked at, where the kernel can keep it from that.
@Suite("A first look is confined")
struct ConfinementTests {
  static let offered = Confinement.offered

  private func look(_ room: Room, _ statements: String) throws -> Run {
    let entry = try #require(Sources.examples["c-initializer"]?["my_plugin.c"])
    let before = """
      #define _GNU_SOURCE
      #include <errno.h>
      #include <fcntl.h>
      #include <signal.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <sys/prctl.h>
      #include <sys/socket.h>
      #include <sys/stat.h>
      #include <unistd.h>
      __attribute__((constructor)) static void reach(void) { \(statements) }

      """
    try room.compile(before + entry, "gate.so")
    return try room.reinit("plugin", "list", "--plugin", "gate.so")
  }

  @Test(
    "No file is written or removed, not even in the folder of temporary files",
    .enabled(if: ConfinementTests.offered.files))
  func files() throws {
    let room = try Room()
    try room.write("kept", "kept")
    let run = try look(
      room,
      """
      if (fopen("\(room.path("made"))", "w") || errno != EACCES) abort();
      if (!mkdir("\(room.path("folder"))", 0700) || !unlink("\(room.path("kept"))") || !truncate("\(room.path("kept"))", 0)) abort();
      FILE *null = fopen("/dev/null", "w");
      if (!null || !fopen("/etc/passwd", "r")) abort();
      """)
    #expect(run.status == 0, "\(run.errors)")
    #expect(!room.has("made") && !room.has("folder") && room.has("kept"))
  }

  @Test("There is no network, and no right is gained", .enabled(if: ConfinementTests.offered.network))
  func network() throws {
    let run = try look(
      try Room(),
      """
      if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_INET6, SOCK_DGRAM, 0) >= 0) abort();
      if (socket(AF_UNIX, SOCK_STREAM, 0) < 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) abort();
      """)
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test(
    "No signal reaches another process: the host's ends the look, others are refused",
    .enabled(if: ConfinementTests.offered.signals))
  func signals() throws {
    #expect(try look(try Room(), "if (kill(getppid(), SIGCONT) == 0) abort();").errors.contains("it sent a signal"))
    #expect(try look(try Room(), "if (kill(1, 0) == 0 || errno != EPERM) abort();").status == 0)
  }

  @Test("doctor says what the kernel offers")
  func doctor() throws {
    let json = try JSONValue(parsing: try Room().reinit("doctor", "--format", "json").output)
    let check = json["checks"]?.array?.first { $0["name"] == "confinement" }
    #expect(check?["finding"]?.string?.isEmpty == false)
  }
}
