import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import PluginHost
import Tensors

/// Arguments and a tensor for an initializer.
struct StrangeFill: Strange {
  var arguments: [InitializerArgument]
  var context: ParameterContext
  var required: Set<String>

  init(_ subject: FillSubject, _ random: inout RandomStream) {
    let parameters = subject.description.parameters
    arguments = StrangeArguments.some(of: parameters, besides: subject.arguments, large: true, &random)
    required = Set(parameters.filter { $0.defaultValue == nil }.map(\.name))
    let shape = Shape(StrangeShapes.one(limit: 20_000, &random))
    let role =
      Bool.random(using: &random)
      ? ParameterRole.weight : ParameterRole.allCases.randomElement(using: &random) ?? .weight
    context = ParameterContext(name: "strange.\(role.rawValue)", shape: shape, role: role)
    if role == .weight { context.geometry = StrangeFill.geometry(shape, &random) }
    if Bool.random(using: &random) { context.block = (index: Int.random(in: 0...3, using: &random), count: 4) }
  }

  private static func geometry(_ shape: Shape, _ random: inout RandomStream) -> Geometry? {
    let geometries = [
      Geometry(), Geometry(), Geometry(outAxis: 1, inAxes: [0]), Geometry(groups: 2), Geometry(parts: 3),
      Geometry(isOneHot: true),
    ]
    return geometries.randomElement(using: &random).flatMap { $0.fits(shape) ? $0 : nil }
  }

  var simpler: [StrangeFill] {
    let byArguments = StrangeArguments.simpler(arguments, keeping: required).map { arguments in
      var copy = self
      copy.arguments = arguments
      return copy
    }
    let byShape = StrangeShapes.simpler(context.shape.sizes).map { sizes in
      var copy = self
      copy.context.shape = Shape(sizes)
      copy.context.geometry = context.geometry.flatMap { $0.fits(copy.context.shape) ? $0 : nil }
      return copy
    }
    return byShape + byArguments
  }

  var text: String {
    let list = arguments.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
    return "(\(list)) for a \(context.role.rawValue) of shape \(context.shape)"
      + (context.geometry == nil ? "" : " with fans")
  }
}

extension FillLaws {
  /// What is accepted is filled, with finite numbers; everything else is refused.
  static func fuzz(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let subject = try bench.fillSubject()
    try Fuzzing.run(bench) { (random) throws(Diagnostic) in
      StrangeFill(subject, &random)
    } _: { (strange) throws(Diagnostic) in
      try bear(strange, bench)
    }
    return .passed
  }

  private static func bear(_ strange: StrangeFill, _ bench: Bench) throws(Diagnostic) {
    guard let fillCase = try bench.accepted([strange.context], by: strange.arguments).cases.first else { return }
    bench.announcer.step("fill \(strange.text)")
    let buffer = FillBuffer(fillCase.total, margin: fillCase.total)
    do throws(Diagnostic) {
      try fillCase.fill(buffer, stream: RandomStream(seed: 1, name: strange.context.name))
    } catch {
      guard error.isRefusal else { throw error }
      throw Diagnostic(
        .findingLateRefusal, "check accepts a tensor that fill refuses: \(error.message)",
        expected: "a refusal by check, before anything is written", found: error.found)
    }
    try buffer.requireMargin("fill")
    try requireFinite(buffer.floats, fillCase)
  }
}
