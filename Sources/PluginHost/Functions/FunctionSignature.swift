import CReinit
import Diagnostics

/// The signature of a plain C function: what is passed where, and what comes back.
///
/// Every value is one that can be called: what breaks a rule is refused when it is made.
package struct FunctionSignature: Sendable, Equatable {
  /// One argument.
  package struct Argument: Sendable, Equatable {
    /// Its C type.
    package let type: FunctionType
    /// What is passed.
    package let role: FunctionRole
    /// The index of the hyper-parameter that is passed; nil for other roles.
    package let parameter: Int?
  }

  /// The arguments in order; at most 32.
  package let arguments: [Argument]
  /// What it returns.
  package let result: FunctionType
  /// The hyper-parameters' names, in the order of their indices.
  package let parameterNames: [String]

  /// A signature as declared.
  ///
  /// - Parameter name: The function's, for errors.
  /// - Throws: ``Diagnostics/ErrorCode/functionArguments``, ``Diagnostics/ErrorCode/functionType``,
  ///   ``Diagnostics/ErrorCode/functionArgument``, ``Diagnostics/ErrorCode/functionForm``,
  ///   ``Diagnostics/ErrorCode/functionParameter``.
  package init(
    arguments: [ri_arg], result: ri_arg, parameters: [PluginParameter], name: String
  ) throws(Diagnostic) {
    let rules = FunctionRules(name: name, parameters: parameters)
    self.arguments = try rules.arguments(arguments)
    self.result = try rules.result(result)
    parameterNames = parameters.map(\.name)
    try rules.checkForm(self)
    try rules.checkUse(self)
  }

  /// The signature of a function that an entry registers, copied.
  ///
  /// - Throws: as above, and ``Diagnostics/ErrorCode/functionArguments`` for a null pointer.
  package init(_ table: ri_function, parameters: [PluginParameter], name: String) throws(Diagnostic) {
    guard table.n_args <= FunctionRules.argumentLimit else { throw FunctionRules.tooMany(table.n_args, name) }
    guard table.n_args == 0 || table.args != nil else { throw FunctionRules.noArguments(table.n_args, name) }
    try self.init(
      arguments: Array(UnsafeBufferPointer(start: table.args, count: Int(table.n_args))), result: table.result,
      parameters: parameters, name: name)
  }
}

extension FunctionSignature {
  /// Whether it has an argument of that role.
  package func has(_ role: FunctionRole) -> Bool { position(of: role) != nil }

  /// Where the first argument of a role stands.
  func position(of role: FunctionRole) -> Int? { arguments.firstIndex { $0.role == role } }

  /// Whether it is called for each element, and returns it.
  package var isElementwise: Bool { has(.index) }
  /// Whether it is called once for the whole tensor: it has no offset, and no index.
  package var isWhole: Bool { !isElementwise && !has(.offset) }
  /// Whether it writes doubles, which the host rounds.
  package var writesDoubles: Bool { has(.outF64) }
  /// Whether it makes no sense for what has no fan.
  package var needsFans: Bool { has(.fanIn) || has(.fanOut) }
  /// Whether it is given a seed.
  package var isRandom: Bool { has(.seed) }
  /// Whether its result is a status.
  var returnsStatus: Bool { !isElementwise && result.isInteger }
}
