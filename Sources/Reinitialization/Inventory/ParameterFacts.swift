import Functors
import Initializers
import Tensors

/// What a plan needs to know of a parameter, besides where it is; shared by all parameters alike.
struct ParameterFacts: Sendable {
  let role: Role
  let shape: Shape
  let dtype: DType
  let byteCount: Int
  let isFrozen: Bool
  let geometry: Geometry?
  let otherGeometries: [Geometry]
  let fresh: (any Initializer)?

  /// Whether two are certainly the same; initializers that cannot be compared count as different.
  func isSame(as other: ParameterFacts) -> Bool {
    shape == other.shape && role == other.role && dtype == other.dtype && byteCount == other.byteCount
      && isFrozen == other.isFrozen && geometry == other.geometry && otherGeometries == other.otherGeometries
      && ParameterFacts.areSame(fresh, other.fresh)
  }

  private static func areSame(_ a: (any Initializer)?, _ b: (any Initializer)?) -> Bool {
    switch (a, b) {
    case (nil, nil): true
    case (let a?, let b?): a.isEqual(to: b)
    default: false
    }
  }

  /// Equal for those that are the same, and seldom for others.
  var hash: Int {
    var hash = UInt(bitPattern: shape.count) &* 31 &+ UInt(bitPattern: byteCount)
    for size in shape.sizes { hash = (hash ^ UInt(bitPattern: size)) &* 0x9E37_79B9_7F4A_7C15 }
    return Int(hash >> 32) ^ (geometry == nil ? 1 : 0)
  }
}

/// Facts, those that were met lately once.
struct FactsTable: Sendable {
  private(set) var all: [ParameterFacts] = []
  private var lately = [Int32](repeating: -1, count: 1024)

  /// The index of facts.
  mutating func index(of facts: ParameterFacts) -> Int32 {
    let slot = facts.hash & 1023
    let known = lately[slot]
    if known >= 0, all[Int(known)].isSame(as: facts) { return known }
    lately[slot] = Int32(all.count)
    all.append(facts)
    return lately[slot]
  }
}
