/// The signs that tables, bars, plots and trees are drawn with, as Unicode or as plain ASCII.
public struct Symbols: Sendable, Equatable {
  /// Whether every sign is an ASCII character.
  public let isASCII: Bool

  /// The line under headings, one column wide.
  public let rule: String
  /// Tree connectors, three columns wide each: a child with later siblings, a last child, a passing line, nothing.
  public let branch: String, lastBranch: String, trunk: String, blank: String

  /// Marks in front of results.
  public let passed: String, failed: String, skipped: String, crashed: String

  /// Parts of a cell filled from the left, narrowest first; the last fills the cell.
  public let eighths: [String]
  /// Parts of a cell filled from below, lowest first; the last fills the cell.
  public let levels: [String]
  /// The cells of a progress bar: done, half done, still to do.
  public let done: String, half: String, rest: String

  /// The ends of a one-line histogram's axis.
  public let axisStart: String, axisEnd: String
  /// The lines of a plot: its vertical axis plain and with a tick, its corner, its base plain and with a tick.
  public let axis: String, axisTick: String, corner: String, base: String, baseTick: String

  /// Signs within text.
  public let minus: String, ellipsis: String, arrow: String, times: String, separator: String

  /// Box lines, eighth blocks and typographic signs.
  public static let unicode = Symbols(
    isASCII: false, rule: "─", branch: "├─ ", lastBranch: "└─ ", trunk: "│  ", blank: "   ",
    passed: "✔", failed: "✘", skipped: "–", crashed: "☠",
    eighths: ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"], levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    done: "━", half: "╸", rest: "─", axisStart: "┤", axisEnd: "├",
    axis: "│", axisTick: "┤", corner: "└", base: "─", baseTick: "┬",
    minus: "−", ellipsis: "…", arrow: "→", times: "×", separator: "·")

  /// Signs for terminals and locales that show nothing else.
  public static let ascii = Symbols(
    isASCII: true, rule: "-", branch: "|- ", lastBranch: "`- ", trunk: "|  ", blank: "   ",
    passed: "ok", failed: "XX", skipped: "--", crashed: "!!",
    eighths: [".", "#"], levels: [".", ":", "-", "=", "+", "*", "#", "@"],
    done: "=", half: ">", rest: "-", axisStart: "|", axisEnd: "|",
    axis: "|", axisTick: "+", corner: "+", base: "-", baseTick: "+",
    minus: "-", ellipsis: "...", arrow: "->", times: "x", separator: "|")

  /// What stands for the typographic signs of our own wording where only ASCII is shown.
  static func ascii(for scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "−", "–", "—", "─", "━": "-"
    case "×": "x"
    case "→": "->"
    case "←": "<-"
    case "·", "│", "‖", "┤", "├": "|"
    case "…": "..."
    case "‘", "’": "'"
    case "“", "”": "\""
    case "≤": "<="
    case "≥": ">="
    case "≠": "!="
    case "≈": "~"
    case "±": "+/-"
    case "√": "sqrt "
    case "²": "^2"
    case "³": "^3"
    case "∞": "inf"
    case "Δ": "d"
    case "σ": " sigma"
    case "µ", "μ": "u"
    case "✔": ascii.passed
    case "✘": ascii.failed
    case "☠": ascii.crashed
    case "\u{A0}": " "
    default: nil
    }
  }
}
