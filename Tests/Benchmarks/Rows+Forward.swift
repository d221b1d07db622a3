import Functors
import Inference
import Initializers
import LayerVocabulary
import Layers
import Models
import Reinitialization
import Tensors

/// Row 11: forward passes over pictures of 224 by 224, on all processors.
enum ForwardRows {
  static var cases: [Case] {
    passes + watched
  }

  private static var passes: [Case] {
    ["resnet50", "densenet121"].flatMap { name in
      [1, 8].map { batch in
        Case(
          row: 11, name: "\(name), batch \(batch)", measure: .milliseconds, ours: pass(name, batch),
          peers: [("torch", "forward torch \(name) \(batch)"), ("onnxruntime", "forward onnx \(name) \(batch)")],
          goals: batch == 1
            ? [.faster(than: "torch", by: 1.5), .faster(than: "onnxruntime", by: 0.85)]
            : [.faster(than: "torch", by: 1.7), .faster(than: "onnxruntime", by: 1)], rounds: batch == 1 ? 21 : 7)
      }
    }
  }

  /// The statistics of the convolutions' outputs, and those of every layer, beside the pass alone.
  private static var watched: [Case] {
    ["resnet50", "densenet121"].flatMap { name in
      [true, false].map { areAll in
        Case(
          row: 11, name: "\(name), batch 1, statistics of \(areAll ? "every layer" : "convolutions")",
          measure: .milliseconds,
          ours: pass(name, 1) { model, input, pass in
            _ = try model.activations(for: [input], in: pass, where: { areAll || $1 is Conv })
          }, peers: areAll ? [("torch with hooks", "watched \(name) 1")] : [], limit: ("the pass alone", pass(name, 1)),
          rounds: 21)
      }
    }
  }

  private static func pass(
    _ name: String, _ batch: Int,
    _ apply: @escaping (Chain, Tensor, ForwardPass) throws -> Void = { model, input, pass in
      _ = try model.applied(to: [input], in: pass)
    }
  ) -> Case.Work {
    {
      var model = try ModelDescriptor.named(name).build()
      try model.reinitialize(with: LayerDefault(), seed: 1)
      let frozen = model
      let input = try Tensor(
        drawing: .normal(std: 1), shape: Shape([batch, 3, 224, 224]), stream: RandomStream(seed: 2, name: "pictures"))
      let pass = ForwardPass()
      return {
        // As the peer does: one pass that does not count, after others had the processors.
        try apply(frozen, input, pass)
        return try timed { try apply(frozen, input, pass) }
      }
    }
  }
}
