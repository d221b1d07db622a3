import CReinit
import Diagnostics

/// What one entry registers: collected while the entry runs, published as a whole or not at all.
///
/// Only the entry's thread changes it, and nobody after the entry.
package final class Registration: @unchecked Sendable {
  /// The code of an initializer.
  package enum Filling {
    /// Tables of the initializer ABI.
    case table(ri_initializer)
    /// A plain C function.
    case function(FunctionSignature, pointer: UInt, user: UInt)
  }

  /// The handle of the loaded file that the code is in.
  var image: UInt = 0
  /// The code of a layer type.
  struct RegisteredLayer {
    let description: LayerDescription
    let table: ri_layer_type
    /// The children of a described layer; nil for one that speaks for its instances itself.
    let rows: [ChildRow]?
  }

  package private(set) var initializers: [(description: InitializerDescription, filling: Filling)] = []
  private(set) var layers: [RegisteredLayer] = []
  /// What newer hosts ask the plugin for; nil where it has nothing.
  var `extension`: (@convention(c) (ri_str, UInt32) -> UnsafeRawPointer?)?
  /// The first refusal; an entry that ignores it fails all the same.
  private(set) var refusal: Diagnostic?

  /// Runs a reading, and keeps its error.
  func accept(_ read: () throws(Diagnostic) -> Void) -> ri_status {
    do {
      try read()
      return ri_status(RI_OK)
    } catch {
      refusal = refusal ?? error
      return ri_status(error.code == .pluginNameTwice ? RI_DUPLICATE : RI_ABI)
    }
  }

  /// Reads an initializer's table.
  func add(_ pointer: UnsafePointer<ri_initializer>?) throws(Diagnostic) {
    let table: ri_initializer = try CStruct.copy(pointer)
    let name = try name(table.name, "initializer \(initializers.count + 1)", PluginNames.initializer)
    try checkFlags(table.flags, known: Registration.initializerFlags, name)
    guard table.fill != nil || table.distribution != nil else {
      throw CText.descriptor(name, "has neither fill nor distribution")
    }
    let parameters = try ParameterReading.parameters(table.params, table.n_params, of: name)
    try append(
      InitializerDescription(
        name: name, summary: try CText.string(table.summary, "\(name).summary"),
        formula: try CText.string(table.formula, "\(name).formula"),
        reference: try CText.string(table.reference, "\(name).reference"),
        version: try version(table.version, name), form: form(table),
        needsFans: has(table.flags, RI_INITIALIZER_NEEDS_FANS),
        isExclusive: has(table.flags, RI_INITIALIZER_EXCLUSIVE),
        reachesEveryRole: has(table.flags, RI_INITIALIZER_EVERY_ROLE),
        givesNonFinite: has(table.flags, RI_INITIALIZER_NON_FINITE),
        dtypes: try dtypes(table.dtypes, name), tolerance: try tolerance(table.tolerance, name), prototype: nil,
        parameters: parameters, sources: try SourceDescription.read(table, of: name, parameters)), .table(table))
  }

  private static let initializerFlags =
    RI_INITIALIZER_WHOLE | RI_INITIALIZER_NEEDS_FANS | RI_INITIALIZER_EXCLUSIVE | RI_INITIALIZER_EVERY_ROLE
    | RI_INITIALIZER_NON_FINITE

  /// Reads a layer's table.
  func add(_ pointer: UnsafePointer<ri_layer_type>?) throws(Diagnostic) {
    let table: ri_layer_type = try CStruct.copy(pointer)
    let name = try name(table.name, "layer \(layers.count + 1)", PluginNames.layer)
    guard !layers.contains(where: { $0.description.name == name }) else { throw taken(name) }
    try checkFlags(table.flags, known: RI_LAYER_EXCLUSIVE, name)
    try checkFunctions(table, name)
    let parameters = try ParameterReading.parameters(table.params, table.n_params, of: name)
    let rows =
      table.n_children == 0 ? nil : try ChildRow.rows(table.children, table.n_children, of: name, parameters)
    layers.append(
      RegisteredLayer(
        description: LayerDescription(
          name: name, summary: try CText.string(table.summary, "\(name).summary"),
          reference: try CText.string(table.reference, "\(name).reference"),
          version: try version(table.version, name),
          inputs: try range(table.min_inputs, table.max_inputs, "\(name).inputs"),
          outputs: try range(0, table.n_outputs, "\(name).outputs").upperBound,
          nested: try range(table.min_layers, table.max_layers, "\(name).layers"),
          isExclusive: has(table.flags, RI_LAYER_EXCLUSIVE), abilities: abilities(table), parameters: parameters),
        table: table, rows: rows))
  }

  private static let functionFlags =
    RI_INITIALIZER_EXCLUSIVE | RI_INITIALIZER_EVERY_ROLE | RI_INITIALIZER_NON_FINITE

  /// Reads a plain C function.
  func add(_ pointer: UnsafePointer<ri_function>?) throws(Diagnostic) {
    let table: ri_function = try CStruct.copy(pointer)
    let name = try name(table.name, "function \(initializers.count + 1)", PluginNames.initializer)
    try checkFlags(table.flags, known: Registration.functionFlags, name)
    guard let function = table.function else { throw CText.descriptor(name, "has no function") }
    let parameters = try ParameterReading.parameters(table.params, table.n_params, of: name)
    let signature = try FunctionSignature(table, parameters: parameters, name: name)
    try append(
      InitializerDescription(
        name: name, summary: try CText.string(table.summary, "\(name).summary"),
        formula: try CText.string(table.formula, "\(name).formula"),
        reference: try CText.string(table.reference, "\(name).reference"),
        version: try version(table.version, name), form: signature.isWhole ? .whole : .ranges,
        needsFans: signature.needsFans, isExclusive: has(table.flags, RI_INITIALIZER_EXCLUSIVE),
        reachesEveryRole: has(table.flags, RI_INITIALIZER_EVERY_ROLE),
        givesNonFinite: has(table.flags, RI_INITIALIZER_NON_FINITE), dtypes: 0,
        tolerance: try tolerance(table.tolerance, name), prototype: signature.prototype(named: name),
        parameters: parameters),
      .function(
        signature, pointer: UInt(bitPattern: unsafeBitCast(function, to: Int.self)),
        user: UInt(bitPattern: table.user)))
  }

  /// Takes a function that the manifest declares.
  func add(_ function: ManifestFunction, code: UInt) throws(Diagnostic) {
    let signature = function.signature
    try append(
      InitializerDescription(
        name: function.name, summary: function.summary, formula: function.formula, reference: function.reference,
        version: function.version, form: signature.isWhole ? .whole : .ranges, needsFans: signature.needsFans,
        isExclusive: function.isExclusive, reachesEveryRole: function.reachesEveryRole, dtypes: 0,
        tolerance: function.tolerance, prototype: signature.prototype(named: function.symbol),
        parameters: function.parameters),
      .function(signature, pointer: code, user: 0))
  }

  /// Adds an initializer under a name of its own.
  func append(_ description: InitializerDescription, _ filling: Filling) throws(Diagnostic) {
    guard !initializers.contains(where: { $0.description.name == description.name }) else {
      throw taken(description.name)
    }
    initializers.append((description, filling))
  }
}

extension Registration {
  private func name(
    _ text: ri_str, _ place: String, _ grammar: NameGrammar
  ) throws(Diagnostic) -> String {
    let name = try CText.string(text, "\(place): name")
    guard grammar.accepts(name) else {
      throw CText.descriptor(place, "has a name that is none", expected: grammar.form, found: "'\(name)'")
    }
    return name
  }

  private func taken(_ name: String) -> Diagnostic {
    Diagnostic(.pluginNameTwice, "'\(name)' is registered twice", at: name)
  }

  /// Critical bits that are not known are of a newer header, and must not be ignored; ancillary ones are.
  private func checkFlags(_ flags: UInt32, known: Int, _ name: String) throws(Diagnostic) {
    guard flags & 0xFFFF & ~UInt32(known) == 0 else {
      throw CText.descriptor(
        "\(name).flags", "has bits that this host does not know", expected: "\(known) at most", found: "\(flags)",
        hints: ["a newer reinit may know them"])
    }
  }

  private func version(_ version: UInt32, _ name: String) throws(Diagnostic) -> Int {
    guard version >= 1 else { throw CText.descriptor("\(name).version", "is not a version", expected: "1 or more") }
    return Int(version)
  }

  private func tolerance(_ tolerance: Double, _ name: String) throws(Diagnostic) -> Double {
    guard tolerance >= 0, tolerance <= 1 else {
      throw CText.descriptor("\(name).tolerance", "is out of range", expected: "0 to 1", found: "\(tolerance)")
    }
    return tolerance
  }

  private func dtypes(_ mask: UInt32, _ name: String) throws(Diagnostic) -> UInt32 {
    let floating = [RI_F32, RI_F64, RI_F16, RI_BF16, RI_F8_E4M3, RI_F8_E5M2].reduce(UInt32(0)) { $0 | 1 << UInt32($1) }
    guard mask == 0 || mask & ~floating == 0 && mask & (1 << UInt32(RI_F32)) != 0 else {
      throw CText.descriptor(
        "\(name).dtypes", "is not a mask of floating-point types with RI_F32 among them", found: "\(mask)")
    }
    return mask
  }

  private func form(_ table: ri_initializer) -> InitializerDescription.Form {
    guard table.fill != nil else { return .distribution }
    return has(table.flags, RI_INITIALIZER_WHOLE) ? .whole : .ranges
  }

  private func range(_ low: UInt32, _ high: UInt32, _ place: String) throws(Diagnostic) -> ClosedRange<Int> {
    guard low <= high, high <= 1 << 20 else {
      throw CText.descriptor(place, "is not a range", expected: "min ≤ max", found: "\(low) to \(high)")
    }
    return Int(low)...Int(high)
  }

  private func abilities(_ table: ri_layer_type) -> [String] {
    [table.forward == nil ? nil : "forward", table.infer == nil ? nil : "infer", table.config == nil ? nil : "config"]
      .compactMap { $0 }
  }

  private func checkFunctions(_ table: ri_layer_type, _ name: String) throws(Diagnostic) {
    let required: [(String, Bool)] = [
      ("create", table.create != nil), ("destroy", table.destroy != nil), ("child_count", table.child_count != nil),
      ("child_at", table.child_at != nil), ("rebuild", table.rebuild != nil),
    ]
    guard table.n_children == 0 else {
      guard let function = required.first(where: \.1) else { return }
      throw CText.descriptor(
        "\(name).\(function.0)", "is there, and the layer is described", expected: "NULL beside children",
        found: "a function")
    }
    // With a list or without one: nothing says what the layer is made of.
    guard table.children == nil, required.contains(where: \.1) else {
      throw CText.descriptor(
        "\(name).children", "has no rows", expected: "a row for each child of a described layer",
        found: table.children == nil ? "NULL, and no functions for instances" : "n_children 0",
        hints: ["a layer without children has the functions for instances: create, child_count and the others"])
    }
    guard let missing = required.first(where: { !$0.1 }) else { return }
    throw CText.descriptor("\(name).\(missing.0)", "is missing", expected: "a function", found: "NULL")
  }
}
