import Foundation
import Testing

@Suite("The harness from C")
struct EntryTests {
  private static let source = """
    #include <reinit/harness.h>
    #include <stdio.h>
    #include <stdlib.h>
    static void said(void *context, const ri_harness_test *test) {
      ++*(int *)context;
      printf("%d %d %s %s\\n", test->outcome, test->tier, test->id, test->code);
    }
    int main(int count, char **words) {
      int tests = 0;
      const char *with[] = {count > 5 ? words[5] : NULL, NULL}, *input[] = {count > 6 ? words[6] : NULL, NULL};
      ri_harness_options options = {.struct_size = sizeof options, .tier = atoi(words[2]), .call_seconds = 4,
                                    .only = count > 4 ? words[4] : NULL, .reinit = words[3], .with = with,
                                    .input = input};
      printf("findings %d\\n", ri_harness_run(words[1], &options, said, &tests));
      printf("tests %d\\n", tests);
      return 0;
    }
    """

  /// A program in C, linked with the library.
  private static let program = Result {
    let path = Zoo.products + "/harness-entry"
    try source.write(toFile: path + ".c", atomically: true, encoding: .utf8)
    let compile = Process()
    compile.executableURL = URL(fileURLWithPath: "/usr/bin/cc")
    compile.arguments = [
      "-std=c11", "-Wall", "-Wextra", "-Werror", "-I\(Zoo.root)/Sources/CHarness/include", path + ".c", "-o", path,
      "-L\(Zoo.products)", "-lreinit-harness", "-Wl,-rpath,\(Zoo.products)",
    ]
    try compile.run()
    compile.waitUntilExit()
    try #require(compile.terminationStatus == 0)
    return path
  }

  private func run(_ arguments: [String]) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try Self.program.get())
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return text.split(separator: "\n").map(String.init)
  }

  @Test("A good plugin has no findings, a broken one its own, told test by test")
  func findings() throws {
    let good = try run([Zoo.file("good-layer"), "5", Zoo.reinit])
    #expect(good.contains("findings 0") && good.contains("0 5 load.hosts "))
    let bad = try run([Zoo.file("ignores-offset"), "0", Zoo.reinit])
    #expect(bad.contains("findings 1") && bad.contains("1 3 init.shards:zoo R0935"))
    let some = try run([Zoo.file("good-layer"), "5", Zoo.reinit, "layer.rebuild load.work"])
    #expect(some.contains("tests 2") && some.contains("0 2 layer.rebuild:Zoo "))
  }

  @Test("Examples and shapes are lists")
  func lists() throws {
    let layer = try Zoo.file("good-layer")
    func one(_ with: String, _ input: String) throws -> [String] {
      try run([layer, "2", Zoo.reinit, "layer.forward", with, input])
    }
    #expect(try one("Zoo(size: 5)", "Zoo=[3, 5]").contains("0 2 layer.forward:Zoo "))
    #expect(try one("Zoo(size: 5)", "Zoo=[3, 6]").contains("findings -64"))
    #expect(try one("Zo(size: 5)", "Zoo=[3, 5]").contains("findings -64"))
  }

  @Test("What is no test is a negative number, with a text")
  func failures() throws {
    #expect(try run([Zoo.absent, "3", Zoo.reinit]).contains("findings -66"))
    #expect(try run([Zoo.file("good-layer"), "9", Zoo.reinit]).contains("findings -64"))
    #expect(try run([Zoo.file("good-layer"), "3", "/bin/true"]).contains("findings -70"))
    #expect(try run([Zoo.file("good-layer"), "3", Zoo.reinit, "layer.nonsense"]).contains("findings -64"))
    #expect(try run([Zoo.file("good-initializer"), "3", Zoo.reinit, "layer"]).contains("findings -64"))
  }
}
