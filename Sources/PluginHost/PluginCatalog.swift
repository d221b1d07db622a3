import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Synchronization
import Tensors

/// How plugins are found, looked at and spoken with.
public struct PluginOptions: Sendable {
  /// Files and folders given by hand; a file that is refused is an error.
  public var named: [String]
  /// Whether the folders of the user, the program and the system, and `REINIT_PLUGIN_PATH`, are searched too.
  public var searchesFolders: Bool
  /// The program that looks at new plugins in a process of its own; nil loads them here at once.
  public var scanner: PluginScanner?
  /// Whether verdicts of earlier runs are believed and new ones kept.
  public var usesCache: Bool
  /// Whether everything is looked at again.
  public var looksAgain: Bool
  /// Which version of the host plugins meet.
  package var shape = HostShape.current
  /// Sees what passes between host and plugins that are loaded here.
  package var observer: (any HostObserver)?
  /// Takes lines that plugins have for the user.
  public var log: @Sendable (String) -> Void

  /// Options; by default all folders are searched, with the cache.
  public init(
    named: [String] = [], searchesFolders: Bool = true, scanner: PluginScanner? = .standard, usesCache: Bool = true,
    looksAgain: Bool = false, log: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.named = named
    self.searchesFolders = searchesFolders
    self.scanner = scanner
    self.usesCache = usesCache
    self.looksAgain = looksAgain
    self.log = log
  }

  /// Options under which plugins meet another version of the host.
  package init(
    named: [String] = [], searchesFolders: Bool = true, scanner: PluginScanner? = .standard, usesCache: Bool = true,
    looksAgain: Bool = false, shape: HostShape, log: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.init(
      named: named, searchesFolders: searchesFolders, scanner: scanner, usesCache: usesCache, looksAgain: looksAgain,
      log: log)
    self.shape = shape
  }
}

/// All plugins that were found, and what can be named because of them.
///
///     let plugins = try PluginCatalog(PluginOptions(named: ["build/gabor.so"]))
///     let rule = try Rule(RuleText(.fill("conv1.weight=gabor")), registry: plugins.initializers)
public final class PluginCatalog: Sendable {
  /// A file that is not used, and why.
  public struct Refused: Sendable {
    /// The file.
    public let path: String
    /// How it was found.
    public let origin: PluginOrigin
    /// Why.
    public let reason: Diagnostic
  }

  /// The plugins, in the order of the search.
  public let plugins: [Plugin]
  /// Files that were found and are not used.
  public let refused: [Refused]
  /// What is wrong with places and permissions.
  public let warnings: [Diagnostic]
  /// Where was looked, and what became of it.
  package let visits: [PluginSearchResult.Visit]
  /// The built-in initializers and those of plugins, by full and by short names.
  public let initializers: InitializerRegistry
  /// The built-in layers and those of plugins.
  public let layers: LayerRegistry
  package let services: PluginServices

  /// Finds plugins, and looks at those that are new.
  /// - Throws: what is wrong with a file that was named by hand.
  public init(_ options: PluginOptions = PluginOptions()) throws(Diagnostic) {
    try LoadedFiles.requireLoader()
    let found = PluginSearch.run(options.places)
    var warnings = found.warnings + found.candidates.flatMap(\.warnings)
    if let refusal = found.refusals.first(where: { $0.origin == .named }) { throw refusal.reason }
    services = PluginServices(observer: options.observer) { level, text in if level != .debug { options.log(text) } }
    var survey = PluginSurvey(options, services)
    survey.run(found.candidates)
    if let refusal = survey.refused.first(where: { $0.origin == .named }) { throw refusal.reason }
    warnings += survey.warnings
    plugins = survey.plugins
    refused = found.refusals.map { Refused(path: $0.path, origin: $0.origin, reason: $0.reason) } + survey.refused
    visits = found.visits
    (initializers, layers) = PluginCatalog.registries(of: plugins, &warnings)
    self.warnings = warnings
    services.publish(layers, initializers)
  }

  /// The plugin with that id.
  public func plugin(_ id: String) -> Plugin? { plugins.first { $0.description.id == id } }

  /// A layer of any kind from its text, `org.example.gate/Gate(size: 64)`; its tensors are lazy.
  /// - Throws: the registry's codes, and what the plugin says.
  public func layer(_ text: String, children: [any Layer] = []) throws(Diagnostic) -> any Layer {
    try layers.layer(parsing: text, children: children)
  }

  /// What plugins hold of the host's, and the host of plugins', at the moment: nothing when all models are gone.
  public var handles: HandleCount { services.counter.count }

  /// Asks all calls of plugins to come back early; until ``resume()``, those and all others fail as canceled.
  ///
  /// The error is ``Diagnostics/ErrorCode/pluginCancelled``. What a run was about is as it was before.
  public func cancel() { services.cancel() }

  /// Lets plugins be called again after ``cancel()``.
  public func resume() { services.resume() }

  /// Finds the code for values that a receipt speaks of.
  public var resolver: ForeignResolver {
    { [self] (draw, stamp) throws(Diagnostic) in try filler(for: draw, stamp) }
  }

  private func filler(for draw: ForeignDraw, _ stamp: PluginStamp?) throws(Diagnostic) -> any ForeignFiller {
    let parts = draw.name.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2, let plugin = plugin(parts[0]),
      let description = plugin.description.initializers.first(where: { $0.name == parts[1] })
    else { throw Diagnostic.pluginMissing(draw.name, stamp) }
    guard description.version == draw.version else {
      throw Diagnostic(
        .pluginAlgorithm, "'\(draw.name)' is of another version than the receipt's", at: plugin.path,
        expected: "version \(draw.version)" + (stamp.map { ", as in \($0.id) \($0.version)" } ?? ""),
        found: "version \(description.version)")
    }
    return try PluginInitializer.filler(plugin, description, draw.arguments)
  }

  private static func registries(
    of plugins: [Plugin], _ warnings: inout [Diagnostic]
  ) -> (InitializerRegistry, LayerRegistry) {
    var (initializers, layers) = (InitializerRegistry.standard, LayerRegistry.standard)
    for plugin in plugins {
      for item in plugin.description.initializers {
        let descriptor = item.descriptor(in: plugin.description)
        do throws(Diagnostic) {
          try initializers.register(descriptor) { (arguments) throws(Diagnostic) in
            try PluginInitializer(plugin, item, arguments)
          }
        } catch { warnings.append(error) }
      }
      for item in plugin.description.layers {
        do throws(Diagnostic) {
          try layers.register(item.descriptor(in: plugin.description)) { (arguments, children) throws(Diagnostic) in
            try PluginLayer.make(plugin, item, arguments, children.map(\.1))
          }
        } catch { warnings.append(error) }
      }
    }
    return (initializers, layers)
  }
}

extension PluginOptions {
  var places: PluginPlaces {
    var places = PluginPlaces(named: named)
    guard searchesFolders else {
      (places.variable, places.dataHome, places.home, places.program, places.system) = (nil, nil, nil, nil, [])
      return places
    }
    return places
  }
}

extension LayerDescription {
  /// What `explain` prints.
  func descriptor(in plugin: PluginDescription) -> LayerDescriptor {
    LayerDescriptor(
      LayerKind(plugin.fullName(of: name), aliases: [name]), summary: summary, parameters: parameters.map(\.described),
      reference: reference, origin: "plugin \(plugin.id) \(plugin.version)", children: nested)
  }
}

extension PluginLayer {
  /// A new layer of a plugin.
  static func make(
    _ plugin: Plugin, _ declaration: LayerDescription, _ arguments: Arguments, _ children: [any Node]
  ) throws(Diagnostic) -> PluginLayer {
    var values: [InitializerArgument] = []
    for parameter in declaration.parameters {
      guard let value = arguments[parameter.name] else { continue }
      try parameter.check(value, of: declaration.name)
      values.append(InitializerArgument(parameter.name, value))
    }
    return PluginLayer(try PluginInstance.make(plugin.loaded().layer(declaration.name), values, nested: children))
  }
}

extension PluginInitializer {
  /// The code for arguments that a receipt holds.
  static func filler(
    _ plugin: Plugin, _ declaration: InitializerDescription, _ arguments: [InitializerArgument]
  ) throws(Diagnostic) -> any ForeignFiller {
    var values: [ArgumentValue] = []
    for parameter in declaration.parameters {
      guard let value = arguments.first(where: { $0.name == parameter.name })?.value ?? parameter.defaultValue else {
        throw Diagnostic(
          .pluginAlgorithm, "the receipt lacks a parameter of '\(declaration.name)'", at: plugin.path,
          expected: "'\(parameter.name)'")
      }
      try parameter.check(value, of: declaration.name)
      values.append(value)
    }
    return try plugin.loaded().filler(declaration, values)
  }
}

extension LoadedPlugin {
  /// What fills for an initializer with those arguments.
  func filler(
    _ declaration: InitializerDescription, _ values: [ArgumentValue]
  ) throws(Diagnostic) -> any ForeignFiller {
    switch try filling(of: declaration.name) {
    case .table(let table): TableFiller(self, table, declaration, values)
    case .function(let signature, let pointer, let user):
      try FunctionFiller(self, signature, pointer, user, declaration, values)
    }
  }
}
