import Foundation
import Testing

/// A crash in a plugin while a sanitizer is in the process.
@Suite("A preloaded sanitizer")
struct SanitizerTests {
  /// The runtime of the C compiler; nil where it has none.
  static let runtime: String? = {
    let text = try? Room().shell("cc -print-file-name=libasan.so").output.split(separator: "\n").first
    return text.flatMap { $0.hasPrefix("/") ? String($0) : nil }
  }()

  @Test(
    "It has the first word on a crash, and the report the last; the files are as they were",
    .enabled(if: runtime != nil))
  func crash() throws {
    let room = try Room()
    let source = try #require(Sources.examples["c-initializer"]?["my_plugin.c"])
    let crash = "*(volatile int *)16 = 1;\n  const float std"
    try room.compile(source.replacing("const float std", with: crash), "gate.so", flags: "-g -fsanitize=address")
    let preload = "LD_PRELOAD='\(Self.runtime ?? "")' ASAN_OPTIONS=detect_leaks=0"
    let command = "build resnet18 --plugin ./gate.so --fill 'Conv.weight=my_plugin' --seed 1 -o out.safetensors"
    let text = try room.shell("\(preload) '\(Tools.reinit.path)' \(command) 2>&1; echo \"status $?\"").output
    let first = try #require(text.firstRange(of: "ERROR: AddressSanitizer: SEGV"), "\(text)")
    let last = try #require(text.firstRange(of: "error[R0361]: the plugin 'org.example.my-plugin' crashed: SIGSEGV"))
    #expect(first.lowerBound < last.lowerBound && text.hasSuffix("status 69\n") && text.contains("gate.so.c"))
    #expect(!room.has("out.safetensors"))
  }
}
