import CReinit
import CallText
import Diagnostics
import Initializers

/// Reads and checks declared parameters.
enum ParameterReading {
  /// The parameters of a descriptor.
  /// - Throws: ``Diagnostics/ErrorCode/pluginDescriptor``.
  static func parameters(
    _ first: UnsafePointer<ri_param>?, _ count: UInt64, of owner: String
  ) throws(Diagnostic) -> [PluginParameter] {
    let declared: [ri_param] = try CStruct.elements(first, count: count, at: "\(owner).params")
    var parameters: [PluginParameter] = []
    for (index, raw) in declared.enumerated() {
      let parameter = try parameter(raw, "\(owner).params[\(index)]")
      guard !parameters.contains(where: { $0.name == parameter.name }) else {
        throw CText.descriptor("\(owner).params[\(index)]", "has a name that is taken", found: "'\(parameter.name)'")
      }
      parameters.append(parameter)
    }
    return parameters
  }

  private static func parameter(_ raw: ri_param, _ place: String) throws(Diagnostic) -> PluginParameter {
    let name = try CText.string(raw.name, "\(place).name")
    guard PluginNames.initializer.accepts(name) else {
      throw CText.descriptor(
        "\(place).name", "is not a name", expected: PluginNames.initializer.form, found: "'\(name)'")
    }
    guard raw.flags & 0xFFFF & ~knownFlags == 0 else {
      throw CText.descriptor(
        "\(place).flags", "has bits that this host does not know", expected: "\(knownFlags) at most",
        found: "\(raw.flags)", hints: ["a newer reinit may know them"])
    }
    let kind = try kind(raw.default_value.type, "\(place).default_value.type")
    let isRequired = has(raw.flags, RI_PARAM_REQUIRED)
    let parameter = PluginParameter(
      name: name, summary: try CText.string(raw.summary, "\(place).summary"), kind: kind,
      defaultValue: isRequired ? nil : try value(raw.default_value, kind, "\(place).default_value"),
      minimum: bound(raw.min, raw.flags, RI_PARAM_MIN, RI_PARAM_MIN_OPEN),
      maximum: bound(raw.max, raw.flags, RI_PARAM_MAX, RI_PARAM_MAX_OPEN),
      choices: try choices(raw, kind, "\(place).choices"), mayHaveNoEffect: has(raw.flags, RI_PARAM_MAY_HAVE_NO_EFFECT),
      takesNonFinite: has(raw.flags, RI_PARAM_NON_FINITE))
    try check(parameter, place)
    return parameter
  }

  private static let knownFlags: UInt32 = 63

  /// Bounds in order, and the default within them.
  ///
  /// What has no bound leaves out the flag: an infinite bound is a slip.
  private static func check(_ parameter: PluginParameter, _ place: String) throws(Diagnostic) {
    let (low, high) = (parameter.minimum?.value ?? -.infinity, parameter.maximum?.value ?? .infinity)
    let bounds = [parameter.minimum, parameter.maximum].compactMap { $0?.value }
    guard bounds.allSatisfy(\.isFinite), low <= high else {
      throw CText.descriptor(
        place, "has a range that is none", expected: "finite bounds, min ≤ max", found: "\(low) and \(high)")
    }
    guard let value = parameter.defaultValue else { return }
    do { try parameter.check(value, of: place) } catch {
      throw CText.descriptor(
        "\(place).default_value", "is not a value of the parameter", expected: error.expected, found: error.found)
    }
  }

  private static func kind(_ type: UInt32, _ place: String) throws(Diagnostic) -> PluginParameter.Kind {
    switch Int(type) {
    case RI_VALUE_BOOL: return .bool
    case RI_VALUE_INT: return .int
    case RI_VALUE_REAL: return .real
    case RI_VALUE_WORD: return .word
    case RI_VALUE_INTS: return .ints
    case RI_VALUE_REALS: return .reals
    default: throw CText.descriptor(place, "is not a type of value", expected: "RI_VALUE_…", found: "\(type)")
    }
  }

  private static func choices(
    _ raw: ri_param, _ kind: PluginParameter.Kind, _ place: String
  ) throws(Diagnostic) -> [String] {
    guard raw.n_choices > 0 else { return [] }
    guard kind == .word else {
      throw CText.descriptor(
        place, "is of words", expected: "no choices", found: "a parameter of kind '\(kind.rawValue)'")
    }
    guard raw.n_choices <= 1024, let first = raw.choices else {
      throw CText.descriptor(place, "is not a list of words", expected: "at most 1024", found: "\(raw.n_choices)")
    }
    var words: [String] = []
    for index in 0..<Int(raw.n_choices) { words.append(try CText.string(first[index], "\(place)[\(index)]")) }
    return words
  }

  private static func bound(
    _ value: Double, _ flags: UInt32, _ flag: Int, _ open: Int
  ) -> PluginParameter.Bound? {
    has(flags, flag) ? PluginParameter.Bound(value, isOpen: has(flags, open)) : nil
  }

  /// A parameter's value as an instance tells it: its union is not looked into where it is of another type.
  /// - Throws: ``Diagnostics/ErrorCode/pluginDescriptor``, ``Diagnostics/ErrorCode/argumentOutOfRange``.
  static func value(told raw: ri_value, of parameter: PluginParameter) throws(Diagnostic) -> ArgumentValue {
    guard try kind(raw.type, parameter.name) == parameter.kind else {
      throw CText.descriptor(parameter.name, "is of another type than declared", found: "type \(raw.type)")
    }
    let value = try value(raw, parameter.kind, parameter.name)
    try parameter.check(value, of: parameter.name)
    return value
  }

  /// A value as the ABI has it.
  /// - Throws: ``Diagnostics/ErrorCode/pluginDescriptor``.
  static func value(
    _ raw: ri_value, _ kind: PluginParameter.Kind, _ place: String
  ) throws(Diagnostic) -> ArgumentValue {
    let count = Int(raw.count)
    switch kind {
    case .bool:
      guard (0...1).contains(raw.u.i64) else {
        throw CText.descriptor(place, "is neither true nor false", expected: "0 or 1", found: "\(raw.u.i64)")
      }
      return .word(raw.u.i64 == 0 ? "false" : "true")
    case .int: return .number(try number(raw.u.i64, place))
    case .real: return .number(try number(raw.u.f64, place))
    case .word: return .word(try CText.string(ri_str(ptr: raw.u.word, len: UInt64(raw.count)), place))
    case .ints, .reals:
      guard count <= CText.lineLimit else { throw CText.descriptor(place, "is too long", found: "\(count) numbers") }
      guard count > 0 else { return .list([]) }
      guard raw.u.i64s != nil else { throw CText.descriptor(place, "is a null pointer with a count") }
      var numbers: [Double] = []
      for index in 0..<count {
        numbers.append(try kind == .ints ? number(raw.u.i64s[index], place) : number(raw.u.f64s[index], place))
      }
      return .list(numbers)
    }
  }

  private static func number(_ value: Double, _ place: String) throws(Diagnostic) -> Double {
    guard !value.isNaN else { throw CText.descriptor(place, "is not a number", found: "NaN") }
    return value
  }

  /// Arguments are doubles everywhere: a whole number that none holds would become another one.
  private static func number(_ value: Int64, _ place: String) throws(Diagnostic) -> Double {
    guard let number = Double(exactly: value) else {
      throw CText.descriptor(place, "is no number that a double holds", expected: "up to 2^53", found: "\(value)")
    }
    return number
  }
}

/// Whether a flag of the ABI is set.
func has(_ flags: UInt32, _ flag: Int) -> Bool { flags & UInt32(truncatingIfNeeded: flag) != 0 }

extension PluginNames {
  /// A child of a layer: what a path's part can be.
  static let child = NameGrammar(
    "a child's name", "[A-Za-z_][A-Za-z0-9_]*, or an index", example: "\"weight\"", limit: 64
  ) { bytes in
    symbol.accepts(String(decoding: bytes, as: UTF8.self))
      || bytes.count < 10 && bytes.allSatisfy { (0x30...0x39).contains($0) }
  }
}
