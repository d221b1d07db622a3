import COneDNN
import Diagnostics
import Layers
import Tensors

extension DeferredEngine {
  /// Results of branches as one.
  func join(_ connection: Connection, _ parts: [DeferredTensor]) throws(Diagnostic) -> DeferredTensor {
    if let result = try deferredJoin(connection, parts) { return result }
    let result = try connection.joined(try DeferredEngine.tensors(parts), in: pass)
    for part in parts { part.release() }
    return DeferredTensor(result)
  }

  /// Pictures of which some are in oneDNN's order.
  private func deferredJoin(
    _ connection: Connection, _ parts: [DeferredTensor]
  ) throws(Diagnostic) -> DeferredTensor? {
    guard parts.count > 1, parts.contains(where: { !$0.isPlain }), parts.allSatisfy({ $0.shape.rank == 4 }) else {
      return nil
    }
    let shape = try connection.joinedShape(parts.map(\.shape))
    guard shape.count > 0 else { return nil }
    switch connection {
    case .concatenate(axis: 1), .concatenate(axis: -3):
      return operation(connection, parts, shape) { (function) throws(Diagnostic) in
        activated(try concatenated(parts, "\(connection)"), function)
      }
    case .add, .multiply:
      // The larger one first; what is repeated has one place for each channel.
      let ordered = parts.sorted { $0.shape.count > $1.shape.count }
      guard parts.count == 2, ordered[0].shape == shape, isRepeatable(ordered[1].shape, shape) else { return nil }
      if connection == .add, let sum = summed(parts) { return DeferredTensor(sum, shape) }
      return operation(connection, parts, shape) { (function) throws(Diagnostic) in
        try combined(ordered, connection == .multiply, function, "\(connection)")
      }
    default: return nil
    }
  }

  private func operation(
    _ connection: Connection, _ parts: [DeferredTensor], _ shape: Shape,
    _ compute: @escaping (Activation.Function?) throws(Diagnostic) -> BlockedTensor?
  ) -> DeferredTensor {
    let op = DeferredOp(
      inputs: parts, compute: compute,
      fallback: { [pass] () throws(Diagnostic) in
        try connection.joined(try DeferredEngine.tensors(parts), in: pass)
      })
    return DeferredTensor(op, shape)
  }

  /// The sum of two of one shape as a part of what makes one of them, in the memory of the other where that is free:
  /// a twentieth of a residual network's pass.
  private func summed(_ parts: [DeferredTensor]) -> DeferredOp? {
    guard parts[0].shape == parts[1].shape, parts[0] !== parts[1] else { return nil }
    for (part, other) in [(parts[0], parts[1]), (parts[1], parts[0])] {
      if let sum = part.absorbed(by: { op in op.function == nil ? op.adding?(other) : nil }) { return sum }
    }
    return nil
  }

  private func isRepeatable(_ part: Shape, _ shape: Shape) -> Bool {
    part == shape || part.sizes == [shape[0], shape[1], 1, 1]
  }
}

/// The result with a function applied; nil where oneDNN lacks it.
func activated(_ x: BlockedTensor?, _ function: Activation.Function?) -> BlockedTensor? {
  guard let x, let function else { return x }
  return function.blocked.flatMap { BlockedTensor(rd_activate(x.raw, $0)) }
}

private func concatenated(_ parts: [DeferredTensor], _ name: String) throws(Diagnostic) -> BlockedTensor? {
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
  _ parts: [DeferredTensor], _ isProduct: Bool, _ function: Activation.Function?, _ name: String
) throws(Diagnostic) -> BlockedTensor? {
  guard let x = try parts[0].blocked(by: name), let y = try parts[1].blocked(by: name) else { return nil }
  let after = function.map(\.blocked) ?? RD_NONE
  guard let after else { return nil }
  return withExtendedLifetime((x, y)) { BlockedTensor(rd_combine(x.raw, y.raw, isProduct, after)) }
}
