/// How text reaches its reader: with or without color, in Unicode or in ASCII.
///
/// Everything that is shown passes through a style, so plain output holds no escape code, and no name from a
/// file can put one there.
public struct Style: Sendable, Equatable {
  /// The user's wish about color.
  public enum Mode: String, Sendable, CaseIterable {
    /// Decided by the environment and by whether the output is a terminal.
    case auto
    /// Color whatever the environment says.
    case always
    /// No color.
    case never
  }

  /// What a piece of text is; each role has one color everywhere.
  public enum Role: Sendable, Hashable, CaseIterable {
    /// The type of a layer: cyan.
    case layer
    /// The name of an initializer: green.
    case initializer
    /// A check that passed: green.
    case passed
    /// Something that changed or deserves attention: yellow.
    case changed
    /// Something removed, not a number, or failed: red.
    case failed
    /// Units, rules, headings and other things of second rank: dim, the grey of every palette.
    case secondary
    /// Totals and titles: bold.
    case total
  }

  /// Whether roles are shown as colors.
  public let usesColor: Bool
  /// The signs that things are drawn with.
  public let symbols: Symbols
  /// Whether the reader's locale shows Unicode; where not, foreign characters of names are escaped.
  public let showsUnicode: Bool

  /// Makes a style from its parts.
  public init(usesColor: Bool = false, symbols: Symbols = .unicode, showsUnicode: Bool = true) {
    self.usesColor = usesColor
    self.symbols = showsUnicode ? symbols : .ascii
    self.showsUnicode = showsUnicode
  }

  /// Decides as users expect of any command: `NO_COLOR` over `CLICOLOR_FORCE` over the terminal test.
  ///
  /// A `mode` other than `.auto` was asked for in so many words and comes before all of them. `TERM=dumb` means
  /// no color and ASCII signs; so does, for the signs, a locale whose encoding is not UTF-8.
  /// - Parameters:
  ///   - mode: the command line's `--color`.
  ///   - isTerminal: whether this stream goes to a terminal.
  ///   - environment: reads `NO_COLOR`, `CLICOLOR_FORCE`, `TERM`, `LC_ALL`, `LC_CTYPE`, `LANG`.
  public init(mode: Mode, isTerminal: Bool, environment: [String: String]) {
    let isDumb = environment["TERM"] == "dumb"
    let isUnicode = Self.isUTF8(environment)
    self.init(
      usesColor: Self.wantsColor(mode, isTerminal && !isDumb, environment),
      symbols: isUnicode && !isDumb ? .unicode : .ascii, showsUnicode: isUnicode)
  }

  private static func wantsColor(_ mode: Mode, _ canShow: Bool, _ environment: [String: String]) -> Bool {
    switch mode {
    case .always: return true
    case .never: return false
    case .auto:
      if let value = environment["NO_COLOR"], !value.isEmpty { return false }
      if let value = environment["CLICOLOR_FORCE"], !value.isEmpty, value != "0" { return true }
      return canShow
    }
  }

  /// The first of the three variables that is set and not empty decides, as in POSIX.
  private static func isUTF8(_ environment: [String: String]) -> Bool {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      guard let value = environment[name], !value.isEmpty else { continue }
      let lowered = value.lowercased()
      return lowered.contains("utf-8") || lowered.contains("utf8")
    }
    return false
  }

  /// Formats numbers with this style's signs.
  public var numbers: NumberFormat { NumberFormat(symbols: symbols) }

  /// Shows one line of text; line breaks within it are escaped like other control characters.
  public func callAsFunction(_ text: Text) -> String { StyledLine(text, in: self).rendered(in: self) }

  /// The number of terminal columns that a text takes when it is shown.
  public func width(of text: Text) -> Int { StyledLine(text, in: self).width }

  static func code(of role: Role) -> String {
    switch role {
    case .layer: "36"
    case .initializer, .passed: "32"
    case .changed: "33"
    case .failed: "31"
    case .secondary: "2"
    case .total: "1"
    }
  }
}
