import COneDNN
import Diagnostics
import Layers
import Tensors

/// A layer that can work on pictures in oneDNN's order.
protocol FlowingLayer: ForwardLayer {
  /// The result; nil where the layer is better computed as any other is.
  /// - Throws: what ``ForwardLayer/forward(_:in:)`` throws of such an input.
  func flow(_ input: Flowing, in pass: ForwardPass) throws(Diagnostic) -> Flowing?
}

/// One pass through a model.
struct Flow {
  private let pass: ForwardPass

  init(_ pass: ForwardPass) { self.pass = pass }

  func apply(_ layer: any ForwardLayer, _ inputs: [Flowing]) throws(Diagnostic) -> [Flowing] {
    if pass.kernels != .own, inputs.count == 1, let flowing = layer as? any FlowingLayer,
      let result = try flowing.flow(inputs[0], in: pass)
    {
      return [result]
    }
    var results: [Flowing] = []
    for result in try layer.forward(try Flow.tensors(inputs), in: pass) { results.append(Flowing(result)) }
    return results
  }

  func join(_ connection: Connection, _ parts: [Flowing]) throws(Diagnostic) -> Flowing {
    if let result = try joined(connection, parts) { return result }
    return Flowing(try connection.joined(try Flow.tensors(parts), in: pass))
  }

  static func tensors(_ values: [Flowing]) throws(Diagnostic) -> [Tensor] {
    var tensors: [Tensor] = []
    for value in values { tensors.append(try value.tensor()) }
    return tensors
  }

  /// Pictures of which some are in oneDNN's order.
  private func joined(_ connection: Connection, _ parts: [Flowing]) throws(Diagnostic) -> Flowing? {
    guard parts.count > 1, parts.contains(where: { !$0.isPlain }), parts.allSatisfy({ $0.shape.rank == 4 }) else {
      return nil
    }
    let shape = try connection.joinedShape(parts.map(\.shape))
    guard shape.count > 0 else { return nil }
    let fallback: () throws(Diagnostic) -> Tensor = { [self] () throws(Diagnostic) in
      try connection.joined(try Flow.tensors(parts), in: pass)
    }
    switch connection {
    case .concatenate(axis: 1), .concatenate(axis: -3):
      return Flowing(
        Pending(
          compute: { (function) throws(Diagnostic) in
            activated(try concatenated(parts, "\(connection)"), function)
          }, fallback: fallback), shape)
    case .add, .multiply:
      // The larger one first; what is repeated has one place for each channel.
      let ordered = parts.sorted { $0.shape.count > $1.shape.count }
      guard parts.count == 2, ordered[0].shape == shape, isRepeatable(ordered[1].shape, shape) else { return nil }
      if connection == .add, let sum = summed(parts) { return Flowing(sum, shape) }
      let isProduct = connection == .multiply
      return Flowing(
        Pending(
          compute: { (function) throws(Diagnostic) in
            try combined(ordered, isProduct, function, "\(connection)")
          }, fallback: fallback), shape)
    default: return nil
    }
  }

  /// The sum of two of one shape as a part of what makes one of them, which nothing but the sum has asked for.
  private func summed(_ parts: [Flowing]) -> Pending? {
    guard parts[0].shape == parts[1].shape else { return nil }
    for (part, other) in [(parts[0], parts[1]), (parts[1], parts[0])] where part !== other {
      if let pending = part.pending, pending.function == nil, let sum = pending.adding?(other) { return sum }
    }
    return nil
  }

  private func isRepeatable(_ part: Shape, _ shape: Shape) -> Bool {
    part == shape || part.sizes == [shape[0], shape[1], 1, 1]
  }
}

extension Evaluation<Flowing> {
  /// Data that flow through a model.
  init(_ flow: Flow) {
    self.init(
      apply: { layer, inputs throws(Diagnostic) in try flow.apply(layer, inputs) },
      join: { connection, parts throws(Diagnostic) in try flow.join(connection, parts) })
  }
}

/// The smallest number of products for which oneDNN is worth its start.
private let leastWork = 1 << 22

extension ForwardPass {
  /// Whether pictures are to be brought into oneDNN's order for that much work.
  func startsFlow(work: Int) -> Bool {
    switch kernels {
    case .own: false
    case .oneDNN: OneDNN.isThere(threads)
    case .automatic: work >= leastWork && OneDNN.isThere(threads)
    }
  }
}

/// The library, opened when first asked for.
package enum OneDNN {
  private static let isLoaded = reason == nil

  /// Why it cannot be used; nil if it can.
  package static var reason: String? { rd_load().map { String(cString: $0) } }

  static func isThere(_ threads: Int) -> Bool {
    guard isLoaded else { return false }
    rd_use_threads(Int32(clamping: threads))
    return true
  }
}

/// The result with a function applied; nil where oneDNN lacks it.
func activated(_ x: BlockedTensor?, _ function: Activation.Function?) -> BlockedTensor? {
  guard let x, let function else { return x }
  return function.blocked.flatMap { BlockedTensor(rd_activate(x.raw, $0)) }
}

private func concatenated(_ parts: [Flowing], _ name: String) throws(Diagnostic) -> BlockedTensor? {
  var blocked: [BlockedTensor] = []
  for part in parts {
    guard let one = try part.blocked(by: name) else { return nil }
    blocked.append(one)
  }
  return withExtendedLifetime(blocked) {
    let raw: [OpaquePointer?] = blocked.map(\.raw)
    return BlockedTensor(rd_concatenate(raw, Int32(raw.count)))
  }
}

private func combined(
  _ parts: [Flowing], _ isProduct: Bool, _ function: Activation.Function?, _ name: String
) throws(Diagnostic) -> BlockedTensor? {
  guard let x = try parts[0].blocked(by: name), let y = try parts[1].blocked(by: name) else { return nil }
  let after = function.map(\.blocked) ?? RD_NONE
  guard let after else { return nil }
  return withExtendedLifetime((x, y)) { BlockedTensor(rd_combine(x.raw, y.raw, isProduct, after)) }
}
