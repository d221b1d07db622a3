import Functors
import Inference
import Initializers
import LayerVocabulary
import Models
import Reinitialization
import Tensors
import Testing

/// The smallest model of each family, by parameters.
private let smallest: [ModelDescriptor] = {
  func size(_ model: ModelDescriptor) -> Int {
    (try? model.build().leaves())?.reduce(0) { $0 + $1.tensor.count } ?? .max
  }
  var chosen: [String: (model: ModelDescriptor, size: Int)] = [:]
  var order: [String] = []
  for model in ModelDescriptor.all {
    let (name, size) = (model.family.name, size(model))
    if let other = chosen[name], other.size <= size { continue }
    if chosen[name] == nil { order.append(name) }
    chosen[name] = (model, size)
  }
  return order.compactMap { chosen[$0]?.model }
}()

@Suite("Built-in models")
struct BuiltInModelTests {
  @Test("The smallest of each family computes the same with oneDNN and without", arguments: smallest.map(\.name))
  func agrees(_ name: String) throws {
    var model = try ModelDescriptor.named(name).build(["classes=10"])
    try model.reinitialize(with: LayerDefault(), seed: 5)
    // The smallest picture that goes through.
    let sizes = [32, 48, 64, 75, 96, 128, 160, 224, try ModelDescriptor.named(name).imageSize]
    let size = try #require(sizes.first { (try? model.shapes(for: [[1, 3, $0, $0]])) != nil })
    let input = numbers([1, 3, size, size], salt: 2, scale: 2)
    let own = try model.applied(to: [input], in: ForwardPass(kernels: .own))
    let other = try model.applied(to: [input], in: ForwardPass(kernels: .oneDNN))
    #expect(distance(other, own) <= 1e-3, "\(name), \(size): \(distance(other, own))")
    #expect(Set(own[0].elements).count > 1 && own[0].elements.allSatisfy(\.isFinite), "\(name)")
  }
}
