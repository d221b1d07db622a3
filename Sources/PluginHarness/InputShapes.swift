import Diagnostics

extension HarnessOptions {
  /// Takes shapes as a user writes them: `Gate=[2, 8] [2, 3]`, of a layer's inputs or of tensors for an initializer.
  /// - Throws: ``Diagnostics/ErrorCode/usage``.
  public mutating func addInput(_ text: String) throws(Diagnostic) {
    let (name, shapes) = try InputShapes.parse(text)
    inputs[name] = shapes
  }
}

/// The text of `--input`: `Gate=[2, 8] [2, 3]`.
enum InputShapes {
  static func parse(_ text: String) throws(Diagnostic) -> (name: String, shapes: [[Int]]) {
    func fault() -> Diagnostic {
      Diagnostic(
        .usage, "the shapes of inputs are not understood", expected: "NAME=[SIZE, …], one in brackets for each input",
        found: "'\(text)'", hints: ["--input 'Gate=[2, 8]'"])
    }
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { throw fault() }
    var shapes: [[Int]] = []
    for part in text[text.index(after: equals)...].split(separator: "]") {
      let inner = part.drop { $0 == " " || $0 == "," }
      if inner.isEmpty { continue }
      guard inner.hasPrefix("[") else { throw fault() }
      let words = inner.dropFirst().split(separator: ",").map { $0.filter { $0 != " " } }
      let sizes = words.compactMap { Int($0) }.filter { (0...1 << 40).contains($0) }
      guard sizes.count == words.count else { throw fault() }
      shapes.append(sizes)
    }
    guard !shapes.isEmpty else { throw fault() }
    return (String(text[..<equals]), shapes)
  }
}
