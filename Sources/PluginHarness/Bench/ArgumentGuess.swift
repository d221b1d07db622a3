import CallText
import Diagnostics
import Initializers
import LayerVocabulary
import PluginHost
import Tensors

extension Bench {
  /// Arguments to try, the likeliest first: what an example says, else a value for each parameter without a default.
  func candidates(_ parameters: [PluginParameter]) throws(Diagnostic) -> [[InitializerArgument]] {
    let given = try examples.map { (text) throws(Diagnostic) in try arguments(of: text, parameters) }
    if !given.isEmpty { return given }
    let required = parameters.filter { $0.defaultValue == nil }
    guard !required.isEmpty else { return [[]] }
    return (0..<6).map { attempt in
      required.map { InitializerArgument($0.name, ArgumentGuess.value($0, attempt)) }
    }
  }

  /// The arguments of a text such as `gabor(sigma: 2)`.
  func arguments(of text: String, _ parameters: [PluginParameter]) throws(Diagnostic) -> [InitializerArgument] {
    guard let open = text.firstIndex(of: "(") else { return [] }
    let call = try CallText("x" + text[open...], as: .layer)
    return call.arguments.compactMap { argument in
      argument.name.map { InitializerArgument($0, argument.value.known ?? .word(argument.value.description)) }
    }
  }
}

/// Values for parameters: those that a harness tries where nobody says one.
enum ArgumentGuess {
  private static let sizes: [Double] = [8, 4, 2, 3, 16, 1]
  private static let reals: [Double] = [1, 0.5, 2, 0.1, 4, 0]

  /// A likely value.
  static func value(_ parameter: PluginParameter, _ attempt: Int) -> ArgumentValue {
    switch parameter.kind {
    case .bool: .word(attempt % 2 == 0 ? "true" : "false")
    case .word: .word(parameter.choices.isEmpty ? "word" : parameter.choices[attempt % parameter.choices.count])
    case .int: .number(within(parameter, sizes[attempt % sizes.count]).rounded())
    case .real: .number(within(parameter, reals[attempt % reals.count]))
    case .ints: .list([Double](repeating: within(parameter, sizes[attempt % sizes.count]).rounded(), count: 2))
    case .reals: .list([Double](repeating: within(parameter, reals[attempt % reals.count]), count: 2))
    }
  }

  /// Another value than a given one; nil where there is none.
  static func other(than value: ArgumentValue?, _ parameter: PluginParameter, _ attempt: Int) -> ArgumentValue? {
    let other: ArgumentValue
    switch (parameter.kind, value) {
    case (.bool, .word(let word)?): other = .word(word == "true" ? "false" : "true")
    case (.word, .word(let word)?):
      let words = parameter.choices.filter { $0 != word }
      guard !words.isEmpty else { return nil }
      other = .word(words[attempt % words.count])
    case (.int, .number(let number)?): other = .number(moved(parameter, number, attempt, isWhole: true))
    case (.real, .number(let number)?): other = .number(moved(parameter, number, attempt, isWhole: false))
    case (.ints, .list(let list)?):
      other = .list(list.isEmpty ? [within(parameter, 1)] : list.map { moved(parameter, $0, attempt, isWhole: true) })
    case (.reals, .list(let list)?):
      other = .list(list.isEmpty ? [within(parameter, 1)] : list.map { moved(parameter, $0, attempt, isWhole: false) })
    default: other = ArgumentGuess.value(parameter, attempt)
    }
    return other == value ? nil : other
  }

  /// The arguments with other values of one parameter, so many at most.
  static func others(
    of parameter: PluginParameter, in arguments: [InitializerArgument], count: Int
  ) -> [[InitializerArgument]] {
    let present = arguments.first { $0.name == parameter.name }?.value ?? parameter.defaultValue
    let rest = arguments.filter { $0.name != parameter.name }
    var values: [ArgumentValue] = []
    for attempt in 0..<6 where values.count < count {
      guard let value = other(than: present, parameter, attempt), !values.contains(value) else { continue }
      values.append(value)
    }
    return values.map { rest + [InitializerArgument(parameter.name, $0)] }
  }

  /// A number near another one, within the parameter's range.
  private static func moved(_ parameter: PluginParameter, _ number: Double, _ attempt: Int, isWhole: Bool) -> Double {
    let steps: [(Double) -> Double] = [
      { $0 * 2 + 1 }, { $0 / 2 }, { $0 + 1 }, { $0 - 1 }, { $0 * 0.75 }, { $0 + 0.25 },
    ]
    let result = within(parameter, steps[attempt % steps.count](number))
    return isWhole ? within(parameter, result.rounded()) : result
  }

  /// The number, or the nearest one that is allowed.
  static func within(_ parameter: PluginParameter, _ number: Double) -> Double {
    var number = number
    let step = parameter.kind == .int || parameter.kind == .ints ? 1 : 1e-3
    if let bound = parameter.minimum, bound.isOpen ? number <= bound.value : number < bound.value {
      number = bound.isOpen ? bound.value + step : bound.value
    }
    if let bound = parameter.maximum, bound.isOpen ? number >= bound.value : number > bound.value {
      number = bound.isOpen ? bound.value - step : bound.value
    }
    return number
  }
}
