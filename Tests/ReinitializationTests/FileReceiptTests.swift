import Checkpoints
import Diagnostics
import Foundation
import JSONText
import LinearAlgebra
import Reinit
import Testing

/// Whether OpenBLAS is there; without it, orthogonal matrices are an error.
let hasBLAS = (try? LinearAlgebra.requireLibrary()) != nil

@Suite("Receipts of files")
struct FileReceiptTests {
  private func filled(_ path: String, seed: UInt64 = 1) throws {
    var model = Net()
    let receipt = try model.reinitialize(with: .default, seed: seed)
    try model.save(to: path, receipt: receipt, options: ApplyOptions(force: true))
  }

  private func temporary() -> String { NSTemporaryDirectory() + "reinit-\(UUID()).safetensors" }

  /// Writes the file again with its receipt's text changed.
  private func edit(_ path: String, _ change: (String) -> String) throws {
    let file = try SafeTensorsFile(path)
    var header = file.header
    header.metadata["reinit.receipt"] = header.metadata["reinit.receipt"].map(change)
    let writer = try CheckpointWriter(path, header: header, force: true)
    try writer.copy(0..<header.dataSize, from: file)
    try writer.commit()
  }

  @Test("A recorded hash that is not the file's is found, also where the values can be made again")
  func hash() throws {
    let path = temporary()
    defer { unlink(path) }
    try filled(path)
    let hash = try #require(try Checkpoint(opening: path).receipt()?.entries.first?.entry.hash)
    try edit(path) { $0.replacingOccurrences(of: "\(hash)", with: "deadbeefdeadbeef") }
    #expect(try Checkpoint(opening: path).verify().filter { !$0.isRight }.map(\.name) == ["embed.weight"])
  }

  @Test(
    "A tensor that is wrong in one place and close to right in another is wrong", .enabled(if: hasBLAS),
    arguments: [nil, 0, 1] as [Int?])
  func wrongAndClose(_ wrong: Int?) throws {
    let path = temporary()
    defer { unlink(path) }
    // 1.4 MB: more than is made and compared at once.
    var model = Dense(in: 600, out: 600, bias: false)
    let receipt = try model.reinitialize(with: .orthogonal(), seed: 1)
    try model.save(to: path, receipt: receipt, options: ApplyOptions(force: true))
    let header = try SafeTensorsFile(path).header
    let range = try header.entry(named: "weight").range
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for (index, place) in [range.lowerBound, range.upperBound - 4].enumerated() {
      // The lowest bit of the significand, or one of the exponent.
      bytes[header.dataStart + place + (index == wrong ? 3 : 0)] ^= 1
    }
    try bytes.write(to: URL(fileURLWithPath: path))
    let results = try Checkpoint(opening: path).verify(options: ApplyOptions(threads: 1))
    #expect(results.map(\.outcome) == [wrong == nil ? .close : .different])
  }

  @Test("A run is not finished from values that were changed after they were made", .enabled(if: hasBLAS))
  func changedSpool() throws {
    let (path, cut) = (temporary(), temporary())
    let endings = ["", ".reinit-journal", ".reinit-spool"]
    defer { for ending in endings { for name in [path, cut] { unlink(name + ending) } } }
    try filled(path)
    let checkpoint = try Checkpoint(opening: path)
    let plan = try checkpoint.plan([Rule(try Selector(parsing: "head"), fill: .orthogonal())], seed: 5)
    let options = ApplyOptions(threads: 1) { _ in
      for ending in endings { try? FileManager.default.copyItem(atPath: path + ending, toPath: cut + ending) }
    }
    try checkpoint.applyInPlace(plan, options: options)
    let before = try Data(contentsOf: URL(fileURLWithPath: cut))
    let spool = URL(fileURLWithPath: cut + ".reinit-spool")
    let made = try Data(contentsOf: spool)
    var changed = made
    changed[made.count - 1] ^= 1
    try changed.write(to: spool)
    let error = #expect(throws: Diagnostic.self) { try Checkpoint.finishInPlace(cut) }
    #expect(error?.code == .journalCorrupt)
    #expect(try Data(contentsOf: URL(fileURLWithPath: cut)) == before)
    try made.write(to: spool)
    #expect(try Checkpoint.finishInPlace(cut) != nil)
  }

  @Test("A tensor that was dropped is reported as missing, and a later run forgets it")
  func missing() throws {
    let path = temporary()
    defer { unlink(path) }
    try filled(path)
    try edit(path) { $0.replacingOccurrences(of: "head.bias", with: "head.gone") }
    let results = try Checkpoint(opening: path).verify()
    #expect(results.filter { $0.outcome == .missing }.map(\.name) == ["head.gone"])
    let checkpoint = try Checkpoint(opening: path)
    let plan = try checkpoint.plan([Rule(try Selector(parsing: "head"), fill: .ones)], seed: 2)
    try checkpoint.applyInPlace(plan)
    #expect(try Checkpoint(opening: path).verify().allSatisfy(\.isRight))
  }

  @Test("Names that differ in bytes alone are two names")
  func normalization() throws {
    let (composed, decomposed) = ("\u{E9}.weight", "e\u{301}.weight")
    let old = Receipt(runs: [run(composed, seed: 1)])
    let both = Receipt(runs: [run(decomposed, seed: 2)]).following(old)
    #expect(both.entries.count == 2)
    #expect(Receipt(runs: [run(composed, seed: 2)]).following(old).entries.count == 1)
  }

  private func run(_ name: String, seed: UInt64) -> Receipt.Run {
    let entry = Receipt.Entry(name: name, rule: 0, initializer: "zeros", draw: .constant(0), shape: [1], dtype: .f32)
    return Receipt.Run(seed: seed, rules: [], tensors: [entry])
  }

  @Test("A receipt beside a file counts for that file alone, and a user's own file of that name stays")
  func sidecars() throws {
    let (path, sidecar) = { ($0, $0 + ".receipt.json") }(temporary())
    defer {
      unlink(path)
      unlink(sidecar)
    }
    try filled(path, seed: 1)
    let foreign = try #require(try Checkpoint(opening: path).receipt()).json.compact
    try filled(path, seed: 2)
    try foreign.write(toFile: sidecar, atomically: true, encoding: .utf8)
    #expect(try Checkpoint(opening: path).receipt()?.runs.first?.seed == 2)
    try filled(path, seed: 3)
    #expect(!FileManager.default.fileExists(atPath: sidecar))
    try "precious".write(toFile: sidecar, atomically: true, encoding: .utf8)
    try filled(path, seed: 3)
    #expect(try String(contentsOfFile: sidecar, encoding: .utf8) == "precious")
  }

  @Test("While an in-place run is at work, nobody reads a mixture")
  func locked() throws {
    let path = temporary()
    defer { unlink(path) }
    try filled(path)
    let checkpoint = try Checkpoint(opening: path)
    let plan = try checkpoint.plan([Rule(try Selector(parsing: "head"), fill: .ones)], seed: 2)
    let atWork = try InPlaceCheckpoint(path)
    for attempt in [
      { _ = try checkpoint.apply(plan, writing: path + ".new") }, { _ = try checkpoint.verify() },
      { _ = try CheckpointDiff.between(CheckpointFiles(path), CheckpointFiles(path)) },
      { _ = try Net().loaded(from: path) }, { _ = try Tensor(named: "head.bias", in: path) },
      { _ = try checkpoint.statistics(of: Array(checkpoint.header.entries)) },
      { _ = try checkpoint.histogram(of: checkpoint.header.entries[0], bins: 2, from: 0, to: 1) },
      { _ = try checkpoint.receipt() }, { _ = try Checkpoint(opening: path) },
    ] {
      let error = #expect(throws: Diagnostic.self) { try attempt() }
      #expect(error?.code == .fileLocked)
    }
    withExtendedLifetime(atWork) {}
  }

  @Test("A journal whose receipt names what the file does not have is refused")
  func journal() throws {
    let path = temporary()
    defer {
      unlink(path)
      unlink(Journal.path(for: path))
    }
    try filled(path)
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    _ = try Journal.begin(
      InPlaceCheckpoint(path), changing: [], payload: ["receipt": Receipt(runs: [run("nope", seed: 1)]).json])
    let error = #expect(throws: Diagnostic.self) { try Checkpoint.finishInPlace(path) }
    #expect(error?.code == .receiptMismatch)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test("A journal whose receipt is of more than one run, or does not say how a tensor is made, is refused")
  func incomplete() throws {
    let path = temporary()
    defer {
      unlink(path)
      unlink(Journal.path(for: path))
    }
    try filled(path)
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let good = Receipt(of: try plan(path))
    var unsaid = good
    unsaid.runs[0].tensors[0].draw = nil
    for forged in [unsaid, Receipt(runs: good.runs + good.runs)] {
      try interrupt(path, forged)
      let error = #expect(throws: Diagnostic.self) { try Checkpoint.finishInPlace(path) }
      #expect(error?.code == .receiptMismatch)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
      unlink(Journal.path(for: path))
    }
  }

  /// Leaves the journal of a run on a file that was killed before it had changed a byte.
  private func interrupt(_ path: String, _ receipt: Receipt) throws {
    let file = try InPlaceCheckpoint(path)
    let names = receipt.entries.map(\.entry.fileName)
    let ranges = names.compactMap { file.header[$0]?.range }
    _ = try Journal.begin(file, changing: ranges, payload: ["receipt": receipt.json])
  }

  private func plan(_ path: String) throws -> Plan {
    try Checkpoint(opening: path).plan([Rule(try Selector(parsing: "head"), fill: .normal(std: 1))], seed: 5)
  }

  @Test("A forged journal changes no byte, whichever of its entries is wrong")
  func forged() throws {
    let path = temporary()
    defer {
      unlink(path)
      unlink(Journal.path(for: path))
    }
    try filled(path)
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let good = Receipt(of: try plan(path))
    #expect(good.runs[0].tensors.count == 1)
    let entry = try #require(good.runs[0].tensors.first)
    let draws: [(Draw, ErrorCode)] = [
      (.normal(std: .nan), .malformedDraw), (.uniform(low: 1, high: 0), .malformedDraw),
      (Draw(.orthogonal), .malformedDraw), (Draw(.sparse, [.init("std", 1), .init("zeros", 99)]), .malformedDraw),
      (.constant(0), .receiptMismatch),
    ]
    for (draw, code) in draws {
      var forged = good
      var second = entry
      second.draw = draw
      // The same tensor again, or another one with numbers that do not fit.
      if code == .malformedDraw { second.name = "embed.weight" }
      second.shape = code == .malformedDraw ? [6, 4] : entry.shape
      forged.runs[0].tensors.append(second)
      try interrupt(path, forged)
      let error = #expect(throws: Diagnostic.self) { try Checkpoint.finishInPlace(path) }
      #expect(error?.code == code)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
      unlink(Journal.path(for: path))
    }
  }

  @Test("A run is not finished on a file whose filled tensors are neither the old ones nor its own")
  func replaced() throws {
    let path = temporary()
    defer {
      unlink(path)
      unlink(Journal.path(for: path))
    }
    try filled(path)
    let plan = try plan(path)
    try interrupt(path, Receipt(of: plan))
    let header = try InPlaceCheckpoint(path).header
    let place = header.dataStart + (try header.entry(named: "head.weight").range.lowerBound)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let before = bytes
    bytes[place + 5] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: Diagnostic.self) { try Checkpoint.finishInPlace(path) }
    #expect(error?.code == .journalForeign)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    // Half written by the run itself, it is finished.
    bytes = before
    let stream = RandomStream(seed: 5, name: "head.weight")
    let values = try Tensor(drawing: .normal(std: 1), shape: [3, 4], stream: stream)
    values.withBytes { bytes.replaceSubrange(place..<place + $0.count, with: $0) }
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(try Checkpoint.finishInPlace(path) != nil)
    #expect(try Checkpoint(opening: path).verify().allSatisfy(\.isRight))
  }

  @Test("A run that is given up leaves a file that can be read, and says which tensors are in doubt")
  func abandoned() throws {
    let path = temporary()
    defer { unlink(path) }
    try filled(path)
    #expect(try Checkpoint.abandonInPlace(path) == nil)
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    try interrupt(path, Receipt(of: try plan(path)))
    let run = try #require(try Checkpoint.abandonInPlace(path))
    #expect(run.state == .mixed && run.tensors == ["head.weight"])
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    _ = try Checkpoint(opening: path)
    try "no journal".write(toFile: Journal.path(for: path), atomically: true, encoding: .utf8)
    #expect(try Checkpoint.abandonInPlace(path)?.state == .unknown)
    #expect(!FileManager.default.fileExists(atPath: Journal.path(for: path)))
  }

  @Test("A run that is given up while it wrote the header leaves the old one, at whichever byte it was torn")
  func tornHeader() throws {
    let path = temporary()
    defer {
      unlink(path)
      unlink(Journal.path(for: path))
    }
    try filled(path)
    let receipt = Receipt(of: try plan(path))
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let end = try SafeTensorsFile(path).header.dataStart
    for place in stride(from: end, to: 0, by: -(end / 7)) {
      do {
        let file = try InPlaceCheckpoint(path)
        let journal = try Journal.begin(file, changing: [], payload: ["receipt": receipt.json])
        var metadata = file.header.metadata
        metadata["note"] = "new"
        try file.replaceMetadata(metadata, journal: journal)
      }
      let after = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(after != before)
      try (after[..<place] + before[place...]).write(to: URL(fileURLWithPath: path))
      #expect(try Checkpoint.abandonInPlace(path)?.state == .mixed)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }
  }

  @Test("A journal that cannot be read is not given up: it may be the only place that has the old header")
  func unreadable() throws {
    let path = temporary()
    defer {
      unlink(path)
      unlink(Journal.path(for: path))
    }
    try filled(path)
    mkfifo(Journal.path(for: path), 0o600)
    let error = #expect(throws: Diagnostic.self) { try Checkpoint.abandonInPlace(path) }
    #expect(error?.code == .journalUnreadable)
    #expect(FileManager.default.fileExists(atPath: Journal.path(for: path)))
  }

  @Test("A receipt that no header can hold goes beside a new file, and is found there", arguments: [100, 100_000])
  func longReceipt(_ limit: Int) throws {
    let (path, output) = (temporary(), temporary())
    defer { for name in [path, output, output + ".receipt.json"] { unlink(name) } }
    try filled(path)
    var options = ApplyOptions()
    options.headerLimit = limit
    let receipt = try Checkpoint(opening: path).apply(try plan(path), writing: output, options: options)
    #expect(try (Checkpoint.sidecarPath(of: output) == nil) == (limit == 100_000))
    let copy = try Checkpoint(opening: output)
    #expect((copy.header.metadata["reinit.receipt"] == nil) == (limit == 100))
    #expect(try copy.receipt() == receipt)
    #expect(try copy.verify().allSatisfy(\.isRight))
    options.force = true
    try Net().reinitialized(with: .default, seed: 1).save(to: output, receipt: receipt, options: options)
    #expect(try (Checkpoint.sidecarPath(of: output) == nil) == (limit == 100_000))
  }
}
