/// The type of an argument or result, numbered as `RI_TYPE_…`.
package enum FunctionType: UInt32, Sendable, CaseIterable {
  case void, i8, u8, i16, u16, i32, u32, i64, u64, f32, f64, pointer

  /// Whether it is an integer of any width.
  package var isInteger: Bool { Self.i8.rawValue <= rawValue && rawValue <= Self.u64.rawValue }
  /// Whether it is floating-point.
  package var isFloatingPoint: Bool { self == .f32 || self == .f64 }
  /// Whether it is an integer or floating-point.
  package var isNumber: Bool { isInteger || isFloatingPoint }

  /// The word in manifests; nil for a pointer, whose word says what it points to.
  package var word: String? { self == .pointer ? nil : "\(self)" }

  /// How C spells it.
  package var spelling: String {
    switch self {
    case .void: "void"
    case .f32: "float"
    case .f64: "double"
    case .pointer: "void *"
    default: "\(rawValue % 2 == 1 ? "int" : "uint")\(8 << ((rawValue - 1) / 2))_t"
    }
  }
}

/// What an argument is for, numbered as `RI_ARG_…`.
package enum FunctionRole: UInt32, Sendable, CaseIterable {
  /// The result.
  case result
  /// `float *`: where elements go.
  case outF32
  /// `double *`: where elements go.
  case outF64
  /// The element's index, in an elementwise function.
  case index
  /// How many to write.
  case count
  /// The first one's index.
  case offset
  /// Elements of the whole tensor.
  case total
  /// Axes.
  case rank
  /// `const int64_t *`: sizes.
  case shape
  /// Inputs of the linear map.
  case fanIn
  /// Outputs of the linear map.
  case fanOut
  /// Made of the user's seed and the tensor's path.
  case seed
  /// A hyper-parameter.
  case parameter
  /// Which of the equal blocks the tensor lies in.
  case blockIndex
  /// How many blocks there are.
  case blockCount
  /// `void *`: the plugin's own.
  case user

  /// The argument's name in a prototype.
  var name: String {
    switch self {
    case .outF32, .outF64: "out"
    case .index: "i"
    case .count: "n"
    case .fanIn: "fan_in"
    case .fanOut: "fan_out"
    case .blockIndex: "block"
    case .blockCount: "blocks"
    default: "\(self)"
    }
  }

  /// The word in manifests; nil for those that a manifest cannot have.
  ///
  /// `out` is the word for both kinds of output.
  var word: String? {
    switch self {
    case .result, .user: nil
    case .index, .count: "\(self)"
    case .parameter: "param"
    case .blockIndex: "block_index"
    case .blockCount: "block_count"
    default: name
    }
  }

  /// The pointer that C sees, if it is one.
  var pointer: String? {
    switch self {
    case .outF32: "float *"
    case .outF64: "double *"
    case .shape: "const int64_t *"
    case .user: "void *"
    default: nil
    }
  }

  /// Whether the type is one that the role allows.
  func allows(_ type: FunctionType) -> Bool {
    switch self {
    case .result: type != .pointer
    case .outF32, .outF64, .shape, .user: type == .pointer
    case .index, .count, .offset, .total, .rank, .blockIndex, .blockCount: type.isInteger
    case .seed: type == .u64
    case .fanIn, .fanOut, .parameter: type.isNumber
    }
  }

  /// The types that the role allows, in words.
  var allowed: String {
    switch self {
    case .result: "a number or void"
    case .outF32, .outF64, .shape, .user: "a pointer: '\(pointer ?? "")'"
    case .index, .count, .offset, .total, .rank, .blockIndex, .blockCount: "an integer, such as u64"
    case .seed: "u64"
    case .fanIn, .fanOut, .parameter: "a number, such as f64"
    }
  }
}
