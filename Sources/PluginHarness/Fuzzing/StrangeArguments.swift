import CallText
import Initializers
import LayerVocabulary
import PluginHost
import Tensors

/// Values at and near the ends of what parameters allow.
enum StrangeArguments {
  private static let reals: [Double] = [
    0, -0.0, 1, -1, 0.5, 2, 1e-6, 1e6, -1e6, 1e-30, 3.7, 100, 1e300, -1e300, 1e308, 0x1p-1074, 0x1p-1030, 1e-45, 1e20,
  ]
  /// Words that are none of those that a plugin knows.
  private static let words = ["word", "w", "Word-2.x/y", String(repeating: "long", count: 500)]
  private static let integers: [Double] = [0, 1, 2, 3, 5, 7, 8, 16, 31, 64, -1]
  /// Whole numbers that some types cannot hold, up to the largest that a host passes on: for what makes nothing of that
  /// size.
  private static let largeIntegers: [Double] = [65_537, 0x7FFF_FFFF, 0x1_0000_0001, 0x1F_FFFF_FFFF_FFFF]
  /// Sizes up to which a whole number may go: what is larger is strange for the machine, not for the plugin.
  private static let largest = 64.0
  private static let lengths = [0, 1, 2, 3, 5]

  /// Arguments for some of the parameters.
  /// - Parameter large: whether whole numbers may be so large that nothing has that size.
  static func some(
    of parameters: [PluginParameter], besides given: [InitializerArgument], large: Bool, _ random: inout RandomStream
  ) -> [InitializerArgument] {
    parameters.compactMap { parameter in
      let present = given.first { $0.name == parameter.name }
      // Half of them stay, so that not everything is strange at once.
      guard Bool.random(using: &random) else { return present }
      return InitializerArgument(parameter.name, value(parameter, large ? integers + largeIntegers : integers, &random))
    }
  }

  private static func value(
    _ parameter: PluginParameter, _ integers: [Double], _ random: inout RandomStream
  ) -> ArgumentValue {
    switch parameter.kind {
    case .bool: return .word(Bool.random(using: &random) ? "true" : "false")
    case .word:
      return .word((parameter.choices.isEmpty ? words : parameter.choices).randomElement(using: &random) ?? "word")
    case .int: return .number(number(parameter, integers, &random).rounded())
    case .real: return .number(number(parameter, reals, &random))
    case .ints: return .list(list(&random) { number(parameter, integers, &$0).rounded() })
    case .reals: return .list(list(&random) { number(parameter, reals, &$0) })
    }
  }

  private static func number(
    _ parameter: PluginParameter, _ choices: [Double], _ random: inout RandomStream
  ) -> Double {
    var choices = choices
    let isWhole = parameter.kind == .int || parameter.kind == .ints
    for bound in [parameter.minimum, parameter.maximum].compactMap(\.self) where !isWhole || abs(bound.value) <= largest
    {
      choices += [bound.value, bound.value]
    }
    if parameter.takesNonFinite, !isWhole { choices += [.nan, .infinity, -.infinity, .nan] }
    return ArgumentGuess.within(parameter, choices.randomElement(using: &random) ?? 1)
  }

  private static func list(_ random: inout RandomStream, _ make: (inout RandomStream) -> Double) -> [Double] {
    let count = lengths.randomElement(using: &random) ?? 1
    return (0..<count).map { _ in make(&random) }
  }

  /// The same with one argument fewer, or a shorter list.
  static func simpler(
    _ arguments: [InitializerArgument], keeping required: Set<String>
  ) -> [[InitializerArgument]] {
    let fewer = arguments.indices.filter { !required.contains(arguments[$0].name) }.map { index in
      Array(arguments[..<index] + arguments[(index + 1)...])
    }
    let shorter = arguments.indices.compactMap { index -> [InitializerArgument]? in
      guard case .list(let list) = arguments[index].value, !list.isEmpty else { return nil }
      var copy = arguments
      copy[index] = InitializerArgument(arguments[index].name, .list(list.dropLast()))
      return copy
    }
    return fewer + shorter
  }
}

/// Shapes of all ranks, with sizes that are no powers of two.
enum StrangeShapes {
  private static let sizes = [1, 1, 2, 3, 5, 8, 17, 33]

  /// - Parameter limit: how many elements it may have.
  static func one(limit: Int, _ random: inout RandomStream) -> [Int] {
    var shape: [Int] = []
    for _ in 0..<Int.random(in: 0...5, using: &random) {
      let size = sizes.randomElement(using: &random) ?? 1
      if shape.reduce(size, *) <= limit { shape.append(size) }
    }
    return shape
  }

  /// The same with one axis fewer, or a smaller one.
  static func simpler(_ shape: [Int]) -> [[Int]] {
    let fewer = shape.indices.map { index in Array(shape[..<index] + shape[(index + 1)...]) }
    let smaller = shape.indices.filter { shape[$0] > 1 }.map { index in
      var copy = shape
      copy[index] = shape[index] / 2
      return copy
    }
    return fewer + smaller
  }
}
