import Functors
import Initializers
import LayerVocabulary
import Tensors

/// What a plan needs to know of a parameter, besides where it is; shared by all parameters alike.
struct ParameterFacts: Sendable {
  let role: ParameterRole
  let shape: Shape
  let dtype: DType
  let byteCount: Int
  let isFrozen: Bool
  let geometry: Geometry?
  let otherGeometries: [Geometry]
  let fresh: (any Initializer)?

  /// Whether two are certainly the same; initializers are if they are the same bits, so that zeros of two signs differ.
  func isSame(as other: ParameterFacts) -> Bool {
    shape == other.shape && role == other.role && dtype == other.dtype && byteCount == other.byteCount
      && isFrozen == other.isFrozen && geometry == other.geometry && otherGeometries == other.otherGeometries
      && ParameterFacts.areSame(fresh, other.fresh)
  }

  private static func areSame(_ a: (any Initializer)?, _ b: (any Initializer)?) -> Bool {
    guard let a else { return b == nil }
    guard let b else { return false }
    return areSameBits(a, b)
  }

  private static func areSameBits<A: Initializer, B: Initializer>(_ a: A, _ b: B) -> Bool {
    guard A.self == B.self else { return false }
    return withUnsafeBytes(of: a) { a in withUnsafeBytes(of: b) { b in a.elementsEqual(b) } }
  }

  /// Equal for those that are the same, and seldom for others.
  var hash: Int {
    var hash = UInt(bitPattern: shape.count) &* 31 &+ UInt(bitPattern: byteCount)
    for size in shape.sizes { hash = (hash ^ UInt(bitPattern: size)) &* 0x9E37_79B9_7F4A_7C15 }
    return Int(hash >> 32) ^ (geometry == nil ? 1 : 0)
  }
}

extension ParameterFacts {
  init(
    _ tensor: Tensor, _ visit: borrowing Visit, geometry: Geometry?, otherGeometries: [Geometry],
    fresh: (any Initializer)?
  ) {
    self.init(
      role: visit.role ?? .weight, shape: tensor.shape, dtype: tensor.dtype, byteCount: tensor.byteCount,
      isFrozen: visit.isFrozen, geometry: geometry, otherGeometries: otherGeometries, fresh: fresh)
  }

  /// What its layer knows of a parameter; what an enclosing layer tells of its beginning stands above that, unless it is
  /// `default`.
  init(_ tensor: Tensor, _ visit: borrowing Visit, of layer: any Layer, told: (any Initializer)?) {
    let field = visit.field
    self.init(
      tensor, visit, geometry: layer.geometry(of: field),
      otherGeometries: layer.recognition?.otherGeometries(of: field) ?? [],
      fresh: ParameterFacts.spoken(told) ?? layer.fresh(field))
  }

  private static func spoken(_ told: (any Initializer)?) -> (any Initializer)? {
    guard let told else { return nil }
    return told is LayerDefault ? nil : told
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
