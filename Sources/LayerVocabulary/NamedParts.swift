import Tensors

extension Geometry {
  /// A range along an axis that has a name.
  package struct NamedPart: Sendable, Equatable {
    /// As rules write it: `forget`, `expert 3`; for several of a kind the last of them.
    package let name: String
    package let axis: Int
    package let range: Range<Int>
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
    guard sizes.count > 1, sizes.reduce(0, +) == size else { return [] }
    let names = partNames.count == sizes.count ? partNames : packedNames ?? Geometry.usualNames[sizes.count] ?? []
    var (parts, start) = ([NamedPart](), 0)
    for (index, size) in sizes.enumerated() {
      let range = start..<start + size
      if index < names.count { parts.append(NamedPart(name: names[index], axis: axis, range: range)) }
      parts.append(NamedPart(name: "part \(index)", axis: axis, range: range))
      start += size
    }
    return parts
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
