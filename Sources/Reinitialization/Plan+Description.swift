extension Plan: CustomStringConvertible {
  /// A line for each rule, with what it comes to, and what no rule reaches.
  public var description: String {
    let lines = rules.map { "\($0.text): \($0.tensors) tensors, \($0.parameters) parameters" }
    return (lines + ["no rule: \(untouched.count) tensors"]).joined(separator: "\n")
  }
}

extension Receipt: CustomStringConvertible {
  /// A line for each tensor: its name, the initializer, and the seed.
  public var description: String {
    entries.map { "\($0.entry.name): \($0.entry.initializer), seed \($0.seed)" }.joined(separator: "\n")
  }
}
