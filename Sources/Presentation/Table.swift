/// Rows and columns of text, as wide as they need to be or as narrow as a terminal asks.
///
///     var table = Table([.init("path", elision: .path), .init("parameters", .right)])
///     table.add([Text(path), Text(style.numbers.integer(count))])
///     for line in table.lines(in: style, width: console.tableWidth) { … }
public struct Table: Sendable {
  /// Where a cell's text stands in its column.
  public enum Alignment: Sendable {
    /// At the left edge.
    case left
    /// At the right edge.
    case right
    /// With the decimal points below each other; text without one ends where they stand.
    case decimal
  }

  /// What a column that may shrink gives up; an ellipsis stands for it.
  public enum Elision: Sendable {
    /// The middle: beginning and end are equally telling.
    case middle
    /// Whole parts of a path after the first; the last ones, which tell most, are kept.
    case path
    /// The end: the beginning tells most, as in sentences.
    case end
  }

  /// The heading of a column and how its cells are set.
  public struct Column: Sendable {
    /// The heading; a table whose headings are all empty has no heading line.
    public var title: Text
    /// Where the cells' text stands.
    public var alignment: Alignment
    /// How cells are shortened on a narrow terminal, `nil` for never.
    public var elision: Elision?
    /// The blank columns on the right, before the next column.
    public var gap: Int

    /// Describes a column.
    public init(_ title: Text = "", _ alignment: Alignment = .left, elision: Elision? = nil, gap: Int = 2) {
      self.title = title
      self.alignment = alignment
      self.elision = elision
      self.gap = max(0, gap)
    }
  }

  /// The lines drawn within a table.
  public struct Rules: OptionSet, Sendable {
    /// One bit per line.
    public let rawValue: Int
    /// Makes a set from bits.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// A line under each heading.
    public static let header = Rules(rawValue: 1)
    /// A line across the table above its footer or closing line.
    public static let footer = Rules(rawValue: 2)
  }

  /// The columns, from left to right.
  public let columns: [Column]
  /// Blank columns before the first.
  public var indent: Int
  /// The lines drawn.
  public var rules: Rules
  /// The cells of a last row, for totals; in bold where they have no role.
  public var footer: [Text] = []
  /// Facts on a line below the table, broken between facts where too long; in bold where they have no role.
  public var closing: [Text] = []
  private(set) var rows: [[Text]] = []

  /// Makes a table without rows.
  public init(_ columns: [Column], indent: Int = 2, rules: Rules = [.header, .footer]) {
    self.columns = columns
    self.indent = max(0, indent)
    self.rules = rules
  }

  /// Adds a row; missing cells are blank, cells beyond the last column are left out.
  public mutating func add(_ cells: [Text]) { rows.append(cells) }

  /// The lines of the table, without line breaks and without blanks at their ends.
  /// - Parameter width: the columns of the terminal; `nil` where nothing may be shortened, as in a pipe.
  public func lines(in style: Style, width: Int? = nil) -> [String] {
    let lines = layout(in: style, width: width) + closingLines(in: style, width: width)
    return lines.map { $0.rendered(in: style) }
  }

  private func closingLines(in style: Style, width: Int?) -> [StyledLine] {
    guard !closing.isEmpty else { return [] }
    let facts = closing.enumerated().map { index, fact in
      StyledLine((index < closing.count - 1 ? fact + " ·" : fact).styled(.total), in: style)
    }
    return StyledLine.filled(with: facts, width: width ?? .max, indent: indent, hanging: indent)
  }
}
