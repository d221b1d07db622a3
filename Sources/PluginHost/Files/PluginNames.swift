/// What a kind of name is called, looks like, and accepts.
struct NameGrammar: Sendable {
  let what: String
  let form: String
  let example: String
  let accepts: @Sendable (String) -> Bool

  init(
    _ what: String, _ form: String, example: String, limit: Int, mayBeEmpty: Bool = false,
    _ rule: @escaping @Sendable ([UInt8]) -> Bool
  ) {
    (self.what, self.form, self.example) = (what, form, example)
    accepts = { text in
      let bytes = Array(text.utf8)
      return bytes.isEmpty ? mayBeEmpty : bytes.count <= limit && rule(bytes)
    }
  }
}

/// The grammars of all names that plugins bring, in manifests and in descriptors.
enum PluginNames {
  static let id = NameGrammar(
    "an id", "reverse DNS in lower case, at most 128 characters", example: "\"org.example.gabor\"", limit: 128
  ) { bytes in
    let parts = bytes.split(separator: 0x2E, omittingEmptySubsequences: false)
    return parts.count >= 2 && isLower(bytes[0])
      && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { isLower($0) || isDigit($0) || $0 == 0x2D } }
  }

  static let version = NameGrammar(
    "a version", "one to four numbers with dots, then -pre or +build", example: "\"1.2.0\"", limit: 64
  ) { bytes in
    let core = bytes.prefix { isDigit($0) || $0 == 0x2E }
    let numbers = core.split(separator: 0x2E, omittingEmptySubsequences: false)
    let rest = bytes[core.endIndex...]
    return (1...4).contains(numbers.count) && numbers.allSatisfy { (1...9).contains($0.count) }
      && (rest.isEmpty || isSuffix(rest))
  }

  static let license = NameGrammar(
    "a license", "an SPDX expression", example: "\"MIT\" or \"MIT OR Apache-2.0\"", limit: 256
  ) { bytes in
    (isLetter(bytes[0]) || isDigit(bytes[0]) || bytes[0] == 0x28)
      && bytes.allSatisfy { isLetter($0) || isDigit($0) || " .-+()/:_".utf8.contains($0) }
  }

  static let initializer = NameGrammar(
    "an initializer's name", "[a-z][a-z0-9_]*, at most 64 characters", example: "\"lecun_normal\"", limit: 64
  ) { bytes in
    isLower(bytes[0]) && bytes.allSatisfy { isLower($0) || isDigit($0) || $0 == 0x5F }
  }

  static let layer = NameGrammar(
    "a layer's name", "[A-Z][A-Za-z0-9]*, at most 64 characters", example: "\"SqueezeExcite\"", limit: 64
  ) { bytes in
    isLetter(bytes[0]) && !isLower(bytes[0]) && bytes.allSatisfy { isLetter($0) || isDigit($0) }
  }

  static let module = NameGrammar(
    "a module's name", "[A-Za-z_][A-Za-z0-9_]*", example: "\"SirenPlugin\"", limit: 128, isIdentifier)

  static let symbol = NameGrammar(
    "a C function's name", "[A-Za-z_][A-Za-z0-9_]*", example: "\"lecun_normal\"", limit: 256, isIdentifier)

  static let line = NameGrammar(
    "one line", "at most 4096 bytes without line ends and control characters", example: "\"Gabor filter bank\"",
    limit: 4096, mayBeEmpty: true
  ) { bytes in
    String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy(ShellText.isHarmless)
  }

  /// `-rc.1`, `+build5`, or both.
  private static func isSuffix(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count >= 2, let first = bytes.first, first == 0x2D || first == 0x2B else { return false }
    return bytes.allSatisfy { isLetter($0) || isDigit($0) || ".-+".utf8.contains($0) }
  }

  @Sendable private static func isIdentifier(_ bytes: [UInt8]) -> Bool {
    !isDigit(bytes[0]) && bytes.allSatisfy { isLetter($0) || isDigit($0) || $0 == 0x5F }
  }

  private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}
