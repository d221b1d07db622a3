import Foundation
import JSONText
import Reinit
import Testing

/// Golden outputs: what each command prints on a small encoder, as text and as JSON.
///
/// `REINIT_GOLDEN=write` writes them anew; read the difference before it is committed.
@Suite("What commands print")
struct OutputTests {
  static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")

  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let arguments: [String]
    var status: Int32 = 0
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "summary", arguments: ["summary", "a.safetensors"]),
    Case(name: "summary-depth", arguments: ["summary", "a.safetensors", "--depth", "3"]),
    Case(name: "summary-json", arguments: ["summary", "a.safetensors", "--format", "json"]),
    Case(name: "apply-dry-run", arguments: ["apply", "a.safetensors", "--dry-run"] + ApplyTests.main),
    Case(name: "apply-json", arguments: ["apply", "a.safetensors", "--dry-run", "--format", "json"] + ApplyTests.main),
    Case(name: "diff", arguments: ["diff", "a.safetensors", "b.safetensors"], status: 1),
    Case(name: "diff-json", arguments: ["diff", "a.safetensors", "b.safetensors", "--format=json"], status: 1),
    Case(name: "diff-equal", arguments: ["diff", "a.safetensors", "a.safetensors"]),
    Case(name: "inspect", arguments: ["inspect", "b.safetensors", "encoder.layer.2"]),
    Case(name: "inspect-one", arguments: ["inspect", "b.safetensors", "encoder.layer.2.output.dense.weight"]),
    Case(name: "inspect-json", arguments: ["inspect", "b.safetensors", "LayerNorm.weight", "--format", "json"]),
    Case(name: "verify", arguments: ["verify", "b.safetensors"]),
    Case(name: "verify-json", arguments: ["verify", "b.safetensors", "--format", "json"]),
    Case(name: "recipe-list", arguments: ["recipe", "list"]),
    Case(name: "recipe-show", arguments: ["recipe", "show", "bert"]),
    Case(name: "recipe-check", arguments: ["recipe", "check", "bert", "a.safetensors"]),
    Case(name: "list-initializers", arguments: ["list", "initializers"]),
    Case(name: "list-layers", arguments: ["list", "layers"]),
    Case(name: "list-json", arguments: ["list", "recipes", "--format", "json"]),
    Case(name: "explain-initializer", arguments: ["explain", "he_normal"]),
    Case(name: "explain-json", arguments: ["explain", "trunc_normal_", "--format", "json"]),
    Case(name: "explain-layer", arguments: ["explain", "Linear"]),
    Case(name: "explain-model", arguments: ["explain", "resnet50"]),
    Case(name: "summary-model", arguments: ["summary", "resnet18", "--depth", "1", "--set", "classes=10"]),
    Case(name: "build", arguments: ["build", "vit_b_32", "--dry-run", "--fill", "heads.head=zeros"]),
    Case(name: "help-build", arguments: ["build", "--help"]),
    Case(name: "help-run", arguments: ["run", "--help"]),
    Case(name: "explain-code", arguments: ["explain", "r0203"]),
    Case(name: "help", arguments: ["--help"]),
    Case(name: "help-apply", arguments: ["apply", "--help"]),
    Case(name: "help-inspect", arguments: ["inspect", "--help"]),
    Case(name: "help-recover", arguments: ["recover", "--help"]),
    Case(name: "recover", arguments: ["recover", "a.safetensors"]),
    Case(name: "version", arguments: ["--version"]),
    Case(
      name: "error-no-match", arguments: ["apply", "a.safetensors", "--dry-run", "--fill", "encodr.**=zeros"],
      status: 64),
    Case(
      name: "error-roles", arguments: ["apply", "a.safetensors", "--dry-run", "--fill", "**.weight=zeros"], status: 64),
    Case(
      name: "error-fan", arguments: ["apply", "a.safetensors", "--dry-run", "--fill", "LayerNorm.weight=he_normal"],
      status: 64),
    Case(
      name: "error-initializer", arguments: ["apply", "a.safetensors", "--dry-run", "--fill", "Dense=kaming_normal"],
      status: 64),
    Case(
      name: "error-argument", arguments: ["apply", "a.safetensors", "--dry-run", "--fill", "Dense=normal(sdt: 0.02)"],
      status: 64),
    Case(name: "error-json", arguments: ["summary", "missing.safetensors", "--format", "json"], status: 66),
    Case(name: "error-missing", arguments: ["summary", "missing.safetensors"], status: 66),
    Case(name: "error-target", arguments: ["apply", "a.safetensors", "--fill", "Dense=zeros"], status: 64),
    Case(name: "error-rules", arguments: ["apply", "a.safetensors", "-o", "c.safetensors"], status: 64),
    Case(
      name: "error-exists", arguments: ["apply", "a.safetensors", "-o", "b.safetensors", "--fill", "Dense=zeros"],
      status: 73),
    Case(name: "error-command", arguments: ["aply", "a.safetensors"], status: 64),
    Case(name: "error-option", arguments: ["apply", "a.safetensors", "--sed", "9"], status: 64),
    Case(name: "error-recipe", arguments: ["recipe", "show", "brt"], status: 64),
    Case(name: "error-name", arguments: ["explain", "kaiming"], status: 64),
    Case(name: "error-receipt", arguments: ["verify", "a.safetensors"], status: 65),
    Case(
      name: "error-branch",
      arguments: ["apply", "a.safetensors", "--dry-run", "--at", "encoder.layer.9", "--fill", "Dense=zeros"], status: 64
    ),
    Case(
      name: "error-buffer", arguments: ["apply", "a.safetensors", "--dry-run", "--fill", "@buffer=zeros"], status: 64),
    Case(
      name: "error-type", arguments: ["summary", "a.safetensors", "--type", "encoder.layer.0.output.dense=Con"],
      status: 64),
  ]

  @Test("Each output is the one that was read and committed", arguments: cases)
  func isGolden(_ value: Case) throws {
    let folder = try Folder()
    try Encoder.write(to: folder.path("a.safetensors"))
    let (setUp, _, _) = Command.process(
      ["apply", "a.safetensors", "-o", "b.safetensors"] + ApplyTests.main, in: folder.url)
    try setUp.run()
    setUp.waitUntilExit()
    let (process, output, errors) = Command.process(value.arguments, in: folder.url)
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let errorText = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == value.status && process.terminationReason == .exit)
    try Self.compare(text + errorText, with: value.name)
    if value.arguments.contains("json"), value.status < 2 { _ = try JSONValue(parsing: text) }
  }

  private static func compare(_ text: String, with name: String) throws {
    let url = golden.appendingPathComponent(name + ".txt")
    if ProcessInfo.processInfo.environment["REINIT_GOLDEN"] == "write" {
      try FileManager.default.createDirectory(at: golden, withIntermediateDirectories: true)
      try text.write(to: url, atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOf: url, encoding: .utf8)
    #expect(text == expected)
  }

  @Test("A closed pipe ends a command quietly")
  func closedPipe() throws {
    let folder = try Folder()
    try Encoder.write(to: folder.path("a.safetensors"))
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/bash")
    shell.arguments = [
      "-c",
      "set -o pipefail; '\(Command.executable.path)' summary '\(folder.path("a.safetensors"))' | head -1 >/dev/null",
    ]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0)
  }

  @Test("Completion scripts are printed for each shell", arguments: ["bash", "zsh", "fish"])
  func completion(_ shell: String) throws {
    let run = try Command.run("--generate-completion-script", shell)
    run.expectOrderly(0)
    #expect(run.output.contains("apply"))
  }

  @Test("Interrupted, a command leaves no temporary file and exits with 130")
  func interrupted() throws {
    let folder = try Folder()
    try Encoder.write(to: folder.path("a.safetensors"), scale: 20_000)
    let (process, _, _) = Command.process(
      ["apply", "a.safetensors", "-o", "b.safetensors"] + ApplyTests.main, in: folder.url)
    try process.run()
    // Once the temporary file is there, the signal's handler is too.
    while process.isRunning, folder.files == ["a.safetensors"] { usleep(100) }
    process.interrupt()
    process.waitUntilExit()
    if process.terminationStatus == 130 {
      #expect(folder.files == ["a.safetensors"])
    } else {
      #expect(process.terminationStatus == 0 && folder.files == ["a.safetensors", "b.safetensors"])
    }
  }
}
