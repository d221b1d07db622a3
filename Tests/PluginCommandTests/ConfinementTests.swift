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

  @Test("A plugin that fails for want of it is told what was refused", .enabled(if: ConfinementTests.offered.isWatched))
  func told() throws {
    let room = try Room()
    let made = room.path("made")
    let run = try look(room, "if (!fopen(\"\(made)\", \"w\")) setenv(\"NO_CACHE\", \"1\", 1);")
    #expect(run.status == 0)
    let source = try String(contentsOfFile: room.path("gate.so.c"), encoding: .utf8)
    let failing =
      "if (getenv(\"NO_CACHE\")) return host->fail(call, RI_INTERNAL, ri_text(\"no cache\"));\n  return host->add"
    try room.compile(source.replacing("return host->add", with: failing), "gate.so")
    let errors = try room.reinit("plugin", "list", "--plugin", "gate.so").errors
    #expect(errors.contains("error[R0352]") && errors.contains("it opens '\(made)' to write, which"), "\(errors)")
  }

  /// Runs a program as on a kernel that has neither Landlock nor filters of system calls.
  private static let older = """
    #include <errno.h>
    #include <linux/filter.h>
    #include <linux/seccomp.h>
    #include <stddef.h>
    #include <sys/prctl.h>
    #include <sys/syscall.h>
    #include <unistd.h>
    #define ABSENT(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)
    int main(int count, char **arguments) {
      struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)), ABSENT(444), ABSENT(445), ABSENT(446),
        ABSENT(SYS_seccomp), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
      struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
      if (count < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, 2, &program)) return 99;
      execv(arguments[1], arguments + 1);
      return 98;
    }
    """

  @Test("On a kernel without any of it plugins are looked at and tested all the same, and doctor and report say so")
  func olderKernel() throws {
    let room = try Room()
    try room.write(Self.older, "older.c")
    try room.shell("cc -o older older.c")
    try room.gate()
    let reinit = "./older '\(Tools.reinit.path)'"
    let doctor = try room.shell("\(reinit) doctor --format json").output
    #expect(doctor.contains("not offered by this kernel"), "\(doctor)")
    #expect(try room.shell("\(reinit) plugin list --plugin gate.so").output.contains("org.example.gate"))
    let test = try room.shell("\(reinit) plugin test gate.so --tier 1").output
    #expect(test.contains("cannot keep a plugin from files and networks"), "\(test)")
  }

  @Test("doctor says what the kernel offers")
  func doctor() throws {
    let json = try JSONValue(parsing: try Room().reinit("doctor", "--format", "json").output)
    let check = json["checks"]?.array?.first { $0["name"] == "confinement" }
    #expect(check?["finding"]?.string?.isEmpty == false)
  }
}
