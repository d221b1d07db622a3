import CallText
import Diagnostics
import Functors
import Inference
import Initializers
import LayerVocabulary
import PluginHost
import Tensors

extension Bench {
  /// The ways in which the layer is made that a forward pass can be tried with.
  /// - Throws: ``Diagnostics/ErrorCode/findingNoInput`` where the first of them takes nothing.
  func passing() throws(Diagnostic) -> [LayerVariant] {
    guard try layer().abilities.contains("forward") else { return [] }
    var passing: [LayerVariant] = []
    for var variant in try variants() {
      do throws(Diagnostic) {
        variant.inputs = try inputs(of: filled(variant), variant.text)
        passing.append(variant)
      } catch {
        // What was nested by guess need not fit; the layer as it is must take something.
        guard error.code == .findingNoInput, !passing.isEmpty else {
          throw error.code == .findingNoInput && order.inputs[subject] != nil ? refusedByPlugin(error) : error
        }
      }
    }
    return passing
  }

  /// Inputs that a layer takes, found by trying; the first that are accepted.
  /// - Throws: ``Diagnostics/ErrorCode/findingNoInput``; what the plugin does wrong meanwhile.
  func inputs(of layer: PluginLayer, _ text: String) throws(Diagnostic) -> [Tensor] {
    var last: Diagnostic?
    let shapes = inputShapes(layer)
    // Numbers first; then indices, as an embedding takes them.
    for (shapes, dtype) in shapes.map({ ($0, DType.f32) }) + shapes.map({ ($0, DType.i64) }) {
      announcer.step("forward of \(text) for inputs of shapes \(shapes)")
      let inputs = shapes.enumerated().map { InputValues.tensor($1, dtype, number: $0) }
      do throws(Diagnostic) {
        _ = try layer.forward(inputs, in: ForwardPass(threads: 1))
        return inputs
      } catch {
        guard error.isRefusal else { throw error }
        if last == nil || error.message.contains("expected") { last = error }
      }
    }
    throw Diagnostic(
      .findingNoInput, "no input was found that forward accepts: \(last?.message ?? "")", at: text,
      expected: "an output for one of \(shapes.count) shapes", found: last?.found,
      notes: ["--input '\(subject)=[2, 8]' says the shape of an input"])
  }

  /// Shapes to try: those that the order names, else those that its sizes suggest.
  private func inputShapes(_ layer: PluginLayer) -> [[Shape]] {
    if let given = order.inputs[subject] { return [given.map { Shape($0) }] }
    let count = max(1, layer.declaration.inputs.lowerBound)
    guard layer.declaration.inputs.upperBound > 0 else { return [[]] }
    var sizes = InputValues.sizes(of: layer)
    sizes += [8, 3, 4, 16, 1].filter { !sizes.contains($0) }
    var shapes: [Shape] = []
    for size in sizes { shapes += [[2, size], [2, size, 6, 6], [2, 5, size], [2, size, 7], [size]] }
    shapes += sizes.flatMap { size -> [Shape] in [[2, size, 16, 16], [2, 6, 6, size], [2, size, 3, 4, 5]] }
    return shapes.map { Array(repeating: $0, count: count) }
  }
}

/// Values for inputs.
enum InputValues {
  /// Normal values, or 0 and 1 where indices are wanted; the same for the same shape and number.
  static func tensor(_ shape: Shape, _ dtype: DType = .f32, number: Int) -> Tensor {
    var values = [Float](repeating: 0, count: shape.count)
    values.withUnsafeMutableBufferPointer {
      RandomStream(seed: 1, name: "input \(number)").normal($0, from: 0, mean: 0, std: 1)
    }
    let tensor = Tensor(values, shape: shape)
    return dtype == .f32 ? tensor : tensor.mapElements { $0 > 0 ? 1 : 0 }.converted(to: dtype)
  }

  /// The sizes that occur in a layer's tensors and arguments, the most frequent first.
  static func sizes(of layer: PluginLayer) -> [Int] {
    var counts: [Int: Int] = [:]
    for leaf in (try? AnyNode(layer).leaves()) ?? [] {
      for size in leaf.tensor.shape.sizes { counts[size, default: 0] += 1 }
    }
    for argument in layer.arguments {
      guard case .number(let number) = argument.value, let size = Int(exactly: number) else { continue }
      if size > 0, size <= 4096 { counts[size, default: 0] += 2 }
    }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key).prefix(8).map(\.self)
  }
}
