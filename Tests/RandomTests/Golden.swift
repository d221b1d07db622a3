import CKernels
import Foundation
import Tensors
import Testing

/// Reference/golden.json, made by reference_random.py from docs/random.md alone.
struct Golden: Decodable {
  struct Stream: Decodable {
    var seed, name, hash, first: String
    var lane: UInt32
    var words: [UInt32]
  }
  struct Transform: Decodable {
    var parameters: [String]
    var method: String?
    var bits: [UInt32]

    var values: [Float] { parameters.map { Float(bitPattern: UInt32($0, radix: 16) ?? 0) } }
  }

  var streams: [Stream]
  var words: [UInt32]
  var uniform, normal, truncated: [Transform]

  static func load() throws -> Golden { try reference("golden.json") }
}

/// A file of Reference, decoded.
func reference<Value: Decodable>(_ name: String) throws -> Value {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Reference")
  return try JSONDecoder().decode(Value.self, from: Data(contentsOf: folder.appendingPathComponent(name)))
}

/// The bits of what `transform` makes of `words`.
func bits(of words: [UInt32], _ transform: (UnsafeMutablePointer<Float>?, [UInt32], Int) -> Void) -> [UInt32] {
  [Float](unsafeUninitializedCapacity: words.count) { values, count in
    transform(values.baseAddress, words, words.count)
    count = words.count
  }.map(\.bitPattern)
}

/// Where two lists first differ, for a message that can be read.
func firstDifference(_ words: [UInt32], _ found: [UInt32], _ expected: [UInt32]) -> String? {
  guard found.count == expected.count else { return "\(found.count) values, \(expected.count) expected" }
  guard let i = found.indices.first(where: { found[$0] != expected[$0] }) else { return nil }
  let word = i < words.count ? String(words[i], radix: 16) : "?"
  return "value \(i), word \(word): \(String(found[i], radix: 16)), not \(String(expected[i], radix: 16))"
}
