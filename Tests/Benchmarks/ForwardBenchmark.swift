import Functors
import Inference
import Initializers
import Layers
import Models
import Reinitialization
import Tensors

/// Forward passes of whole models, 224 by 224, on all processors.
enum ForwardBenchmark {
  /// - Parameter asJSON: a line of JSON for each, for the comparison with PyTorch.
  static func run(asJSON: Bool = false) throws {
    if !asJSON {
      print("\nforward: median of passes over pictures of 224 by 224, all processors")
      print(column("model", 14), column("batch", 8), column("ms", 10))
    }
    for name in ["resnet50", "densenet121"] {
      var model = try ModelDescriptor.named(name).build()
      try model.reinitialize(with: LayerDefault(), seed: 1)
      for batch in [1, 8] {
        let shape = Shape([batch, 3, 224, 224])
        let input = try Tensor(
          drawing: .normal(std: 1), shape: shape, stream: RandomStream(seed: 2, name: "pictures"))
        let pass = ForwardPass()
        _ = try model.applied(to: [input], in: pass)
        let time = try median(of: batch == 1 ? 15 : 5) { _ = try model.applied(to: [input], in: pass) }
        let row = column(name, 14) + " " + column("\(batch)", 8) + " " + column(text(time * 1e3, digits: 1), 10)
        print(asJSON ? "{\"model\": \"\(name)\", \"batch\": \(batch), \"seconds\": \(time)}" : row)
      }
    }
  }
}
