import CallText
import Diagnostics
import Functors
import LayerVocabulary
import Tensors

/// Where fans come from.
public enum FanRule: String, Sendable, CaseIterable {
  /// From the layer: groups, transposition, packed parts and one-hot inputs are taken into account.
  case layer
  /// From the layer's axes, with groups and packed parts as one map, as Keras and Flux do it.
  case whole
  /// From the shape alone, `[out, in, …]`, as torch does it.
  case shape
  /// From the shape alone, `[…, in, out]`, as Flux does it for bilinear forms.
  case trailing
}

/// Which number of connections a scheme divides by.
public enum FanMode: String, Sendable, CaseIterable {
  /// Inputs to one output: keeps the variance of activations.
  case fanIn = "fan_in"
  /// Outputs of one input: keeps the variance of gradients.
  case fanOut = "fan_out"
  /// The mean of both.
  case fanAverage = "fan_avg"
  /// The geometric mean of both.
  case fanGeometricAverage = "fan_geo_avg"

  /// The number that this measures.
  public func callAsFunction(_ fans: Fans) -> Double {
    let (fanIn, fanOut) = (Double(fans.fanIn), Double(fans.fanOut))
    return switch self {
    case .fanIn: fanIn
    case .fanOut: fanOut
    case .fanAverage: (fanIn + fanOut) / 2
    case .fanGeometricAverage: (fanIn * fanOut).squareRoot()
    }
  }
}

extension Initializer {
  /// The fan of a weight, by layer or by shape.
  /// - Throws: ``Diagnostics/ErrorCode/noFan``, ``Diagnostics/ErrorCode/ambiguousLayout``,
  ///   ``Diagnostics/ErrorCode/geometryMismatch``, ``Diagnostics/ErrorCode/unsuitableShape``.
  package func fan(_ mode: FanMode, by rule: FanRule, of context: ParameterContext) throws(Diagnostic) -> Double {
    switch rule {
    case .shape:
      return mode(try known(Geometry.fansOfShape(context.shape), context, axes: "[out, in, …]"))
    case .trailing:
      return mode(try known(Geometry.fansOfLastAxes(context.shape), context, axes: "[…, in, out]"))
    case .layer, .whole:
      guard context.geometry != nil else { throw noFan(context) }
      return try agreed(context, mode.rawValue) { geometry in
        let geometry = rule == .whole ? geometry.whole : geometry
        return geometry.fans(of: context.shape).map(mode.callAsFunction) ?? .nan
      }
    }
  }

  private func known(_ fans: Fans?, _ context: ParameterContext, axes: String) throws(Diagnostic) -> Fans {
    guard let fans else { throw unsuitable(context, expected: "at least two axes, \(axes)") }
    return fans
  }

  /// What all likely geometries of a tensor agree on.
  /// - Parameter label: what the value is called where they do not.
  /// - Throws: ``Diagnostics/ErrorCode/geometryMismatch`` if the layer's geometry does not fit,
  ///   ``Diagnostics/ErrorCode/ambiguousLayout`` if another one that fits gives another value.
  func agreed<Value: Equatable>(
    _ context: ParameterContext, _ label: String, _ value: (Geometry) throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> Value {
    let geometry = context.geometry ?? Geometry()
    guard geometry.fits(context.shape) else { throw mismatch(geometry, context) }
    let first = try value(geometry)
    for other in context.otherGeometries where other.fits(context.shape) {
      guard let second = try? value(other), second != first else { continue }
      throw ambiguous(
        context, found: "\(label) \(ArgumentValue.plain(first)) or \(ArgumentValue.plain(second))")
    }
    return first
  }

  private func noFan(_ context: ParameterContext) -> Diagnostic {
    var hints: [String] = []
    if context.role != .weight { hints.append("'@weight=\(self)' fills weights and leaves the rest") }
    if context.shape.rank >= 2 {
      hints.append("'\(takingFansFromShape)' takes the fans from the shape alone")
    } else {
      hints.append("'\(context.name)=\(context.role == .scale ? "ones" : "zeros")' needs no fan")
    }
    return Diagnostic(
      .noFan, "'\(descriptor.name)' needs a fan, and '\(context.name)' has none", at: context.name,
      expected: "a weight of a layer whose axes are known", found: "\(context.role) \(context.shape)",
      hints: hints)
  }

  private func ambiguous(_ context: ParameterContext, found: String) -> Diagnostic {
    let owner = context.name.split(separator: ".").dropLast().joined(separator: ".")
    let type = context.shape.rank == 2 ? "Dense" : "Conv"
    var hints = [
      "--type '\(owner.isEmpty ? context.name : owner)=\(type)' says which layer it is",
      "--layout torch, flax, mlx or conv1d says how the file lays out all of its weights",
    ]
    if descriptor.usesFans {
      hints.append("'\(takingFansFromShape)' takes the fans from the shape alone")
    }
    return Diagnostic(
      .ambiguousLayout, "'\(descriptor.name)' depends on the layout of '\(context.name)', which is not known",
      at: context.name, found: "\(found) for \(context.shape)", hints: hints)
  }

  private func mismatch(_ geometry: Geometry, _ context: ParameterContext) -> Diagnostic {
    var expected = "outputs along axis \(geometry.outAxis), inputs along \(geometry.inAxes)"
    if geometry.groups != 1 { expected += ", \(geometry.groups) groups" }
    if geometry.parts != 1 { expected += ", \(geometry.parts) packed parts" }
    return Diagnostic(
      .geometryMismatch, "'\(context.name)' does not have the shape that its layer needs", at: context.name,
      expected: expected, found: "\(context.shape)")
  }

  /// The text of this initializer with the argument `fans: shape`.
  private var takingFansFromShape: String {
    let list = arguments.filter { $0.name != "fans" } + [InitializerArgument("fans", .word("shape"))]
    return "\(descriptor.name)(\(list.map { "\($0.name): \($0.value)" }.joined(separator: ", ")))"
  }
}

extension ArgumentValue {
  /// A number without a superfluous `.0`, anything else as it describes itself.
  static func plain(_ value: some Equatable) -> String {
    (value as? Double).map { ArgumentValue.number($0).description } ?? "\(value)"
  }
}
