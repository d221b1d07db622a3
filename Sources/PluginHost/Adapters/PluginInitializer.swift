import CReinit
import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Tensors

/// An initializer of a plugin, as a value like the built-in ones.
///
/// Its arguments are checked when it is made, from what the plugin is known to say of itself; the plugin's code is
/// loaded when the first tensor is planned.
public struct PluginInitializer: CatalogInitializer {
  /// The plugin that it is of.
  public let plugin: Plugin
  /// What the plugin says of it.
  public let declaration: InitializerDescription
  private let given: [ArgumentValue]
  private let fans: FanRule

  /// - Throws: the codes for arguments.
  init(_ plugin: Plugin, _ description: InitializerDescription, _ arguments: Arguments) throws(Diagnostic) {
    self.plugin = plugin
    declaration = description
    given = description.parameters.compactMap { arguments[$0.name] }
    fans = description.needsFans ? try arguments.word("fans") : .layer
  }

  /// With all arguments that are left out at their defaults.
  public static func == (a: PluginInitializer, b: PluginInitializer) -> Bool {
    a.plugin === b.plugin && a.declaration.name == b.declaration.name && a.given == b.given && a.fans == b.fans
  }

  /// Name, formula, parameters, paper.
  public var descriptor: InitializerDescriptor { declaration.descriptor(in: plugin.description) }

  /// The value of every parameter, `fans` last where there is one.
  public var values: [ArgumentValue] { given + (declaration.needsFans ? [.word(fans.rawValue)] : []) }

  /// As the plugin declares it.
  public var reachesEveryRole: Bool { declaration.reachesEveryRole }

  /// Types and ranges, as the plugin declares them.
  public func check() throws(Diagnostic) {
    for (value, parameter) in zip(given, declaration.parameters) { try parameter.check(value, of: descriptor.name) }
  }

  /// What the plugin makes of the tensor: a distribution, or its own code with all that it is told.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    if declaration.needsFans { _ = try fan(.fanIn, by: fans, of: context) }
    let place = FillPlace(context, geometry: fans == .shape ? Geometry() : context.geometry)
    let loaded = try plugin.loaded()
    let filler = try loaded.filler(declaration, given)
    let sources = try sources(for: context)
    if let table = filler as? TableFiller {
      let answer = try table.check(context, place, sources, wantsDistribution: declaration.form == .distribution)
      if let answer { return try draw(from: answer, stamp: loaded.stamp) }
    }
    var draw = foreign(context, place, filler, loaded.stamp)
    draw.sources = sources
    return draw
  }

  /// What it reads for a tensor.
  private func sources(for context: ParameterContext) throws(Diagnostic) -> [DrawSource] {
    let arguments = Array(zip(declaration.parameters.map(\.name), given)).map { (name: $0, value: $1) }
    return try declaration.sources.map { (source) throws(Diagnostic) in
      try context.source(source.name, source.reference(arguments))
    }
  }

  /// What the plugin says that the elements are drawn from, where it makes them itself; nil where it says nothing.
  /// - Throws: what it says of tensors that it refuses; ``Diagnostics/ErrorCode/pluginCallFailed`` for no distribution.
  package func declaredDistribution(for context: ParameterContext) throws(Diagnostic) -> Draw? {
    guard declaration.form != .distribution, declaration.sources.isEmpty else { return nil }
    let place = FillPlace(context, geometry: fans == .shape ? Geometry() : context.geometry)
    guard let table = try plugin.loaded().filler(declaration, given) as? TableFiller,
      let answer = try table.check(context, place, [], wantsDistribution: true), answer.kind != RI_DISTRIBUTION_UNKNOWN
    else { return nil }
    return try Draw(answer, owner: descriptor.name)
  }

  private func foreign(
    _ context: ParameterContext, _ place: FillPlace, _ filler: any ForeignFiller, _ stamp: PluginStamp
  ) -> Draw {
    let arguments = zip(declaration.parameters, given).map { InitializerArgument($0.name, $1) }
    var foreign = ForeignDraw(
      name: descriptor.name, version: declaration.version, path: context.name, arguments: arguments,
      isElementwise: declaration.form == .ranges,
      tolerance: declaration.tolerance == 0 ? nil : declaration.tolerance, filler: filler)
    foreign.part = context.part?.name
    return .foreign(foreign, numbers: place.numbers, plugin: stamp)
  }

  /// The host's own draw of a distribution.
  private func draw(from answer: ri_distribution, stamp: PluginStamp) throws(Diagnostic) -> Draw {
    var draw = try Draw(answer, owner: descriptor.name)
    draw.plugin = stamp
    return draw
  }
}

extension InitializerDescription {
  /// What `explain` prints, under the full name; the short one is an alias.
  func descriptor(in plugin: PluginDescription) -> InitializerDescriptor {
    InitializerDescriptor(
      plugin.fullName(of: name), summary: summary, formula: formula.isEmpty ? summary : formula,
      parameters: parameters.map(\.described) + (needsFans ? [.fans] : []), reference: reference,
      reads: sources.map(\.description), origin: "plugin \(plugin.id) \(plugin.version)")
  }
}
