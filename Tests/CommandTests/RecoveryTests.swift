import Foundation
import JSONText
import LinearAlgebra
import Reinit
import Testing

@Suite("Interruptions, limits, and what is said of them")
struct RecoveryTests {
  /// Leaves the journal of a run on a file that was killed before it had changed a byte.
  private func interrupt(_ path: String) throws {
    let plan = try Checkpoint(opening: path).plan([Rule(try Selector(parsing: "Dense"), fill: .ones)], seed: 1)
    let file = try InPlaceCheckpoint(path)
    let receipt = Receipt(of: plan)
    let ranges = try receipt.entries.map { try file.header.entry(named: $0.entry.fileName).range }
    _ = try Journal.begin(file, changing: ranges, payload: ["receipt": receipt.json])
  }

  private func shell(_ script: String, in folder: Folder) throws -> Run {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", script.replacingOccurrences(of: "reinit ", with: "'\(Command.executable.path)' ")]
    process.currentDirectoryURL = folder.url
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    return try Command.finished(process, output, errors)
  }

  @Test("recover finishes an interrupted run, and says so where there is none")
  func finish() throws {
    let folder = try Folder()
    try Encoder.write(to: folder.path("a.safetensors"))
    try interrupt(folder.path("a.safetensors"))
    let run = try Command.run("recover", folder.path("a.safetensors"), "--format", "json")
    run.expectOrderly(0)
    #expect(run.output.contains("\"finished\": 9"))
    #expect(folder.files == ["a.safetensors"])
    try Command.run("verify", folder.path("a.safetensors")).expectOrderly(0)
    let again = try Command.run("recover", folder.path("a.safetensors"))
    again.expectOrderly(0)
    #expect(again.output.contains("nothing to do"))
  }

  @Test(
    "Without the descriptors that it needs, a run leaves the old file or the new one, and nothing beside it",
    arguments: 4..<12)
  func descriptors(_ count: Int) throws {
    let folder = try Folder()
    let before = try Encoder.write(to: folder.path("a.safetensors"))
    let run = try shell(
      "ulimit -n \(count); reinit apply a.safetensors --in-place --sync --fill 'Dense=orthogonal'", in: folder)
    #expect(run.signal == nil && !run.errors.contains("Fatal error"), "\(run.errors)")
    #expect(folder.files == ["a.safetensors"])
    let changed = try folder.data("a.safetensors") != before
    #expect(changed || run.status != 0)
    if changed { try Command.run("verify", folder.path("a.safetensors")).expectOrderly(0) }
  }

  @Test("What a killed run has left beside a file without a journal goes", arguments: [[], ["--abandon"]])
  func leftOver(_ options: [String]) throws {
    let folder = try Folder()
    try Encoder.write(to: folder.path("a.safetensors"))
    let names = [".reinit-spool", ".reinit-spool.reinit-aB3dE6", ".reinit-aB3dE6"].map { "a.safetensors\($0)" }
    for name in [names[0], "." + names[1], "." + names[2]] {
      try Data([1]).write(to: folder.url.appendingPathComponent(name))
    }
    try Command.run(["recover", folder.path("a.safetensors")] + options).expectOrderly(0)
    #expect(folder.files == ["a.safetensors"])
  }

  @Test("A run in place works in a folder whose name is no text, and finds a journal behind a link")
  func nameless() throws {
    let folder = try Folder()
    try Encoder.write(to: folder.path("a.safetensors"))
    let run = try shell(
      """
      mkdir $'d\\xff' && cd $'d\\xff' && cp ../a.safetensors . && ln -s a.safetensors b.safetensors
      reinit apply a.safetensors --in-place --fill 'Dense=ones' && ls && echo no > a.safetensors.reinit-journal
      reinit inspect b.safetensors
      """, in: folder)
    run.expectOrderly(65)
    #expect(run.output.hasSuffix("\na.safetensors\nb.safetensors\n"))
    #expect(run.errors.hasPrefix("error[R0631]"))
  }

  @Test("recover --abandon removes the journal and names the tensors that are in doubt")
  func abandon() throws {
    let folder = try Folder()
    try Encoder.write(to: folder.path("a.safetensors"))
    try interrupt(folder.path("a.safetensors"))
    let run = try Command.run("recover", "--abandon", folder.path("a.safetensors"))
    run.expectOrderly(0)
    #expect(run.output.contains("old values, new ones, or some of each"))
    #expect(run.output.contains("  encoder.layer.0.output.dense.weight"))
    #expect(folder.files == ["a.safetensors"])
    try Command.run("summary", folder.path("a.safetensors")).expectOrderly(0)
  }

  @Test("Interrupted in place, a command says that a journal stands and how to finish", arguments: [SIGINT, SIGTERM])
  func interruptedInPlace(_ signal: Int32) throws {
    let folder = try Folder()
    try Encoder.write(to: folder.path("a.safetensors"), scale: 40_000)
    let (process, _, errors) = Command.process(
      ["apply", "a.safetensors", "--in-place", "--fill", "Dense=truncated_normal(std: 0.02)"], in: folder.url)
    // Whoever runs the tests may have it ignored, and what is ignored stays so.
    process.arguments = try ["--default-signal", #require(process.executableURL?.path)] + (process.arguments ?? [])
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    try process.run()
    while process.isRunning, !folder.files.contains("a.safetensors.reinit-journal") { usleep(100) }
    // What is said on a signal is made ready right after the journal.
    usleep(10_000)
    kill(process.processIdentifier, signal)
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard folder.files.contains("a.safetensors.reinit-journal") else { return }
    #expect(process.terminationStatus == 130)
    #expect(text.contains("its journal stands") && text.contains("reinit recover a.safetensors"))
  }

  /// Takes the place of the system's fsync: the checkpoint's own data cannot be forced to the disk, all else can.
  private static let failingDisk = """
    #include <errno.h>
    #include <stdio.h>
    #include <string.h>
    #include <unistd.h>

    int fsync(int descriptor) {
      char link[64], path[4096];
      snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
      ssize_t length = readlink(link, path, sizeof path - 1);
      path[length < 0 ? 0 : length] = 0;
      const char *name = strrchr(path, '/');
      if (!name || strcmp(name, "/a.safetensors")) return 0;
      errno = EIO;
      return -1;
    }
    """

  @Test("A run whose values do not reach the disk keeps its journal, and is finished when they do")
  func failingDisk() throws {
    let folder = try Folder()
    try Encoder.write(to: folder.path("a.safetensors"))
    try Self.failingDisk.write(toFile: folder.path("disk.c"), atomically: true, encoding: .utf8)
    let built = try shell("cc -shared -fPIC -o disk.so disk.c", in: folder)
    try #require(built.status == 0, "\(built.errors)")
    let run = try shell(
      "LD_PRELOAD=./disk.so reinit apply a.safetensors --in-place --sync --fill Dense=ones", in: folder)
    #expect(run.status == 74 && run.errors.contains("R0619"), "\(run.errors)")
    #expect(folder.files.contains("a.safetensors.reinit-journal"))
    try Command.run("recover", folder.path("a.safetensors")).expectOrderly(0)
    try Command.run("verify", folder.path("a.safetensors")).expectOrderly(0)
    #expect(folder.files == ["a.safetensors", "disk.c", "disk.so"])
  }

  @Test("A receipt that cannot be written is told before the journal, and the file is as it was")
  func errorInPlace() throws {
    let folder = try Folder()
    let before = try Encoder.write(to: folder.path("a.safetensors"), room: 0)
    // The receipt goes beside the file, where a folder is in its way.
    try FileManager.default.createDirectory(
      atPath: folder.path("a.safetensors.receipt.json"), withIntermediateDirectories: false)
    let run = try Command.run("apply", folder.path("a.safetensors"), "--in-place", "--fill", "Dense=ones")
    run.expectOrderly(66)
    #expect(run.errors.hasPrefix("error[R0603]") && !folder.files.contains("a.safetensors.reinit-journal"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("a.safetensors"))) == before)
  }

  static let outputs: [(String, Int32)] = [
    ("reinit apply a.safetensors -o b.safetensors --fill Dense=ones > /dev/full", 0),
    ("reinit apply a.safetensors -o b.safetensors --fill Dense=ones --format json > /dev/full", 74),
    ("reinit apply a.safetensors --dry-run --fill Dense=ones > /dev/full", 74),
    ("reinit summary a.safetensors > /dev/full", 74),
    ("reinit apply a.safetensors -o b.safetensors --fill Dense=ones <&- >&- 2>&-", 0),
    ("reinit summary a.safetensors >&-", 74),
  ]

  @Test("A file that is complete is said to be, where the answer cannot be printed", arguments: outputs.indices)
  func fullOutput(_ index: Int) throws {
    let (script, status) = Self.outputs[index]
    let folder = try Folder()
    try Encoder.write(to: folder.path("a.safetensors"))
    let run = try shell(script, in: folder)
    run.expectOrderly(status)
    guard script.contains("-o b") else { return }
    #expect(script.contains("2>&-") || run.errors.contains("'b.safetensors' is written and complete"))
    try Command.run("verify", folder.path("b.safetensors")).expectOrderly(0)
    #expect(folder.files == ["a.safetensors", "b.safetensors"])
  }

  static let limits: [(limit: Int, id: String)] = [(200_000, "R0717"), (4_000_000, "R0716")]

  @Test(
    "Memory that is not there is an error before anything is changed",
    .enabled(if: (try? LinearAlgebra.requireLibrary()) != nil), arguments: limits.indices)
  func memory(_ index: Int) throws {
    let (limit, id) = Self.limits[index]
    let folder = try Folder()
    let tensors: [(name: String, dtype: String, shape: [Int])] = [("fc.weight", "F32", [65536, 65536])]
    // Without a byte on the disk.
    let front = try SafeTensorsHeader(layingOut: tensors).encoded(room: 4096)
    try Data(front).write(to: folder.url.appendingPathComponent("a.safetensors"))
    truncate(folder.path("a.safetensors"), off_t(front.count + 4 * 65536 * 65536))
    let run = try shell(
      "ulimit -v \(limit); timeout 60 reinit apply a.safetensors --in-place --fill fc.weight=orthogonal", in: folder)
    run.expectOrderly(70)
    #expect(run.errors.contains("error[\(id)]"))
    #expect(folder.files == ["a.safetensors"])
  }

  @Test(
    "A forward pass that needs more memory than there is ends with an error",
    arguments: [
      ("Upsample(65536)", [1, 1, 4, 4]), ("Pool(mean, output: [100000, 100000])", [1, 1, 4, 4]),
      // The scores of all queries and keys, which are no output.
      ("MultiHeadAttention(1, heads: 1)", [100_000, 1, 1]),
    ])
  func large(_ layer: String, _ input: [Int]) throws {
    let folder = try Folder()
    try Data("layer: \"\(layer)\"\n".utf8).write(to: folder.url.appendingPathComponent("m.yaml"))
    try Chain([(PathKey("input"), Parameter(Tensor(zeros: Shape(input))))]).save(to: folder.path("in.safetensors"))
    if layer.hasPrefix("Multi") {
      var attention = MultiHeadAttention(1, heads: 1)
      try attention.reinitialize(with: .default, seed: 0)
      try attention.save(to: folder.path("w.safetensors"))
    } else {
      try CheckpointWriter(folder.path("w.safetensors"), header: SafeTensorsHeader(layingOut: [])).commit()
    }
    let run = try shell(
      "ulimit -v 4000000; timeout 60 reinit run m.yaml --weights w.safetensors --input in.safetensors -o out.safetensors",
      in: folder)
    run.expectOrderly(70)
    #expect(run.errors.contains("R0716"))
    #expect(folder.files == ["in.safetensors", "m.yaml", "w.safetensors"])
  }

  @Test("A forward pass without outputs writes nothing")
  func noOutputs() throws {
    let folder = try Folder()
    try Data("layer: Split\n".utf8).write(to: folder.url.appendingPathComponent("m.yaml"))
    try Chain([(PathKey("input"), Parameter(Tensor([1, 2])))]).save(to: folder.path("in.safetensors"))
    try CheckpointWriter(folder.path("w.safetensors"), header: SafeTensorsHeader(layingOut: [])).commit()
    let run = try Command.run(
      "run", "m.yaml", "--weights", "w.safetensors", "--input", "in.safetensors", "-o", "out.safetensors",
      in: folder.url)
    run.expectOrderly(64)
    #expect(run.errors.contains("R0718"))
    #expect(!folder.files.contains("out.safetensors"))
  }
}
