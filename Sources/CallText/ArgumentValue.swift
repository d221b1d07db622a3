/// The value of an argument.
public enum ArgumentValue: Sendable, Equatable, CustomStringConvertible {
  /// A number.
  case number(Double)
  /// A word, such as `fan_out`.
  case word(String)
  /// Numbers in brackets.
  case list([Double])

  /// The text that is read back as the same value.
  public var description: String {
    switch self {
    case .number(let number): ArgumentValue.text(of: number)
    case .word(let word): CallText.written(word)
    case .list(let numbers): "[" + numbers.map(ArgumentValue.text).joined(separator: ", ") + "]"
    }
  }

  private static func text(of number: Double) -> String {
    guard abs(number) < 0x1p53, let integer = Int(exactly: number), integer != 0 || number.sign == .plus
    else {
      return "\(number)"
    }
    return String(integer)
  }
}

/// What `reinit explain` prints of one parameter of an initializer or a layer.
public struct CallParameter: Sendable {
  /// The name, as in the field.
  public let name: String
  /// The value when it is left out; nil if it must be given.
  public let defaultValue: ArgumentValue?
  /// What it means, with its unit or the words that are allowed.
  public let summary: String
  /// Whether no word can be its value, so that the name of a variable means the number.
  public let takesNumbersAlone: Bool

  /// A parameter.
  /// - Parameter takesNumbersAlone: by default, whether the value when it is left out is a number or a list.
  public init(_ name: String, _ defaultValue: ArgumentValue?, _ summary: String, takesNumbersAlone: Bool? = nil) {
    self.name = name
    self.defaultValue = defaultValue
    self.summary = summary
    let isNumber =
      switch defaultValue {
      case .number, .list: true
      case .word, nil: false
      }
    self.takesNumbersAlone = takesNumbersAlone ?? isNumber
  }
}
