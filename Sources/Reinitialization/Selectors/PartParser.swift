import Diagnostics
import LayerVocabulary

/// Reads what stands between the brackets of a part.
struct PartParser {
  private let text: [Unicode.Scalar]
  private var position = 0

  init(_ text: ArraySlice<Unicode.Scalar>) { self.text = Array(text) }

  private var next: Unicode.Scalar? { position < text.count ? text[position] : nil }

  /// - Throws: ``Diagnostics/ErrorCode/partSyntax``.
  mutating func part() throws(Diagnostic) -> Part {
    skipSpaces()
    guard let first = next else { throw error("nothing stands in the brackets") }
    let part = first.isLetter && !isField ? try words() : Part.slices(try slices())
    skipSpaces()
    guard next == nil else { throw error("'\(rest)' follows what was a part") }
    return part
  }

  private mutating func words() throws(Diagnostic) -> Part {
    let name = word()
    skipSpaces()
    switch name {
    case "mask" where next != nil: return .mask(file: try file())
    case "rows" where next != nil:
      guard word() == "where" else { throw error("'where' is missing behind 'rows'") }
      skipSpaces()
      return .rows(try condition())
    default:
      guard next != nil else { return .named(name, number: nil) }
      guard let number = integer(), number >= 0 else { throw error("'\(rest)' is no number of a part '\(name)'") }
      return .named(name, number: number)
    }
  }

  private mutating func condition() throws(Diagnostic) -> RowCondition {
    let start = position
    switch word() {
    case "zero": return .zero
    case "nan": return .nan
    case "norm":
      skipSpaces()
      let sign = take { "<>=".unicodeScalars.contains($0) }
      guard let comparison = RowCondition.Comparison(rawValue: sign) else {
        throw error("'norm' is compared by <, <=, > or >=")
      }
      skipSpaces()
      let number = take { $0 != " " && $0 != "\t" }
      guard let bound = Double(number), bound.isFinite else { throw error("'\(number)' is no number") }
      return .norm(comparison, bound)
    default:
      position = start
      throw error("'\(rest)' is no condition on rows")
    }
  }

  private mutating func file() throws(Diagnostic) -> String {
    guard next == "\"" else { return take { _ in true }.trimmedAtEnd }
    position += 1
    var path = String.UnicodeScalarView()
    while let scalar = next, scalar != "\"" {
      position += 1
      path.append(scalar == "\\" ? try escape() : scalar)
    }
    guard next == "\"" else { throw error("the quotes are not closed") }
    position += 1
    guard !path.isEmpty else { throw error("no file is named") }
    return String(path)
  }

  private mutating func escape() throws(Diagnostic) -> Unicode.Scalar {
    guard let mark = next else { throw error("the quotes are not closed") }
    position += 1
    guard mark == "u", next == "{" else { return mark }
    position += 1
    let digits = take { $0 != "}" }
    position += 1
    guard let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init) else {
      throw error("'\(digits)' is no character's number")
    }
    return scalar
  }

  private mutating func slices() throws(Diagnostic) -> [PartSlice] {
    var slices: [PartSlice] = []
    repeat {
      skipSpaces()
      slices.append(try slice())
      skipSpaces()
    } while skip(",")
    guard slices.count(where: { $0 == .ellipsis }) < 2 else { throw error("'...' stands more than once") }
    return slices
  }

  private mutating func slice() throws(Diagnostic) -> PartSlice {
    if skip(".") {
      guard skip("."), skip(".") else { throw error("'...' has three dots") }
      return .ellipsis
    }
    let from = try index()
    skipSpaces()
    guard skip(":") else {
      guard let from else { throw error(next == nil ? "a slice is missing" : "'\(rest)' is no slice") }
      return .index(from)
    }
    skipSpaces()
    let to = try index()
    skipSpaces()
    guard skip(":") else { return .range(from: from, to: to, step: 1) }
    skipSpaces()
    guard let step = integer() else { return .range(from: from, to: to, step: 1) }
    guard step > 0 else { throw error("a step is at least 1: what order values are in is not a part's business") }
    return .range(from: from, to: to, step: step)
  }

  /// A number, or `config.FIELD`.
  private mutating func index() throws(Diagnostic) -> PartIndex? {
    guard isField else { return integer().map(PartIndex.number) }
    position += PartParser.config.count
    let field = take { $0.isLetter || $0 == "_" || $0 == "." || ("0"..."9").contains($0) }
    guard !field.split(separator: ".", omittingEmptySubsequences: false).contains("") else {
      throw error("'config.\(field)' names no field of config.json")
    }
    return .config(field)
  }

  private static let config = Array("config.".unicodeScalars)
  private var isField: Bool { text[position...].starts(with: PartParser.config) }

  private mutating func integer() -> Int? {
    let start = position
    let isNegative = skip("-")
    guard let value = Int(take { $0.isASCII && ("0"..."9").contains($0) }) else {
      position = start
      return nil
    }
    return isNegative ? -value : value
  }

  private mutating func word() -> String { take { $0.isLetter || $0 == "_" || ("0"..."9").contains($0) } }

  private mutating func take(_ isTaken: (Unicode.Scalar) -> Bool) -> String {
    let start = position
    let rest = text[position...]
    position = rest.firstIndex { !isTaken($0) } ?? rest.endIndex
    return String(String.UnicodeScalarView(text[start..<position]))
  }

  private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    position += 1
    return true
  }

  private mutating func skipSpaces() { while let scalar = next, isSpace(scalar) { position += 1 } }

  private func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

  private var rest: String { SelectorCharacters.excerpt(of: Array(text[position...])) }

  private func error(_ message: String) -> Diagnostic {
    Diagnostic(
      .partSyntax, "a part cannot be read: \(message)", at: "'[\(SelectorCharacters.excerpt(of: text))]'",
      expected: "slices, the name of a part, a condition on rows, or a mask",
      hints: [
        "[2:7, ::2], [-1], [config.pad_token_id], [forget], [expert 3], [rows where zero], [rows where norm < 1e-6], [mask FILE]",
        "brackets that belong to a name stand in double quotes: blocks.\"a[0]\".weight",
      ])
  }
}

extension Unicode.Scalar {
  fileprivate var isLetter: Bool { isASCII && properties.isAlphabetic }
}

extension String {
  fileprivate var trimmedAtEnd: String {
    String(self[..<(lastIndex { $0 != " " && $0 != "\t" }.map(index(after:)) ?? startIndex)])
  }
}
