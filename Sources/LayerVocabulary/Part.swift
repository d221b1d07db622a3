/// A part of a tensor as a rule says it: what stands in brackets at the end of a selector.
///
///     [50257:]    [2:7, ::2]    [-1]    [config.pad_token_id]    [forget]    [expert 3]    [rows where norm < 1e-6]    [mask dead.safetensors]
public enum Part: Sendable, Equatable {
  /// Slices as NumPy writes them, one for each axis of the file's order; those that are not said are whole.
  case slices([PartSlice])
  /// What a layer packs along an axis, by its name, or by a kind and a number: `forget`, `expert 3`.
  case named(String, number: Int?)
  /// The rows, along the first axis, of which a condition holds.
  case rows(RowCondition)
  /// Where a tensor of the same name and shape in another file is not 0.
  case mask(file: String)
}

/// An index along an axis, or where it stands.
public enum PartIndex: Sendable, Equatable, ExpressibleByIntegerLiteral {
  /// A number; a negative one counts from the end.
  case number(Int)
  /// The number that a field of config.json has: `config.pad_token_id`.
  case config(String)

  /// A number.
  public init(integerLiteral value: Int) { self = .number(value) }
}

/// What a part says of one axis.
public enum PartSlice: Sendable, Equatable {
  /// One index; a negative one counts from the end.
  case index(PartIndex)
  /// From one index to another, which is not included; negative ones count from the end.
  case range(from: PartIndex?, to: PartIndex?, step: Int)
  /// As many whole axes as there is room for.
  case ellipsis

  /// The whole axis.
  public static let whole = PartSlice.range(from: nil, to: nil, step: 1)
}

/// What must hold of a row.
public enum RowCondition: Sendable, Equatable {
  /// Every element is 0.
  case zero
  /// Some element is no number.
  case nan
  /// The Euclidean norm stands to a number in this way.
  case norm(Comparison, Double)

  /// How two numbers stand to each other.
  public enum Comparison: String, Sendable, CaseIterable {
    /// Less.
    case less = "<"
    /// At most.
    case atMost = "<="
    /// More.
    case more = ">"
    /// At least.
    case atLeast = ">="
  }
}

extension Part {
  /// A part by its name, and its number where there are several of that name: `.part("forget")`, `.part("expert", 3)`.
  public static func part(_ name: String, _ number: Int? = nil) -> Part { .named(name, number: number) }

  /// Slices, one for each axis: `.slice(.range(from: 2, to: 7), .index(-1))`.
  public static func slice(_ slices: PartSlice...) -> Part { .slices(slices) }

  /// Rows from one index on: `.rows(50257...)`.
  public static func rows(_ range: PartialRangeFrom<Int>) -> Part {
    .slices([.range(from: .number(range.lowerBound), to: nil, step: 1)])
  }

  /// Rows up to an index, which is not included.
  public static func rows(_ range: PartialRangeUpTo<Int>) -> Part {
    .slices([.range(from: nil, to: .number(range.upperBound), step: 1)])
  }

  /// Some rows.
  public static func rows(_ range: Range<Int>) -> Part {
    .slices([.range(from: .number(range.lowerBound), to: .number(range.upperBound), step: 1)])
  }

  /// Some rows, the last one included.
  public static func rows(_ range: ClosedRange<Int>) -> Part {
    .slices([.range(from: .number(range.lowerBound), to: .number(range.upperBound + 1), step: 1)])
  }

  /// One row.
  public static func row(_ index: Int) -> Part { .slices([.index(.number(index))]) }

  /// The row whose index a field of config.json is: `.row(config: "pad_token_id")`.
  public static func row(config field: String) -> Part { .slices([.index(.config(field))]) }

  /// The rows of which a condition holds.
  public static func rows(where condition: RowCondition) -> Part { .rows(condition) }
}

extension PartSlice {
  /// Every index between two bounds.
  public static func range(from: PartIndex? = nil, to: PartIndex? = nil) -> PartSlice {
    .range(from: from, to: to, step: 1)
  }
}

extension Part {
  /// The fields of config.json that its slices need.
  package var fields: [String] {
    guard case .slices(let slices) = self else { return [] }
    return slices.flatMap { slice -> [PartIndex] in
      switch slice {
      case .index(let index): [index]
      case .range(let from, let to, _): [from, to].compactMap { $0 }
      case .ellipsis: []
      }
    }.compactMap { if case .config(let field) = $0 { field } else { nil } }
  }
}

extension PartIndex: CustomStringConvertible {
  /// As it is written.
  public var description: String {
    switch self {
    case .number(let number): "\(number)"
    case .config(let field): "config.\(field)"
    }
  }
}

extension Part: CustomStringConvertible {
  /// As it is written, without brackets.
  public var description: String {
    switch self {
    case .slices(let slices): slices.map(\.description).joined(separator: ", ")
    case .named(let name, let number): name + (number.map { " \($0)" } ?? "")
    case .rows(let condition): "rows where \(condition)"
    case .mask(let file): "mask " + (Part.isPlain(file) ? file : "\"\(Part.escaped(file))\"")
    }
  }

  /// Whether a path can stand without quotes.
  private static func isPlain(_ path: String) -> Bool {
    !path.isEmpty
      && path.unicodeScalars.allSatisfy { $0.isASCII && $0.value > 0x20 && !"[]\"\\'".unicodeScalars.contains($0) }
  }

  private static func escaped(_ path: String) -> String {
    var text = String.UnicodeScalarView()
    for scalar in path.unicodeScalars {
      if scalar == "'" || scalar.value < 0x20 || scalar.value == 0x7F {
        text += "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars
      } else {
        if scalar == "\"" || scalar == "\\" { text.append("\\") }
        text.append(scalar)
      }
    }
    return String(text)
  }
}

extension PartSlice: CustomStringConvertible {
  /// As it is written.
  public var description: String {
    switch self {
    case .index(let index): "\(index)"
    case .range(let from, let to, let step):
      "\(from?.description ?? ""):\(to?.description ?? "")" + (step == 1 ? "" : ":\(step)")
    case .ellipsis: "..."
    }
  }
}

extension RowCondition: CustomStringConvertible {
  /// As it is written.
  public var description: String {
    switch self {
    case .zero: "zero"
    case .nan: "nan"
    case .norm(let comparison, let number): "norm \(comparison.rawValue) \(number)"
    }
  }
}
