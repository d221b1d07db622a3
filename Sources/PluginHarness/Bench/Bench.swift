import CPluginCalls
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import PluginHost
import Tensors

/// The place where one test is made, in a process of its own: the plugin, its subject, the order, the record.
///
/// A body uses it on one thread.
final class Bench: @unchecked Sendable {
  let order: TestOrder
  let announcer: Announcer
  /// What other processes have to come to as well.
  var result: String?
  /// The case of a fuzzing test that failed: its number, and the simplifications that were taken.
  var fuzzPath: String?
  /// The process as it was when the plugin had been loaded.
  private(set) var afterLoading: ProcessSnapshot?
  private var opened: PluginCatalog?

  init(_ order: TestOrder, _ announcer: Announcer) {
    self.order = order
    self.announcer = announcer
  }

  /// The rules that the host has seen broken, and what is to fail.
  var inspector: Inspector { .shared }

  /// Random choices that depend on the seed, the test, the subject and a number alone.
  func random(_ number: Int = 0) -> RandomStream {
    RandomStream(seed: order.seed, name: "\(order.test):\(order.subject ?? "") \(number)")
  }

  /// The plugin's catalog; it is loaded when this is asked for first.
  /// - Throws: the codes of loading.
  func catalog() throws(Diagnostic) -> PluginCatalog {
    if let opened { return opened }
    let catalog = try load()
    opened = catalog
    afterLoading = ProcessSnapshot()
    return catalog
  }

  /// Loads the plugin for a host of that shape.
  /// - Parameter isInspected: whether the inspector stands between, which keeps everything that passes.
  func load(shape: HostShape = .current, isInspected: Bool = true) throws(Diagnostic) -> PluginCatalog {
    announcer.step("loading and entry")
    var options = PluginOptions(
      named: [order.plugin] + order.others, searchesFolders: false, scanner: nil, usesCache: false, shape: shape)
    options.observer = isInspected ? inspector : nil
    return try PluginCatalog(options)
  }

  /// Makes what the host needs on a thread for guarded calls: it belongs to the host, not to what the plugin changes.
  func prepareThread() {
    var (site, outcome, result) = (rp_site(), rp_outcome(), UnsafeMutableRawPointer?.none)
    _ = rp_load(&site, { $0 }, nil, &result, &outcome)
  }

  /// Runs the test on a catalog of its own from here on.
  func use(_ catalog: PluginCatalog) { opened = catalog }

  /// The plugin that is tested.
  func plugin() throws(Diagnostic) -> Plugin {
    let catalog = try catalog()
    guard let plugin = catalog.plugins.first else {
      throw Diagnostic(.pluginEmpty, "no plugin was loaded", at: order.plugin)
    }
    return plugin
  }

  /// The name of the subject.
  var subject: String { order.subject ?? "" }

  /// The text of the subject with those arguments: `org.example.gabor/gabor(sigma: 2)`.
  func text(_ arguments: [InitializerArgument]) throws(Diagnostic) -> String {
    let name = try plugin().description.fullName(of: subject)
    return "\(name)(\(arguments.map { "\($0.name): \($0.value)" }.joined(separator: ", ")))"
  }

  /// Every argument, given or at its default, as a report shows the subject: `org.example.gabor/gabor(sigma: 1, count: 2)`.
  func shown(_ arguments: [InitializerArgument], of parameters: [PluginParameter]) throws(Diagnostic) -> String {
    let all = parameters.compactMap { parameter in
      let value = arguments.first { $0.name == parameter.name }?.value ?? parameter.defaultValue
      return value.map { InitializerArgument(parameter.name, $0) }
    }
    return try text(all)
  }

  /// The tensors that an initializer is offered: those of the order first.
  var offers: [ParameterContext] {
    (order.inputs[subject] ?? []).flatMap { [FillOffers.weight($0), FillOffers.plain($0, .weight)] } + FillOffers.all
  }

  /// What makes the subject as its author means it, from the order's examples, without the name.
  var examples: [String] {
    order.examples.filter { $0.split(separator: "(")[0].split(separator: "/").last.map(String.init) == subject }
  }
}
