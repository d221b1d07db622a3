import Foundation
import Reinit
import Tensors
import Testing

/// The plugin that looks at what the host gives it: whatever the host promises and does not keep, a call fails with.
@Suite("The probe, which tests the host")
struct ProbeTests {
  @Test("It tells each of many wrong hosts by its own text, and says nothing of a right one")
  func wrongHosts() throws {
    let folder = Fixtures.root.appendingPathComponent("Plugins/Probe").path
    let program = try Fixtures.temporaryFolder() + "/hosts"
    let build =
      "cc -std=gnu11 -O1 -I'\(Fixtures.root.path)/Sources/CReinit/include' test/hosts.c *.c -lm -lpthread -o '\(program)'"
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.currentDirectoryURL = URL(fileURLWithPath: folder)
    shell.arguments = ["-c", "\(build) && '\(program)'"]
    let output = Pipe()
    shell.standardOutput = output
    try shell.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0 && text == "84 wrong hosts\n", "\(text)")
  }

  /// What element `index` is, as the probe writes it.
  private func value(_ index: Int, scale: Double = 1) -> Float {
    Float(scale * Double(Float(index & 0xFF_FFFF) / 16_777_216))
  }

  static let shapes: [[Int]] = [[1], [7, 3], [64, 3, 7, 7], [300, 700], [5, 1, 2, 3, 4]]

  @Test("Each element is what it has to be, in every type", arguments: shapes)
  func elements(_ sizes: [Int]) throws {
    let catalog = try Fixtures.catalog(["Probe"])
    let shape = Shape(sizes)
    for name in ["probe(scale: 1.5)", "probe_whole(scale: 1.5)", "probe_exclusive(scale: 1.5)"] {
      let initializer = try catalog.initializers.initializer(parsing: name)
      let expected = Tensor((0..<shape.count).map { value($0, scale: 1.5) }, shape: shape)
      for dtype in [DType.f32, .f64, .f16, .bf16] {
        let model = ["a": Tensor(zeros: shape, dtype: dtype), "b": Tensor(zeros: shape, dtype: dtype)]
        let filled = try model.mapWithPath { path, tensor in
          let context = ParameterContext(name: path.description, shape: shape, dtype: dtype)
          let stream = RandomStream(seed: 1, name: path.description)
          return try Tensor(drawing: initializer.draw(for: context), shape: shape, dtype: dtype, stream: stream)
        }
        for leaf in try filled.leaves() { #expect(leaf.tensor == expected.converted(to: dtype), "\(name) \(dtype)") }
      }
    }
  }

  @Test(
    "A run over a model, cut into ranges for all threads, keeps every promise of a fill",
    arguments: [HostShape.current, HostShape(size: 400, minor: 9, growth: 64)])
  func run(_ shape: HostShape) throws {
    let catalog = try Fixtures.catalog(["Probe"], shape: shape)
    for name in ["probe", "probe_whole", "probe_exclusive", "probe_drawn"] {
      var model = Chain(
        Conv(in: 3, out: 8, kernel: [3, 3]), try catalog.layer("Probe(size: 8)"), Dense(in: 700, out: 900),
        try catalog.layer("Probe(size: 8, bias: false)", children: [Dense(in: 8, out: 8)]))
      try model.reinitialize(with: .default, seed: 1)
      let initializer = try catalog.initializers.initializer(parsing: name)
      let rule = try Rule(RuleText(.fill("**=\(initializer)")), registry: catalog.initializers)
      try model.reinitialize(seed: 3) { rule }
      for leaf in try model.leaves() where leaf.role != .buffer && name != "probe_drawn" {
        #expect(leaf.tensor.floats == (0..<leaf.tensor.count).map { value($0) }, "\(leaf.path)")
      }
    }
  }

  @Test("What is read is what is there, in every type, in whatever ranges", arguments: [DType.f32, .f64, .f16, .bf16])
  func reading(_ dtype: DType) throws {
    let catalog = try Fixtures.catalog(["Probe"])
    var model = try Chain(Dense(in: 300, out: 500), Dense(in: 3, out: 2)).reinitialized(with: .default, seed: 1)
      .converted(to: dtype)
    let before = model
    let rule = try Rule(RuleText(.fill("**=probe_reads")), registry: catalog.initializers)
    try model.reinitialize(seed: 3, threads: 3) { rule }
    for (now, old) in zip(try model.leaves(), try before.leaves()) { #expect(now.tensor == old.tensor, "\(old.path)") }
    #expect(catalog.handles == .none)
  }

  @Test("A layer's life, in parallel, nested in itself and in the host's layers, keeps every promise of one")
  func life() throws {
    let catalog = try Fixtures.catalog(["Probe"])
    try Workers.run(8, threads: 4) { number in
      let inner = try catalog.layer("Probe(size: 8)", children: [Dense(in: 8, out: 8)])
      var model = Chain(Dense(in: 4, out: 8), try catalog.layer("Probe(size: 8)", children: [inner]))
      try model.reinitialize(with: .default, seed: UInt64(number))
      let input = Tensor((0..<8).map { Float($0) }, shape: [2, 4])
      let output = try model.applied(to: [input])
      #expect(try model.shapes(for: [[2, 4]]) == output.map(\.shape))
      let doubled = try model.map { $0 * 2 }
      #expect(try doubled.applied(to: [input]).map(\.shape) == output.map(\.shape))
    }
    #expect(catalog.handles == .none)
  }
}
