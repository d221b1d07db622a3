import Foundation
import Tensors

/// The whole table.
struct Bench {
  let reinit: String
  let plugins: String?
  let folder: String
  /// The rows that are asked for; nil for all.
  let rows: [Int]?

  func run(peer: Peer?, curves isDrawing: Bool, json: String?, markdown: String?, svg: String?) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let machine = machine(peer)
    for (name, value) in machine { print("\(name): \(value)") }
    print("")
    let memory = Memory()
    let runner = Runner(peer: peer)
    var outcomes: [Outcome] = []
    for line in try cases(memory, peer) where rows?.contains(line.row) ?? true {
      fflush(nil)
      outcomes.append(try runner.run(line))
      print(Report.line(outcomes[outcomes.count - 1]))
    }
    for scaling in Scaling.all(outcomes) where rows?.contains(14) ?? true {
      outcomes.append(scaling)
      print(Report.line(scaling))
    }
    peer?.stop()
    let curves = isDrawing ? try Curve.all(memory, folder: folder) : []
    for curve in curves {
      print(
        "\nrow \(curve.row), \(curve.name): "
          + curve.points.map { "\($0.size) in \(short($0.seconds * 1e6)) µs" }.joined(separator: ", "))
    }
    try json.map { try Report.json(machine, outcomes, curves).write(toFile: $0, atomically: true, encoding: .utf8) }
    try markdown.map { try Report.markdown(outcomes).write(toFile: $0, atomically: true, encoding: .utf8) }
    try svg.map { try Chart.svg(curves).write(toFile: $0, atomically: true, encoding: .utf8) }
  }

  private func cases(_ memory: Memory, _ peer: Peer?) throws -> [Case] {
    let files = FileRows(folder: folder, reinit: reinit)
    let processes = ProcessRows(reinit: reinit, bench: CommandLine.arguments[0], folder: folder)
    let folders = FolderRows(folder: folder, reinit: reinit, peer: peer)
    let plugged = try plugins.map { try PluginRows.cases($0, memory) } ?? []
    let inMemory: [Case] = FillRows.cases(memory) + FillRows.orthogonal + ModelRows.cases
    return inMemory + files.cases + ForwardRows.cases + plugged + processes.cases + folders.cases
  }

  /// What the figures depend on.
  private func machine(_ peer: Peer?) -> [(String, String)] {
    let processor = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?
      .split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
      .map { $0.trimmingCharacters(in: .whitespaces) }
    var facts = [
      ("processor", "\(processor ?? "unknown"), \(Workers.available) at work"),
      ("memory", "\(ProcessInfo.processInfo.physicalMemory >> 30) GiB"),
      ("fill kernels", RandomStream.kernelLevel),
      ("OPENBLAS_CORETYPE", ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] ?? "not set"),
    ]
    if let versions = peer?.line("versions") { facts.append(("peers", versions)) }
    return facts
  }
}

/// Row 14: how much two threads gain, from the cases that ran on one and on two.
enum Scaling {
  static func all(_ outcomes: [Outcome]) -> [Outcome] {
    outcomes.compactMap { one in
      guard [1, 2, 5, 8].contains(one.row), one.name.hasSuffix("1T"),
        let two = outcomes.first(where: { $0.row == one.row && $0.name == one.name.replacing("1T", with: "2T") })
      else { return nil }
      return Outcome(
        row: 14, name: "1 to 2 threads: " + one.name.dropLast(4), measure: .times, ours: one.ours / two.ours, peers: [],
        limit: nil, goals: [.atLeast(1.6)])
    }
  }
}
