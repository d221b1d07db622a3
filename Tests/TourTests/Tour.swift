import Reinit
import Testing

// Each function body between the markers is a block of docs/tour.md, word for word; TourTests holds both against
// each other and looks at what the blocks did.

enum Tour {
  // tour: by type
  static func byType() throws -> Chain {
    var model = Chain(Dense(in: 2, out: 3))
    try model.reinitialize(Dense.self, seed: 0) { layer, _ in
      layer.weight = Tensor([1, 1, 2, 2, 3, 3], shape: [3, 2])
    }
    return model
  }
  // end

  // tour: function first
  static func functionFirst(_ model: inout DenseNet) throws {
    try model.reinitialize(with: .truncatedNormal(std: 0.02), seed: 7)
  }
  // end

  // tour: rules
  static func rules(_ model: inout DenseNet) throws -> Receipt {
    try model.reinitialize(seed: 7) {
      Fill(Conv.self, with: .truncatedNormal(std: 0.02))
      Fill(Dense.self, with: .truncatedNormal(std: 0.02))
      Fill(\Dense.bias, with: .zeros)
    }
  }
  // end

  // tour: skip by name
  static func skipByName(_ model: DenseNet) throws -> DenseNet {
    let skeleton = try model.skeleton(skipping: "bias", "classifier")
    return try model.map(along: skeleton) { _, tensor in tensor * 0.5 }
  }
  // end

  // tour: branch
  static func branch(_ model: inout Autoencoder) throws {
    try model.enc.reinitialize(with: .orthogonal(gain: 1.4), seed: 7)
  }
  // end

  // tour: branch of a run
  static func branchOfARun(_ model: inout Autoencoder) throws {
    try model.reinitialize(at: \.enc, with: .kaimingNormal(), seed: 7)
  }
  // end

  // tour: stop at layers
  static func stopAtLayers(_ model: DenseNet) throws -> DenseNet {
    try model.mapNodes(
      deciding: { visit in visit.node is Conv ? .stop : .descend },
      replacing: { visit in
        guard var conv = visit.node as? Conv else { return visit.node }
        try conv.weight.fill(
          with: .kaimingNormal(), seed: 7, name: "\(visit.path).weight", geometry: conv.geometry(of: "weight"))
        return conv
      })
  }
  // end

  // tour: norms
  static func norms(_ model: inout Autoencoder) throws {
    try model.reinitialize(seed: 7) {
      Fill("LayerNorm.weight", with: .constant(0.5))
      Keep(LayerScale.self)
    }
  }
  // end

  // tour: scales
  static func scales(_ model: inout Autoencoder) throws {
    try model.reinitialize(seed: 7) { Fill("LayerNorm Scale.weight", with: .ones) }
  }
  // end

  // tour: before and after
  static func beforeAndAfter(_ model: Autoencoder) throws -> (before: [String], after: [String]) {
    var (before, after): ([String], [String]) = ([], [])
    try model.forEach { visit in
      before.append("\(visit.path)")
      return visit.node is LayerNorm ? .skip : .descend
    } after: { visit in
      after.append("\(visit.path)")
    }
    return (before, after)
  }
  // end

  // tour: all weights
  static func allWeights(_ model: inout DenseNet) throws -> Receipt {
    try model.reinitialize(with: .glorotUniform(), seed: 7)
  }
  // end

  // tour: fresh
  static func fresh(_ model: inout DenseNet) throws {
    try model.reinitialize(with: .default, seed: 7)
  }
  // end

  // tour: plan
  static func plan(_ model: DenseNet) throws -> Plan {
    try model.plan(seed: 7) { Fill("**.conv2", with: .orthogonal(gain: 1.4)) }
  }
  // end

  // tour: save
  static func save(_ model: inout DenseNet, to path: String) throws -> DenseNet {
    let receipt = try model.reinitialize(with: .default, seed: 7)
    try model.save(to: path, receipt: receipt)
    return try DenseNet().loaded(from: path)
  }
  // end
}
