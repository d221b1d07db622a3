import Foundation
import JSONText
import Reinit
import Testing

private let cases: [JSONValue] = {
  let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Reference/outputs.json")
  return (try? JSONValue(parsing: String(contentsOf: url, encoding: .utf8)))?["cases"]?.array ?? []
}()

/// The numbers of Reference/make.py: from -1/2 to 1/2 in steps of 2^-16, scaled and shifted.
private func numbers(_ shape: Shape, salt: Int, scale: Double, shift: Double = 0) -> Tensor {
  var elements = [Float](repeating: 0, count: shape.count)
  for index in elements.indices {
    var h = UInt32(truncatingIfNeeded: index) &* 2_654_435_761 &+ UInt32(truncatingIfNeeded: salt) &* 0x9E37_79B1
    h = (h ^ (h >> 15)) &* 0x2C1B_3C6D
    h ^= h >> 12
    elements[index] = Float((Double(h >> 16) / 65536 - 0.5) * scale + shift)
  }
  return Tensor(elements, shape: shape)
}

/// Weights of variance 2/fan_in, all else near where it begins; integers as they begin.
private func filled(_ model: Chain) throws -> Chain {
  var fresh = model
  try fresh.reinitialize(with: .default, seed: 0)
  var salt = 99
  return try fresh.mapWithPath(.all) { path, old in
    salt += 1
    guard old.dtype.isFloatingPoint else { return old }
    let (name, rank) = (path.description, old.shape.rank)
    if name.hasSuffix("running_var") || rank == 1 && name.hasSuffix("weight") {
      return numbers(old.shape, salt: salt, scale: 0.5, shift: 1)
    }
    if rank == 1 { return numbers(old.shape, salt: salt, scale: 0.2) }
    let inputs = old.shape.sizes.dropFirst().reduce(1, *)
    return numbers(old.shape, salt: salt, scale: (24 / Double(inputs)).squareRoot())
  }
}

@Suite("Models compute what torchvision's compute")
struct OutputTests {
  @Test("Scores of two pictures agree to a ten-thousandth of the largest", arguments: cases.indices)
  func scores(_ index: Int) throws {
    let json = cases[index]
    let name = try #require(json["model"]?.string)
    let (height, width) = (try #require(json["height"]?.int), try #require(json["width"]?.int))
    let settings = name.hasPrefix("vit") ? ["classes=10", "image_size=\(height)"] : ["classes=10"]
    let model = try filled(ModelDescriptor.named(name).build(settings))
    let scores = try model.applied(to: [numbers([2, 3, height, width], salt: 1, scale: 2)])[0]
    let expected = (json["output"]?.array ?? []).compactMap(\.double)
    #expect(scores.shape == [2, 10] && expected.count == 20)
    let largest = expected.map(abs).max() ?? 0
    let distance = zip(scores.elements, expected).map { abs($0 - $1) }.max() ?? .infinity
    #expect(distance <= 1e-4 * largest, "\(name): \(distance / largest)")
  }

  @Test("There are reference values for every family that torchvision has, but for the largest")
  func coverage() { #expect(cases.count == 15) }
}
