import CReinit
import CallText
import Diagnostics
import Initializers
import LayerVocabulary
import Tensors

/// Calls a plain C function with one set of arguments.
final class FunctionFiller: ForeignFiller {
  private let function: ForeignFunction
  private let arguments: [Double]
  private let turn: Turn?
  let givesNonFinite: Bool

  init(
    _ plugin: LoadedPlugin, _ signature: FunctionSignature, _ pointer: UInt, _ user: UInt,
    _ description: InitializerDescription, _ arguments: [ArgumentValue]
  ) throws(Diagnostic) {
    function = try ForeignFunction(
      signature, code: pointer, user: user,
      site: plugin.environment.site("function", plugin.name(of: description.name)),
      observer: plugin.environment.services.observer)
    self.arguments = arguments.map(FunctionFiller.number)
    turn = plugin.turn(of: description.name)
    givesNonFinite = description.givesNonFinite
  }

  private static func number(_ value: ArgumentValue) -> Double {
    switch value {
    case .number(let number): number
    case .word(let word): word == "true" ? 1 : 0
    case .list(let numbers): numbers.first ?? 0
    }
  }

  func fill(
    _ bytes: UnsafeMutableRawBufferPointer, dtype: DType, shape: Shape, from first: Int, of draw: Draw,
    stream: RandomStream
  ) throws(Diagnostic) {
    try draw.fillRounding(bytes, dtype: dtype, from: first) { (values, first) throws(Diagnostic) in
      try fill(values, shape, first, draw, stream)
    }
  }

  private func fill(
    _ out: UnsafeMutableBufferPointer<Float>, _ shape: Shape, _ first: Int, _ draw: Draw, _ stream: RandomStream
  ) throws(Diagnostic) {
    let place = FillPlace(draw)
    let request = FunctionRequest(
      offset: first, total: shape.count, shape: shape.sizes, fanIn: place.fans.map { Double($0.fanIn) },
      fanOut: place.fans.map { Double($0.fanOut) }, seed: FunctionFiller.seed(of: stream),
      blockIndex: place.block?.index ?? 0, blockCount: place.block?.count ?? 0, parameters: arguments)
    guard let turn else { return try function.fill(request, into: out) }
    try turn.taking { () throws(Diagnostic) in try function.fill(request, into: out) }
  }

  /// 64 bits of the user's seed and the path: the first two words of the stream's last lane.
  static func seed(of stream: RandomStream) -> UInt64 {
    var lane = RandomStream(seed: stream.seed, nameHash: stream.nameHash, lane: 15)
    return lane.next()
  }
}
