import Initializers

extension LayerKind {
  static let dense = LayerKind("Dense", aliases: ["Linear"])
  static let conv = LayerKind("Conv", aliases: ["Conv1d", "Conv2d", "Conv3d", "Conv1D", "Conv2D", "Conv3D"])
  static let convTranspose = LayerKind(
    "ConvTranspose", aliases: ["ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "Conv2DTranspose"])
  static let embedding = LayerKind("Embedding", aliases: ["Embed", "EmbeddingBag"])
  static let bilinear = LayerKind("Bilinear")
  static let scale = LayerKind("Scale", aliases: ["Affine"])
  static let layerScale = LayerKind("LayerScale")
  static let layerNorm = LayerKind("LayerNorm", aliases: ["LayerNormalization", "LayerNorm2d"])
  static let groupNorm = LayerKind("GroupNorm", aliases: ["GroupNormalization"])
  static let rmsNorm = LayerKind("RMSNorm")
  static let instanceNorm = LayerKind(
    "InstanceNorm", aliases: ["InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"])
  static let batchNorm = LayerKind(
    "BatchNorm",
    aliases: ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm", "BatchNormalization"])
  static let prelu = LayerKind("PReLU")
  static let rnn = LayerKind("RNN", aliases: ["RNNCell", "SimpleRNN"])
  static let lstm = LayerKind("LSTM", aliases: ["LSTMCell"])
  static let gru = LayerKind("GRU", aliases: ["GRUCell"])
  static let multiHeadAttention = LayerKind(
    "MultiHeadAttention", aliases: ["MultiheadAttention", "MultiHeadDotProductAttention"])
  static let parameter = LayerKind("Parameter")
  static let activation = LayerKind("Activation")
  static let pool = LayerKind("Pool")
  static let flatten = LayerKind("Flatten")
  static let dropout = LayerKind("Dropout")
  static let identity = LayerKind("Identity", aliases: ["PassThrough"])
  static let chain = LayerKind("Chain", aliases: ["Sequential"])
  static let parallel = LayerKind("Parallel")
  static let skipConnection = LayerKind("SkipConnection")
}
