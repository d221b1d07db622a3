/// A line of text made of pieces, each with a role; it is shown by a ``Style``.
///
/// A string literal is our own wording: its typographic signs get ASCII forms where needed. What is
/// interpolated or passed as a `String` is data (a tensor's name, a file's): it is shown exactly, with control
/// characters escaped visibly.
///
///     let line: Text = "\(path): \(type, .layer) 7×7 → \("zeros", .initializer)"
public struct Text: Sendable, Equatable, ExpressibleByStringInterpolation {
  struct Span: Sendable, Equatable {
    var string: String
    var role: Style.Role?
    var isData: Bool
  }

  var spans: [Span]

  /// Shows a string from outside, exactly and safely.
  public init(_ data: String) { spans = [Span(string: data, role: nil, isData: true)] }

  /// A line of our own wording.
  public init(stringLiteral value: String) {
    spans = value.isEmpty ? [] : [Span(string: value, role: nil, isData: false)]
  }

  /// A line of our own wording with data in it.
  public init(stringInterpolation: StringInterpolation) { spans = stringInterpolation.spans }

  private init(spans: [Span]) { self.spans = spans }

  /// Collects the pieces of an interpolated literal.
  public struct StringInterpolation: StringInterpolationProtocol {
    var spans: [Span] = []

    /// Begins an empty text.
    public init(literalCapacity: Int, interpolationCount: Int) {
      spans.reserveCapacity(2 * interpolationCount + 1)
    }

    /// Adds our own wording.
    public mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { spans.append(Span(string: literal, role: nil, isData: false)) }
    }

    /// Adds a string from outside.
    public mutating func appendInterpolation(_ data: String, _ role: Style.Role? = nil) {
      spans.append(Span(string: data, role: role, isData: true))
    }

    /// Adds another text; pieces without a role take this one.
    public mutating func appendInterpolation(_ text: Text, _ role: Style.Role? = nil) {
      spans += text.styled(role).spans
    }

    /// Adds an integer in plain decimal.
    public mutating func appendInterpolation(_ value: some BinaryInteger, _ role: Style.Role? = nil) {
      spans.append(Span(string: String(value), role: role, isData: false))
    }
  }

  /// Whether there is nothing to show.
  public var isEmpty: Bool { spans.allSatisfy(\.string.isEmpty) }

  /// The same text, with a role for the pieces that have none.
  public func styled(_ role: Style.Role?) -> Text {
    Text(spans: spans.map { Span(string: $0.string, role: $0.role ?? role, isData: $0.isData) })
  }

  /// Two texts on one line.
  public static func + (left: Text, right: Text) -> Text { Text(spans: left.spans + right.spans) }

  /// Appends a text.
  public static func += (left: inout Text, right: Text) { left.spans += right.spans }

  /// Cut at the line breaks of our own wording; those in data are left, to be escaped.
  var lines: [Text] {
    var result: [[Span]] = [[]]
    for span in spans {
      guard !span.isData else {
        result[result.count - 1].append(span)
        continue
      }
      let parts = span.string.split(separator: "\n", omittingEmptySubsequences: false)
      for (index, part) in parts.enumerated() {
        if index > 0 { result.append([]) }
        result[result.count - 1].append(Span(string: String(part), role: span.role, isData: false))
      }
    }
    return result.map(Text.init(spans:))
  }
}
