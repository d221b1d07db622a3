import Tensors

extension Geometry {
  /// A part along an axis that has a name.
  package struct NamedPart: Sendable, Equatable {
    /// As rules write it: `forget`, `expert 3`; for several of a kind the last of them.
    package let name: String
    package let axis: Int
    /// In order; one for each head where parts are dealt out over heads.
    package let ranges: [Range<Int>]
  }

  /// The parts that rules can name of a weight of that shape: what is packed along the outputs, by names and by numbers.
  package func namedParts(of shape: Shape) -> [NamedPart] {
    guard fits(shape) else { return [] }
    return named(along: outAxis, size: shape[outAxis])
  }

  /// The same of a bias of so many elements that is added to what such a weight gives.
  package func namedParts(ofBias count: Int) -> [NamedPart] { named(along: 0, size: count) }

  private func named(along axis: Int, size: Int) -> [NamedPart] {
    let sizes = packed.isEmpty ? Array(repeating: size / parts, count: parts) : packed.map(\.size)
    guard sizes.count > 1, sizes.reduce(0, +) == size, let heads else { return [] }
    guard heads > 0, sizes.allSatisfy({ $0 % heads == 0 }) else { return [] }
    let names = partNames.count == sizes.count ? partNames : packedNames ?? Geometry.usualNames[sizes.count] ?? []
    var (parts, start) = ([NamedPart](), 0)
    for (index, piece) in sizes.map({ $0 / heads }).enumerated() {
      let ranges = (0..<heads).map { head in start + head * (size / heads)..<start + head * (size / heads) + piece }
      if index < names.count { parts.append(NamedPart(name: names[index], axis: axis, ranges: ranges)) }
      parts.append(NamedPart(name: "part \(index)", axis: axis, ranges: ranges))
      start += piece
    }
    return parts
  }

  /// In how many pieces each part lies; nil where nobody knows.
  private var heads: Int? {
    switch order {
    case .sequence: 1
    case .byHead(let count): count
    case .unknown: nil
    }
  }

  /// The names that packed parts were given; numbers are none.
  private var packedNames: [String]? {
    packed.isEmpty || packed.contains { Int($0.name) != nil } ? nil : packed.map(\.name)
  }

  /// What is nearly always meant where so many maps are packed and nobody has named them.
  private static let usualNames = [2: ["gate", "up"], 3: ["q", "k", "v"]]

  /// The axis along which experts lie one after the other; nil where there is none.
  package func expertAxis(of shape: Shape) -> Int? { isStacked && fits(shape) ? kernelAxes(of: shape).first : nil }
}
