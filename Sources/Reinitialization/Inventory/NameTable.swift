import Diagnostics
import Functors

/// Every name of a tree once; nodes keep codes.
///
/// A position is its own code, below zero, so that lists of any length add no names.
struct NameTable: Sendable {
  /// The code of the empty name: an unnamed child.
  static let unnamed: Int32 = 0

  private(set) var keys: [PathKey] = [.name("")]
  private var codes: [ByteName: Int32] = [ByteName(""): unnamed]
  /// For each name, the one that came after it the last time: layers of a type name their fields in one order.
  private var followers: [Int32] = [0]
  private var last = 0

  /// The code of a step.
  mutating func code(of key: PathKey) -> Int32 {
    switch key {
    case .name(let name): code(of: name)
    case .index(let index): Int32(exactly: index).flatMap { $0 >= 0 ? ~$0 : nil } ?? code(of: key.text)
    }
  }

  /// The code of a name.
  mutating func code(of name: String) -> Int32 {
    let expected = followers[last]
    if case .name(let known) = keys[Int(expected)], ByteName.areSame(known, name) {
      last = Int(expected)
      return expected
    }
    let code = codes[ByteName(name)] ?? add(name)
    followers[last] = code
    last = Int(code)
    return code
  }

  /// The codes of the steps with that text, at most two: a name, and a position.
  func codes(of text: String) -> [Int32] {
    let position = Int32(text).flatMap { $0 >= 0 && String($0) == text ? ~$0 : nil }
    let name = codes[ByteName(text)].flatMap { $0 == NameTable.unnamed ? nil : $0 }
    return [name, position].compactMap { $0 }
  }

  private mutating func add(_ name: String) -> Int32 {
    let code = Int32(keys.count)
    keys.append(.name(name))
    followers.append(code)
    codes[ByteName(name)] = code
    return code
  }

  /// The step of a code.
  func key(_ code: Int32) -> PathKey { code < 0 ? .index(Int(~code)) : keys[Int(code)] }

  /// The text of a code's step.
  func text(_ code: Int32) -> String { key(code).text }
}
