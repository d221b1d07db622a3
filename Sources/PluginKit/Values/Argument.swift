import CReinit

/// The value of a parameter.
public enum Argument: Sendable, Hashable {
  /// Yes or no.
  case bool(Bool)
  /// A whole number.
  case int(Int)
  /// A number.
  case real(Double)
  /// A word.
  case word(String)
  /// Whole numbers.
  case ints([Int])
  /// Numbers.
  case reals([Double])

  /// A copy of what the host lent; nil for a type of a newer host.
  init?(_ value: ri_value) {
    let count = Int(value.count)
    switch Int(value.type) {
    case RI_VALUE_BOOL: self = .bool(value.u.i64 != 0)
    case RI_VALUE_INT: self = .int(Int(value.u.i64))
    case RI_VALUE_REAL: self = .real(value.u.f64)
    case RI_VALUE_WORD: self = .word(String(ri_str(ptr: value.u.word, len: UInt64(count))))
    case RI_VALUE_INTS: self = .ints(UnsafeBufferPointer(lent: value.u.i64s, count: count).map { Int($0) })
    case RI_VALUE_REALS: self = .reals(Array(UnsafeBufferPointer(lent: value.u.f64s, count: count)))
    default: return nil
    }
  }

  /// The value for the host, which borrows it from the arena.
  func value(in arena: Arena) -> ri_value {
    var value = ri_value()
    switch self {
    case .bool(let flag): value.u.i64 = flag ? 1 : 0
    case .int(let number): value.u.i64 = Int64(number)
    case .real(let number): value.u.f64 = number
    case .word(let word):
      let text = arena.text(word)
      (value.u.word, value.count) = (text.ptr, UInt32(clamping: text.len))
    case .ints(let list):
      (value.u.i64s, value.count) = (
        UnsafePointer(arena.array(list.map { Int64($0) })), UInt32(clamping: list.count)
      )
    case .reals(let list):
      (value.u.f64s, value.count) = (UnsafePointer(arena.array(list)), UInt32(clamping: list.count))
    }
    value.type = type
    return value
  }

  var type: UInt32 {
    switch self {
    case .bool: UInt32(RI_VALUE_BOOL)
    case .int: UInt32(RI_VALUE_INT)
    case .real: UInt32(RI_VALUE_REAL)
    case .word: UInt32(RI_VALUE_WORD)
    case .ints: UInt32(RI_VALUE_INTS)
    case .reals: UInt32(RI_VALUE_REALS)
    }
  }
}
