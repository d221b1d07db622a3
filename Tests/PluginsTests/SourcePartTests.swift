import Foundation
import Reinit
import Testing

/// Plugins' fills of parts: those that read, and those that need the whole tensor.
@Suite("Plugins and parts")
struct SourcePartTests {
  private let folder: String
  private let catalog: PluginCatalog

  init() throws {
    folder = try Fixtures.temporaryFolder()
    catalog = try Fixtures.catalog(["ShrinkPerturb", "Probe"])
    var model = try Chain(["a": Dense(in: 30, out: 50)])
    try model.reinitialize(with: .default, seed: 1)
    try model.save(to: "\(folder)/old.safetensors")
    let header = try SafeTensorsHeader(layingOut: [("a.weight", "U8", [50, 30])])
    let writer = try CheckpointWriter("\(folder)/mask.safetensors", header: header)
    try (0..<1500).map { UInt8($0 % 7 < 3 ? 1 : 0) }.withUnsafeBytes { try writer.write($0, at: 0) }
    try writer.commit()
  }

  private func applied(_ texts: String..., as name: String) throws -> [Double] {
    let checkpoint = try Checkpoint(opening: "\(folder)/old.safetensors")
    let plan = try checkpoint.plan(texts.map { try rule($0, catalog.initializers) }, seed: 5)
    try checkpoint.apply(plan, writing: "\(folder)/\(name)", options: ApplyOptions(threads: 3))
    let verified = try Checkpoint(opening: "\(folder)/\(name)").verify(
      from: "\(folder)/old.safetensors", options: ApplyOptions(resolver: catalog.resolver))
    #expect(verified.allSatisfy { $0.outcome == .identical })
    return try values(name)
  }

  private func values(_ name: String) throws -> [Double] {
    try Tensor(named: "a.weight", in: "\(folder)/\(name)").elements
  }

  @Test(
    "A fill that reads has in a part what it has in the whole tensor, and outside nothing is changed",
    arguments: ["20:30", "::3, 5:", "-1", "rows where norm > 0.58", "mask MASK"])
  func reading(_ part: String) throws {
    let text = part.replacingOccurrences(of: "MASK", with: "\(folder)/mask.safetensors")
    let (old, full) = (
      try values("old.safetensors"),
      try applied("a.weight=shrink_and_perturb(shrink: 0.6, std: 0.25)", as: "full.safetensors")
    )
    let found = try applied("a.weight[\(text)]=shrink_and_perturb(shrink: 0.6, std: 0.25)", as: "part.safetensors")
    func norm(_ row: Int) -> Double { old[30 * row..<30 * row + 30].reduce(0) { $0 + $1 * $1 }.squareRoot() }
    func isMeant(_ row: Int, _ column: Int) -> Bool {
      switch part {
      case "20:30": (20..<30).contains(row)
      case "::3, 5:": row % 3 == 0 && column >= 5
      case "-1": row == 49
      case "mask MASK": (30 * row + column) % 7 < 3
      default: norm(row) > 0.58
      }
    }
    let meant = (0..<1500).map { isMeant($0 / 30, $0 % 30) }
    #expect(meant.contains(true) && meant.contains(false))
    for index in 0..<1500 { #expect(found[index] == (meant[index] ? full : old)[index]) }
  }

  @Test("One that needs the whole tensor makes the part as a tensor by itself")
  func whole() throws {
    let found = try applied("a.weight[2:6, 3:9]=probe_whole(scale: 2)", as: "whole.safetensors")
    let old = try values("old.safetensors")
    for index in 0..<1500 {
      let (row, column) = (index / 30 - 2, index % 30 - 3)
      let isMeant = (0..<4).contains(row) && (0..<6).contains(column)
      // The probe's value says which element it is, of the tensor that it was asked for.
      #expect(found[index] == (isMeant ? 2 * Double(6 * row + column) / 16_777_216 : old[index]))
    }
  }

  @Test("Of elements that two rules mean the later one's are a plugin's, or not")
  func order() throws {
    let last = try applied(
      "a.weight[:20]=probe_whole", "a.weight[10:]=shrink_and_perturb(shrink: 0.6, std: 0.25)", as: "order.safetensors")
    let full = try applied("a.weight=shrink_and_perturb(shrink: 0.6, std: 0.25)", as: "full.safetensors")
    #expect(Array(last[300...]) == Array(full[300...]))
    #expect(Array(last[..<300]) == (0..<300).map { Double($0) / 16_777_216 })
  }
}
