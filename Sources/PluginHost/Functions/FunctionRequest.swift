/// One call's particulars: which elements of which tensor, and with what.
package struct FunctionRequest: Sendable {
  /// The first element's index in the tensor.
  package var offset: Int
  /// Elements of the whole tensor.
  package var total: Int
  /// Its sizes.
  package var shape: [Int]
  /// Inputs of the linear map that the tensor is; nil where it is none.
  package var fanIn: Double?
  /// Outputs, likewise.
  package var fanOut: Double?
  /// 64 bits made of the user's seed and the path: never the seed itself.
  package var seed: UInt64
  /// Which of the equal blocks the tensor lies in, from 0.
  package var blockIndex: Int
  /// How many there are; 0 where that is not known.
  package var blockCount: Int
  /// The hyper-parameters' values in the order of their indices; truth values as 0 and 1.
  package var parameters: [Double]

  /// A request from its parts.
  package init(
    offset: Int = 0, total: Int, shape: [Int], fanIn: Double? = nil, fanOut: Double? = nil, seed: UInt64 = 0,
    blockIndex: Int = 0, blockCount: Int = 0, parameters: [Double] = []
  ) {
    (self.offset, self.total, self.shape) = (offset, total, shape)
    (self.fanIn, self.fanOut, self.seed) = (fanIn, fanOut, seed)
    (self.blockIndex, self.blockCount, self.parameters) = (blockIndex, blockCount, parameters)
  }
}
