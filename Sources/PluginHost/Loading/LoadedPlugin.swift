import CPluginCalls
import CReinit
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// A plugin whose code is in the process: what it registered, with the functions.
///
/// It stays as long as the process.
package final class LoadedPlugin: @unchecked Sendable {
  package let environment: PluginEnvironment
  package let description: PluginDescription
  let stamp: PluginStamp
  package let registration: Registration
  private let fillings: [String: Registration.Filling]
  private let layers: [String: PluginLayerType]
  private let names: [String: CName]
  private let turns: [String: Turn]

  init(
    _ environment: PluginEnvironment, _ description: PluginDescription, _ registration: Registration, stamp: PluginStamp
  ) {
    self.environment = environment
    self.description = description
    self.stamp = stamp
    self.registration = registration
    fillings = Dictionary(uniqueKeysWithValues: registration.initializers.map { ($0.description.name, $0.filling) })
    names = fillings.keys.reduce(into: [:]) { $0[$1] = CName($1) }
    turns = registration.initializers.reduce(into: [:]) { turns, entry in
      let name = entry.description.name
      if entry.description.isExclusive { turns[name] = Turn.of("initializer \(name)", in: registration.image) }
    }
    layers = registration.layers.reduce(into: [:]) { types, entry in
      let turn =
        entry.description.isExclusive ? Turn.of("layer \(entry.description.name)", in: registration.image) : nil
      types[entry.description.name] = PluginLayerType(environment, entry, of: description, turn)
    }
  }

  /// The functions of an initializer.
  /// - Throws: ``Diagnostics/ErrorCode/pluginUnstable`` if it was described, and is not there.
  func filling(of name: String) throws(Diagnostic) -> Registration.Filling {
    guard let filling = fillings[name] else { throw absent(name) }
    return filling
  }

  /// A type of layer.
  /// - Throws: ``Diagnostics/ErrorCode/pluginUnstable``.
  package func layer(_ name: String) throws(Diagnostic) -> PluginLayerType {
    guard let type = layers[name] else { throw absent(name) }
    return type
  }

  /// A table of the plugin's by name and exact version; nil for what it does not have.
  /// - Throws: ``Diagnostics/ErrorCode/pluginException``, ….
  package func `extension`(_ name: String, version: UInt32) throws(Diagnostic) -> UnsafeRawPointer? {
    try name.utf8CString.withUnsafeBufferPointer { (bytes) throws(Diagnostic) in
      try `extension`(ri_str(ptr: bytes.baseAddress, len: UInt64(bytes.count - 1)), version: version)
    }
  }

  /// The same by a name that lies where the caller has put it.
  package func `extension`(_ name: ri_str, version: UInt32) throws(Diagnostic) -> UnsafeRawPointer? {
    guard let ask = registration.extension else { return nil }
    var table: UnsafeRawPointer?
    try environment.guarded("extension", of: nil, in: nil) { site, outcome in
      rp_extension(site, ask, name, version, &table, outcome)
    }
    return table
  }

  /// Whether it may be asked for anything.
  package var isExtensible: Bool { registration.extension != nil }

  /// The initializer's name for reports.
  func name(of initializer: String) -> CName { names[initializer] ?? CName(initializer) }

  /// What calls of an initializer wait for; nil if they may overlap.
  func turn(of initializer: String) -> Turn? { turns[initializer] }

  private func absent(_ name: String) -> Diagnostic {
    Diagnostic(.pluginUnstable, "'\(description.id)' does not register '\(name)' as it did", at: environment.file)
  }
}

/// A type of layer with its functions.
package final class PluginLayerType: @unchecked Sendable {
  package let environment: PluginEnvironment
  let table: ri_layer_type
  package let declaration: LayerDescription
  let plugin: PluginDescription
  let name: CName
  let kind: LayerKind
  /// The children of a described layer; nil for one that speaks for its instances itself.
  let rows: [ChildRow]?
  /// What the host does for a described layer.
  var described: DescribedChildren? { rows.map { DescribedChildren(type: self, rows: $0) } }
  private let turn: Turn?

  init(
    _ environment: PluginEnvironment, _ registered: Registration.RegisteredLayer, of plugin: PluginDescription,
    _ turn: Turn?
  ) {
    self.environment = environment
    table = registered.table
    declaration = registered.description
    rows = registered.rows
    self.plugin = plugin
    name = CName(declaration.name)
    kind = LayerKind(plugin.fullName(of: declaration.name), aliases: [declaration.name])
    self.turn = turn
  }

  /// What plugins of this catalog hold.
  package var counter: HandleCounter { environment.services.counter }

  /// `org.example.gate/Gate`.
  package var fullName: String { kind.name }

  /// Runs a call, after all others where they must not overlap.
  func taking(_ body: () throws(Diagnostic) -> Void) throws(Diagnostic) {
    guard let turn else { return try body() }
    return try turn.taking(body)
  }

  /// Calls a function of an instance within a guard, after all others where they must not overlap.
  func guarded(
    _ call: StaticString, in context: CallContext? = nil,
    _ body: (UnsafePointer<rp_site>, UnsafeMutablePointer<rp_outcome>) -> ri_status
  ) throws(Diagnostic) {
    try taking { () throws(Diagnostic) in try environment.guarded(call, of: name, in: context, body) }
  }

  /// Ends an instance; where calls must not overlap, after the one that runs.
  func destroy(_ object: UnsafeMutableRawPointer) {
    let end: @Sendable () -> Void = { [self, object = UInt(bitPattern: object)] in
      _ = try? environment.guarded("destroy", of: name, in: nil) { site, outcome in
        rp_destroy(site, table.destroy, UnsafeMutableRawPointer(bitPattern: object), outcome)
      }
    }
    guard let turn else { return end() }
    turn.whenFree(end)
  }

  /// What is said of a success without an instance.
  package static let nothing = "says that it succeeded and gives no instance"

  /// Calls what makes an instance.
  /// - Throws: what the plugin says; ``Diagnostics/ErrorCode/pluginCallFailed`` if it succeeds without one.
  func newObject(
    _ call: StaticString, in context: CallContext,
    _ body: (
      UnsafePointer<rp_site>, UnsafeMutablePointer<UnsafeMutableRawPointer?>, UnsafeMutablePointer<rp_outcome>
    ) -> ri_status
  ) throws(Diagnostic) -> UnsafeMutableRawPointer {
    var object: UnsafeMutableRawPointer?
    try guarded(call, in: context) { site, outcome in body(site, &object, outcome) }
    guard let object else {
      throw Diagnostic(
        .pluginCallFailed, "'\(fullName)' \(PluginLayerType.nothing)", at: "\(call)",
        expected: "a pointer that is not null", found: "NULL")
    }
    return object
  }
}
