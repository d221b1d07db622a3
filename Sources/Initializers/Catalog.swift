import Diagnostics
import LayerVocabulary

extension InitializerRegistry {
  /// Everything that is built in: the catalogue and the presets.
  public static let standard: InitializerRegistry = {
    var registry = InitializerRegistry()
    registry.addCatalog()
    for preset in Preset.all { registry.add(preset.descriptor, isPreset: true, preset.make) }
    return registry
  }()

  private mutating func addCatalog() {
    add(Constant.zeros) { _ throws(Diagnostic) in Constant(0) }
    add(Constant.ones) { _ throws(Diagnostic) in Constant(1) }
    add(Constant.any) { a throws(Diagnostic) in try Constant(a) }
    add(Uniform.described) { a throws(Diagnostic) in try Uniform(a) }
    add(Normal.described) { a throws(Diagnostic) in try Normal(a) }
    add(TruncatedNormal.described) { a throws(Diagnostic) in try TruncatedNormal(a) }
    add(Glorot.uniform) { a throws(Diagnostic) in try Glorot(.uniform, a) }
    add(Glorot.normal) { a throws(Diagnostic) in try Glorot(.normal, a) }
    add(Kaiming.uniform) { a throws(Diagnostic) in try Kaiming(.uniform, a) }
    add(Kaiming.normal) { a throws(Diagnostic) in try Kaiming(.normal, a) }
    add(Lecun.uniform) { a throws(Diagnostic) in try Lecun(uniform: a) }
    add(Lecun.normal) { a throws(Diagnostic) in try Lecun(normal: a) }
    add(VarianceScaling.described) { a throws(Diagnostic) in try VarianceScaling(a) }
    add(Orthogonal.described) { a throws(Diagnostic) in try Orthogonal(a) }
    add(DeltaOrthogonal.described) { a throws(Diagnostic) in try DeltaOrthogonal(a) }
    add(Dirac.described) { a throws(Diagnostic) in try Dirac(a) }
    add(Identity.described) { a throws(Diagnostic) in try Identity(a) }
    add(Sparse.described) { a throws(Diagnostic) in try Sparse(a) }
    add(Fourier.described) { a throws(Diagnostic) in try Fourier(a) }
    add(ForgetBias.described) { a throws(Diagnostic) in try ForgetBias(a) }
    add(LogUniform.described) { a throws(Diagnostic) in try LogUniform(a) }
    add(IndexRange.described) { a throws(Diagnostic) in try IndexRange(a) }
    add(Linspace.described) { a throws(Diagnostic) in try Linspace(a) }
    for function in Mapped.Function.allCases {
      add(function.descriptor) { a throws(Diagnostic) in try Mapped(function, a) }
    }
    add(Copy.described) { a throws(Diagnostic) in try Copy(a) }
    add(Scaled.described) { a throws(Diagnostic) in try Scaled(a) }
    add(ShrinkPerturb.described) { a throws(Diagnostic) in try ShrinkPerturb(a) }
    add(MatchOld.described) { a throws(Diagnostic) in try MatchOld(a) }
    add(MeanOf.described) { a throws(Diagnostic) in try MeanOf(a) }
    add(NormalLike.described) { a throws(Diagnostic) in try NormalLike(a) }
    add(Resample.described) { a throws(Diagnostic) in try Resample(a) }
    add(InputChannels.described) { a throws(Diagnostic) in try InputChannels(a) }
    add(TorchLayer.described) { a throws(Diagnostic) in try TorchLayer(a) }
    add(LayerDefault.described) { _ throws(Diagnostic) in LayerDefault() }
  }

  /// Adds what is built in; that names are distinct is a fact of this source, which a test holds.
  private mutating func add(
    _ descriptor: InitializerDescriptor, isPreset: Bool = false, _ make: @escaping Make
  ) {
    try? register(descriptor, isPreset: isPreset, make: make)
  }
}
