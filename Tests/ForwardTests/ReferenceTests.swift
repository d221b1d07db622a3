import Diagnostics
import Functors
import Glibc
import Inference
import Initializers
import JSONText
import LayerVocabulary
import Layers
import Tensors
import Testing

/// One case of a file: a layer, inputs, and what torch makes of them.
private struct ReferenceCase {
  let text: String
  let layer: any Node
  let inputs: [Tensor]
  let outputs: [(shape: [Int], values: [Double])]

  init(_ json: JSONValue) throws {
    text = json["layer"]?.string ?? ""
    let children = try (json["children"]?.array ?? []).map {
      try LayerRegistry.standard.layer(parsing: $0.string ?? "")
    }
    let bare = try LayerRegistry.standard.layer(parsing: text, children: children)
    layer = try ReferenceCase.filled(bare, json["parameters"])
    if let indices = json["indices"] {
      let values = ReferenceCase.numbers(indices["values"]).map(Float.init)
      inputs = [Tensor(values, shape: Shape(ReferenceCase.sizes(indices))).converted(to: .i64)]
    } else {
      inputs = (json["inputs"]?.array ?? []).map {
        ReferenceCase.tensor($0["formula"], Shape(ReferenceCase.sizes($0)))
      }
    }
    outputs = (json["outputs"]?.array ?? []).map {
      (ReferenceCase.sizes($0), ReferenceCase.numbers($0["values"]))
    }
  }

  private static func filled(_ layer: some Layer, _ formulas: JSONValue?) throws -> any Node {
    try layer.mapWithPath { path, old in
      tensor(try #require(formulas?[path.description], "\(path)"), old.shape)
    }
  }

  private static func tensor(_ formula: JSONValue?, _ shape: Shape) -> Tensor {
    let formula = numbers(formula)
    return ForwardTests.numbers(shape, salt: Int(formula[0]), scale: formula[1], shift: formula[2])
  }

  private static func numbers(_ json: JSONValue?) -> [Double] { (json?.array ?? []).compactMap(\.double) }
  private static func sizes(_ json: JSONValue) -> [Int] { (json["shape"]?.array ?? []).compactMap(\.int) }
}

private let families = [
  "maps", "convolutions", "norms", "stateless", "sequences", "containers", "rearrangements", "tokens", "branches",
  "activations",
]

/// On one thread and on several, with and without oneDNN.
private let passes = [
  ForwardPass(threads: 1, kernels: .own), ForwardPass(threads: 3, kernels: .own),
  ForwardPass(threads: 1, kernels: .oneDNN), ForwardPass(threads: 2),
]

@Test("oneDNN is there, so that these tests are of it too, unless a variant is tested that has none")
private func oneDNN() {
  let variant = getenv("REINIT_VARIANT").map { String(cString: $0) } ?? ""
  #expect((OneDNN.reason == nil) != ["no-blas", "no-onednn"].contains(variant))
}

@Test(
  "Every layer computes what torch computes, on one thread and on several, with oneDNN and without",
  arguments: families, passes)
private func agreesWithTorch(_ family: String, pass: ForwardPass) throws {
  let cases = try reference(family)
  #expect(cases.count >= 6)
  for json in cases {
    let one = try ReferenceCase(json)
    let results = try one.layer.applied(to: one.inputs, in: pass)
    #expect(results.count == one.outputs.count, "\(one.text)")
    for (index, output) in one.outputs.enumerated() {
      let found = results.indices.contains(index) ? results[index] : nil
      let distance = distance(found, output.values, shape: output.shape)
      #expect(distance <= 1e-5, "\(one.text) of \(one.inputs): result \(index) is \(distance) off")
    }
  }
}

@Test("Every kind of layer that is built in has reference values")
func everyKindIsCovered() throws {
  let texts = try families.flatMap { try reference($0).compactMap { $0["layer"]?.string } }
  let kinds = try Set(texts.map { try ReferenceCase.kind($0) })
  // A parameter computes nothing; it is tested beside.
  #expect(LayerCatalog.kinds.map(\.kind.name).filter { !kinds.contains($0) } == ["Parameter"])
}

extension ReferenceCase {
  fileprivate static func kind(_ text: String) throws -> String {
    try #require(LayerRegistry.standard.descriptor(named: String(text.prefix { $0 != "(" }))).kind.name
  }
}
