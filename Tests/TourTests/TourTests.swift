import Diagnostics
import Foundation
import LinearAlgebra
import Reinit
import Testing

/// The paths whose tensors two models hold with different bits.
private func changed(_ a: some Node, _ b: some Node) throws -> [String] {
  try zip(a.leaves(ties: .every), b.leaves(ties: .every)).filter { $0.0.tensor != $0.1.tensor }.map {
    $0.0.path.description
  }
}

private func freshDenseNet() throws -> DenseNet { try DenseNet().reinitialized(with: .default, seed: 1) }

private func freshAutoencoder() throws -> Autoencoder { try Autoencoder().reinitialized(with: .default, seed: 1) }

private let denseNetConvs = [
  "stem.weight", "block.0.conv1.weight", "block.0.conv2.weight", "block.1.conv1.weight", "block.1.conv2.weight",
  "block.2.conv1.weight", "block.2.conv2.weight",
]

@Suite("The tour of FluxML/Flux.jl#1879")
struct TourTests {
  @Test("Every block of docs/tour.md is the code that these tests run")
  func documentEqualsSource() throws {
    let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let source = try String(contentsOf: here.appendingPathComponent("Tour.swift"), encoding: .utf8)
    let root = here.deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(contentsOf: root.appendingPathComponent("docs/tour.md"), encoding: .utf8)
    let blocks = Self.blocks(ofSource: source)
    let shown = Self.blocks(ofPage: page)
    #expect(blocks.count == 14)
    #expect(shown == blocks)
  }

  private static func blocks(ofSource text: String) -> [String: String] {
    var blocks: [String: String] = [:]
    for part in text.components(separatedBy: "  // tour: ").dropFirst() {
      let lines = part.components(separatedBy: "\n")
      let end = lines.firstIndex(of: "  // end") ?? lines.count
      let body = lines[2..<(end - 1)].map { $0.hasPrefix("    ") ? String($0.dropFirst(4)) : $0 }
      blocks[lines[0]] = body.joined(separator: "\n")
    }
    return blocks
  }

  private static func blocks(ofPage text: String) -> [String: String] {
    var blocks: [String: String] = [:]
    for part in text.components(separatedBy: "<!-- tour: ").dropFirst() {
      let lines = part.components(separatedBy: "\n")
      guard let end = lines.firstIndex(of: "```") else { continue }
      blocks[String(lines[0].dropLast(4))] = lines[2..<end].joined(separator: "\n")
    }
    return blocks
  }

  @Test("A closure gets every layer of a type to edit")
  func byType() throws {
    let layer = try #require(try Tour.byType()[path: "0"] as? Dense)
    #expect(layer.weight.elements == [1, 1, 2, 2, 3, 3])
  }

  @Test("One initializer fills the weights of a whole model and nothing else")
  func functionFirst() throws {
    let before = try freshDenseNet()
    var model = before
    try Tour.functionFirst(&model)
    #expect(try changed(before, model) == denseNetConvs + ["classifier.weight"])
  }

  @Test("Rules fill convolutions, linear layers and biases; norms stay as they are")
  func rules() throws {
    let before = try freshDenseNet()
    var model = before
    let receipt = try Tour.rules(&model)
    #expect(try changed(before, model) == denseNetConvs + ["classifier.weight", "classifier.bias"])
    #expect(model.classifier.bias?.elements == [0, 0, 0, 0, 0])
    #expect(receipt.entries.map(\.entry.name) == denseNetConvs + ["classifier.weight", "classifier.bias"])
    let largest = try #require(model.stem.weight.elements.map(abs).max())
    #expect(largest > 0.03 && largest < 0.2)
  }

  @Test("A flat list of names becomes a structure of the model's shape; a missing branch is not descended into")
  func skipByName() throws {
    let before = try freshDenseNet()
    let after = try Tour.skipByName(before)
    let names = try changed(before, after)
    #expect(names.contains("norm.weight") && names.contains("stem.weight"))
    #expect(!names.contains { $0.hasSuffix("bias") || $0.hasPrefix("classifier") })
    #expect(after.stem.weight.elements == before.stem.weight.elements.map { Double(Float($0) * 0.5) })
  }

  @Test("A branch is just a value", .enabled(if: (try? LinearAlgebra.requireLibrary()) != nil))
  func branch() throws {
    let before = try freshAutoencoder()
    var model = before
    try Tour.branch(&model)
    #expect(try changed(before, model) == ["enc.0.weight", "enc.1.weight"])
    let weight = model.enc[1].weight.elements
    let square = (0..<5).reduce(0) { $0 + weight[$1] * weight[$1] }
    #expect(abs(square - 1.4 * 1.4) < 1e-5)
  }

  @Test("A branch named from the root gets the full run's values, bit for bit")
  func branchOfARun() throws {
    var part = try freshAutoencoder()
    try Tour.branchOfARun(&part)
    let whole = try freshAutoencoder().reinitialized(with: .kaimingNormal(), seed: 7)
    #expect(part.enc[0].weight == whole.enc[0].weight && part.enc[1].weight == whole.enc[1].weight)
    #expect(part.dec[0].weight != whole.dec[0].weight)
    var alone = try freshAutoencoder()
    try alone.enc.reinitialize(with: .kaimingNormal(), seed: 7, under: "enc")
    #expect(alone.enc[0].weight == whole.enc[0].weight)
  }

  @Test("Stopping at layers applies the function to each as a whole, without biases to trip over")
  func stopAtLayers() throws {
    let before = try freshDenseNet()
    let after = try Tour.stopAtLayers(before)
    #expect(try changed(before, after) == denseNetConvs)
    let rules = try before.reinitialized(seed: 7) { Fill(Conv.self, with: .kaimingNormal()) }
    #expect(try changed(rules, after) == [])
  }

  @Test("A bias that is nil has no leaf, and no rule can reach it")
  func absentIsAbsent() throws {
    let paths = try freshDenseNet().leaves().map(\.path.description)
    #expect(!paths.contains { $0.hasSuffix("conv1.bias") || $0 == "stem.bias" })
    let error = #expect(throws: Diagnostic.self) {
      try freshDenseNet().reinitialized(seed: 7) { Fill(\Conv.bias, with: .zeros) }
    }
    #expect(error?.code == .ruleMatchesNothing)
  }

  @Test("A LayerNorm and the Scale in it are one word each, and a LayerScale is neither")
  func norms() throws {
    let before = try freshAutoencoder()
    var model = before
    try Tour.norms(&model)
    #expect(try changed(before, model) == ["norm.weight"])
    try Tour.scales(&model)
    #expect(try changed(before, model) == [])
    #expect(model.gate.weight.elements.allSatisfy { abs($0 - 1e-6) < 1e-12 })
  }

  @Test("A visitor sees nodes before and after their children, and decides for each")
  func beforeAndAfter() throws {
    let (before, after) = try Tour.beforeAndAfter(try freshAutoencoder())
    #expect(before.first == "" && after.last == "")
    #expect(before.contains("norm") && !before.contains("norm.weight"))
    #expect(try #require(before.firstIndex(of: "enc")) < (try #require(before.firstIndex(of: "enc.0"))))
    #expect(try #require(after.firstIndex(of: "enc.0")) < (try #require(after.firstIndex(of: "enc"))))
  }

  @Test("The closing snippet's damage cannot happen: a scheme fills weights, and says what it left")
  func allWeights() throws {
    let before = try freshDenseNet()
    var model = before
    let receipt = try Tour.allWeights(&model)
    #expect(try changed(before, model) == denseNetConvs + ["classifier.weight"])
    #expect(receipt.entries.count == 8)
    #expect(model.norm.weight?.elements == Array(repeating: 1, count: 20))
  }

  @Test("The closing snippet in so many words is refused, with the counts of each role")
  func everythingIsRefused() throws {
    let error = #expect(throws: Diagnostic.self) {
      try freshDenseNet().reinitialized(seed: 7) { Fill("**", with: .glorotUniform()) }
    }
    #expect(error?.code == .mixedRoles)
    let text = try #require(error?.description)
    #expect(text.contains("8") && text.contains("7") && text.contains("@weight") && text.contains("@scale"))
  }

  @Test("Default makes everything as new: norms, running statistics and counters too")
  func fresh() throws {
    var model = try freshDenseNet().map(.all) { $0 + 3 }
    try Tour.fresh(&model)
    #expect(model.norm.runningMean?.elements == Array(repeating: 0, count: 20))
    #expect(model.norm.runningVar?.elements == Array(repeating: 1, count: 20))
    #expect(model.norm.numBatchesTracked?.elements == [0])
    let twin = try DenseNet().reinitialized(with: .default, seed: 7)
    #expect(try changed(twin, model) == [])
  }

  @Test("A plan resolves every number and writes nothing")
  func plan() throws {
    let before = try freshDenseNet()
    let plan = try Tour.plan(before)
    #expect(plan.steps.map(\.name) == ["block.0.conv2.weight", "block.1.conv2.weight", "block.2.conv2.weight"])
    #expect(plan.steps.allSatisfy { $0.draw["gain"] == 1.4 })
    #expect(plan.steps[0].fans == Fans(fanIn: 16 * 9, fanOut: 4 * 9))
  }

  @Test("A saved model loads bit for bit, and its receipt verifies")
  func save() throws {
    let path = NSTemporaryDirectory() + "tour-\(UUID()).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var model = DenseNet()
    let loaded = try Tour.save(&model, to: path)
    #expect(try changed(model, loaded) == [])
    let results = try Checkpoint(opening: path).verify()
    #expect(results.count == (try model.leaves().count))
    #expect(results.allSatisfy { $0.outcome == .identical })
  }
}
