import Functors
import Initializers
import LayerVocabulary
import Reinitialization
import Tensors

/// Rows 1 to 4 and 12: filling memory.
enum FillRows {
  static let count = 100_000_000
  private static let draws: [(row: Int, name: String, draw: Draw, peer: String, faster: Double, share: Double?)] = [
    (1, "normal", .normal(std: 1), "normal", 9, 0.5), (2, "uniform", .uniform(low: -1, high: 1), "uniform", 11, 0.85),
    (3, "truncated ±2 sd", .truncatedNormal(mean: 0, std: 1, low: -2, high: 2), "truncated", 100, nil),
  ]

  static func cases(_ memory: Memory) -> [Case] {
    draws.flatMap { row, name, draw, peer, faster, share in
      [1, 2].map { threads in
        var line = Case(
          row: row, name: "\(name), f32, 10⁸, \(threads)T", measure: .rate(count),
          ours: fill(memory, draw, threads), limit: ("constant", fill(memory, .constant(0.5), threads)))
        line.peers = [("torch", "fill \(peer) \(count) \(threads)")]
        line.rounds = row == 3 ? 3 : 7
        line.goals = threads == 1 ? [.faster(than: "torch", by: faster)] : share.map { [.ofLimit($0)] } ?? []
        return line
      }
    }
  }

  /// Fills memory that is there already, as a plan is carried out.
  static func fill(_ memory: Memory, _ draw: Draw, _ threads: Int, count: Int = count) -> Case.Work {
    {
      let bytes = memory.bytes(4 * count)
      let filling = try Filling(
        draw, shape: Shape([count]), dtype: .f32, stream: RandomStream(seed: 1, name: "bench"))
      let ranges = FillRange.inMemory([(count, 4)], threads: threads)
      return {
        defer { withExtendedLifetime(memory) {} }
        return timed(atLeast: 0.01) {
          Workers.run(ranges.count, threads: threads) { index in
            let range = ranges[index]
            let part = UnsafeMutableRawBufferPointer(
              rebasing: bytes.value[4 * range.first..<4 * (range.first + range.count)])
            try? filling.write(from: range.first, to: part)
          }
        }
      }
    }
  }

  static let orthogonalShapes: [[Int]] = [[512, 512], [2048, 2048], [4096, 1024], [512, 512, 3, 3]]

  /// Row 4: whole matrices, in fresh memory of ours and in the peer's own.
  static var orthogonal: [Case] {
    orthogonalShapes.map { sizes in
      let text = sizes.map(String.init)
      return orthogonal(
        text.joined(separator: "×"), Shape(sizes), peer: "orthogonal \(text.joined(separator: ","))")
    } + [orthogonal("1024 of 32×32", [32768, 32], parts: 1024, peer: "orthogonals 1024 32 32")]
  }

  private static func orthogonal(_ name: String, _ shape: Shape, parts: Int = 1, peer: String) -> Case {
    Case(
      row: 4, name: "orthogonal, \(name), 1T", measure: .milliseconds,
      ours: {
        let context = ParameterContext(name: "bench", shape: shape, geometry: Geometry(parts: parts))
        let draw = try Orthogonal(gain: 1).draw(for: context)
        let stream = RandomStream(seed: 1, name: "bench")
        return { try timed { _ = try Tensor(drawing: draw, shape: shape, stream: stream) } }
      }, peers: [("torch", peer)], goals: [.faster(than: "torch", by: 5)])
  }
}

/// Memory that was written to before, lent to one case after the other.
final class Memory {
  /// Bytes for several threads.
  struct Bytes: @unchecked Sendable {
    let value: UnsafeMutableRawBufferPointer
  }
  private var tensor = Tensor(lazy: [0])

  func bytes(_ count: Int) -> Bytes {
    if tensor.byteCount < count {
      tensor = Tensor(uninitialized: [count / 4])
      tensor.withMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 1) }
    }
    return Bytes(value: tensor.withMutableBytes { UnsafeMutableRawBufferPointer(rebasing: $0[..<count]) })
  }
}
