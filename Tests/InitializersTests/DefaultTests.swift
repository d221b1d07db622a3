import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Tensors
import Testing

private func parameter(_ role: ParameterRole, _ dtype: DType = .f32, fresh: (any Initializer)? = nil)
  -> ParameterContext
{
  ParameterContext(name: "bn.x", shape: [4], dtype: dtype, role: role, fresh: fresh)
}

@Test("Without a word from the layer, biases begin at 0 and scales at 1; weights and buffers are not known")
func byRole() throws {
  #expect(try LayerDefault.default.draw(for: parameter(.bias)) == .constant(0))
  #expect(try LayerDefault.default.draw(for: parameter(.scale)) == .constant(1))
  for context in [parameter(.weight), parameter(.buffer), parameter(.buffer, .i64)] {
    let error = #expect(throws: Diagnostic.self) { try LayerDefault.default.draw(for: context) }
    #expect(error?.code == .noFreshState)
  }
}

@Test("The layer's own state comes first, whatever the role")
func byLayer() throws {
  let uniform: any Initializer = Uniform(low: -1, high: 1)
  for role in ParameterRole.allCases {
    #expect(try LayerDefault.default.draw(for: parameter(role, fresh: uniform)) == .uniform(low: -1, high: 1))
  }
  let itself: any Initializer = LayerDefault()
  #expect(try LayerDefault.default.draw(for: parameter(.scale, fresh: itself)) == .constant(1))
}

@Test("Only `default` reaches every role")
func reach() throws {
  for descriptor in InitializerRegistry.standard.descriptors {
    let text = descriptor.parameters.filter { $0.defaultValue == nil }.map {
      switch $0.name {
      case "side": "side: real"
      case "mode": "mode: sum"
      case "of": "uniform(low: 1, high: 2)"
      case "from": "from: a.weight"
      default: "\($0.name): 0.5"
      }
    }
    let initializer = try InitializerRegistry.standard.initializer(
      parsing: "\(descriptor.name)(\(text.joined(separator: ", ")))")
    #expect(initializer.reachesEveryRole == (descriptor.name == "default"))
  }
}

@Test("torch's layer default is kaiming_uniform with slope √5, and biases take their weight's fan")
func torchLayer() throws {
  let context = weight([12, 2, 3, 3], Geometry(groups: 4))
  let ours = try TorchLayer.torchLayer().draw(for: context)
  let torch = try Kaiming.kaimingUniform(slope: 5.0.squareRoot()).draw(for: context)
  expectClose(ours["high"] ?? 0, torch["high"] ?? 1, relative: 1e-15)
  expectClose(ours["high"] ?? 0, 1 / 18.0.squareRoot(), relative: 1e-15)
  var bias = parameter(.bias)
  bias.weightFans = Fans(fanIn: 25, fanOut: 3)
  #expect(try TorchLayer.torchLayer().draw(for: bias) == .uniform(low: -0.2, high: 0.2))
  #expect(try TorchLayer.torchLayer(fanIn: 4).draw(for: bias) == .uniform(low: -0.5, high: 0.5))
}
