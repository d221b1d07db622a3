import Diagnostics

extension Arguments {
  /// Binds what was written to parameters, and fills in defaults; positional arguments fill them in their
  /// order.
  /// - Parameter owner: the name that errors give to what is made.
  /// - Throws: ``Diagnostics/ErrorCode/unknownArgument``, ``Diagnostics/ErrorCode/argumentTwice``,
  ///   ``Diagnostics/ErrorCode/tooManyArguments``, ``Diagnostics/ErrorCode/missingArgument``.
  package init(
    of owner: String, _ parameters: [CallParameter], _ text: CallText
  ) throws(Diagnostic) {
    var bound: [String: Bound] = [:]
    var next = 0
    for argument in text.arguments {
      let place = argument.place
      if argument.name == nil, next >= parameters.count {
        throw Arguments.tooMany(owner, parameters.count, place)
      }
      let name = argument.name ?? parameters[next].name
      guard parameters.contains(where: { $0.name == name }) else {
        throw Arguments.unknown(name, owner, parameters.map(\.name), place)
      }
      guard bound[name] == nil else {
        throw Diagnostic(.argumentTwice, "argument '\(name)' of '\(owner)' is given twice", at: place)
      }
      guard case .known(let value) = argument.value else {
        throw Arguments.dependent(argument.value, name, owner, place)
      }
      bound[name] = Bound(value: value, place: place)
      if argument.name == nil { next += 1 }
    }
    for parameter in parameters where bound[parameter.name] == nil {
      guard let value = parameter.defaultValue else { throw Arguments.missing(parameter, owner) }
      bound[parameter.name] = Bound(value: value, place: nil)
    }
    self.init(owner: owner, bound)
  }

  /// An expression whose names have no values here.
  private static func dependent(
    _ value: CallText.Value, _ name: String, _ owner: String, _ place: String
  ) -> Diagnostic {
    Diagnostic(
      .valueOfExpression, "argument '\(name)' of '\(owner)' names what has no value here", at: place,
      expected: "a number, or an expression of numbers", found: "'\(value.description)'")
  }

  private static func unknown(
    _ name: String, _ owner: String, _ names: [String], _ place: String
  ) -> Diagnostic {
    Diagnostic(
      .unknownArgument, "'\(owner)' has no argument '\(name)'", at: place,
      expected: names.isEmpty ? "no arguments" : names.joined(separator: ", "),
      hints: Suggestion.hint(for: name, in: names))
  }

  private static func tooMany(_ owner: String, _ count: Int, _ place: String) -> Diagnostic {
    Diagnostic(
      .tooManyArguments, "'\(owner)' has too many arguments", at: place,
      expected: count == 0 ? "no arguments" : "at most \(count)")
  }

  private static func missing(_ parameter: CallParameter, _ owner: String) -> Diagnostic {
    Diagnostic(
      .missingArgument, "argument '\(parameter.name)' of '\(owner)' is missing",
      expected: parameter.summary, hints: ["reinit explain \(owner)"])
  }
}
