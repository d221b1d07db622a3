import Reinit

/// How plugins are spoken of.
enum PluginWords {
  /// `1 layer`, `2 layers`.
  static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  /// `2 initializers, 1 layer`.
  static func offers(_ plugin: PluginDescription) -> String {
    let parts = [(plugin.initializers.count, "initializer"), (plugin.layers.count, "layer")]
    return parts.filter { $0.0 > 0 }.map(counted).joined(separator: ", ")
  }

  /// `gabor(gain: 1, size)`: a call with all defaults.
  static func call(_ name: String, _ parameters: [PluginParameter]) -> String {
    guard !parameters.isEmpty else { return name }
    let arguments = parameters.map { item in item.defaultValue.map { "\(item.name): \($0)" } ?? item.name }
    return "\(name)(\(arguments.joined(separator: ", ")))"
  }

  /// A parameter's default, meaning and range.
  static func line(_ parameter: PluginParameter) -> String {
    let described = parameter.described
    return "\(described.name): \(described.defaultValue?.description ?? "required") — \(described.summary)"
  }

  /// A path as a shell takes it.
  static func quoted(_ path: String) -> String {
    let path = path.hasPrefix("-") ? "./\(path)" : path
    let isPlain = path.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+:,@%".contains($0)) }
    return isPlain && !path.isEmpty ? path : "'\(path.replacing("'", with: #"'\''"#))'"
  }
}
