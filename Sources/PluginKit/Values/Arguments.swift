import CReinit

/// What the user set, with defaults filled in and ranges checked by the host.
///
/// Valid until the call returns: read what you need in `init`.
public struct Arguments {
  private let values: UnsafePointer<ri_value>?
  private let parameters: [Parameter]

  /// - Throws: `abi` if the host hands over another number of values than was declared.
  init(_ values: UnsafePointer<ri_value>?, _ count: UInt64, _ parameters: [Parameter]) throws(PluginError) {
    guard count == UInt64(parameters.count), values != nil || count == 0 else {
      throw PluginError(.abi, "wrong number of arguments: expected \(parameters.count), found \(count)")
    }
    self.values = values
    self.parameters = parameters
  }

  /// All values, copied, in the order of the parameters.
  func all() throws(PluginError) -> [Argument] {
    var list: [Argument] = []
    for (index, parameter) in parameters.enumerated() {
      guard let value = values.flatMap({ Argument($0[index]) }) else {
        throw undeclared(parameter.name, "value")
      }
      list.append(value)
    }
    return list
  }

  /// A truth value.
  /// - Throws: `internal` if no parameter of that name and type was declared; so do the others.
  public func bool(_ name: String) throws(PluginError) -> Bool {
    try find(name, RI_VALUE_BOOL, "bool").u.i64 != 0
  }

  /// A whole number.
  public func int(_ name: String) throws(PluginError) -> Int {
    Int(try find(name, RI_VALUE_INT, "int").u.i64)
  }

  /// A number.
  public func real(_ name: String) throws(PluginError) -> Double {
    try find(name, RI_VALUE_REAL, "real").u.f64
  }

  /// A word: one of the choices, where those were declared.
  public func word(_ name: String) throws(PluginError) -> String {
    let value = try find(name, RI_VALUE_WORD, "word")
    return String(ri_str(ptr: value.u.word, len: UInt64(value.count)))
  }

  /// Whole numbers.
  public func ints(_ name: String) throws(PluginError) -> [Int] {
    let value = try find(name, RI_VALUE_INTS, "ints")
    return UnsafeBufferPointer(lent: value.u.i64s, count: Int(value.count)).map { Int($0) }
  }

  /// Numbers.
  public func reals(_ name: String) throws(PluginError) -> [Double] {
    let value = try find(name, RI_VALUE_REALS, "reals")
    return Array(UnsafeBufferPointer(lent: value.u.f64s, count: Int(value.count)))
  }

  private func find(_ name: String, _ type: Int, _ label: StaticString) throws(PluginError) -> ri_value {
    guard let index = parameters.firstIndex(where: { $0.name == name }), let value = values?[index],
      Int(value.type) == type
    else { throw undeclared(name, label) }
    return value
  }

  private func undeclared(_ name: String, _ label: StaticString) -> PluginError {
    PluginError(.internal, "the plugin reads '\(name)' as \(label), which it did not declare")
  }
}
