/// `R08`: layers made from text, and their forward pass.
let forwardCodes: [Code] = [
  .noForwardPass, .inputCount, .inputShape, .inputType, .noContents, .indexOutOfRange, .layerMisfit,
  .malformedLayer, .unknownLayer, .layerNameTaken, .nestedLayerCount, .forwardFailed,
]

extension Code {
  /// A node cannot be applied to tensors.
  public static let noForwardPass = Code(
    "R0801", .usage, "a layer has no forward pass",
    cause: """
      A model was applied to tensors, and one of the values in it only holds parameters. Layers inferred from a \
      file's names, structures without a forward pass, and plugins' layers that declare none can be initialized, not \
      applied.
      """,
    fix: "Build the model of layers that compute, or let the type conform to ForwardLayer.")
  /// A layer takes another number of tensors.
  public static let inputCount = Code(
    "R0802", .usage, "a layer takes another number of tensors",
    cause: "Most layers take one tensor and give one; Bilinear takes two, attention one or three.",
    fix: "Give as many tensors as the error expects; the place says which layer of the model it is.")
  /// A tensor's shape does not suit a layer.
  public static let inputShape = Code(
    "R0803", .badData, "a tensor's shape does not suit a layer",
    cause: """
      An axis has another size than the layer's parameters say, there are too few axes or too many, or so little is \
      left after a kernel that the result would have no elements.
      """,
    fix: """
      Compare the tensor with the layer that the place names. The batch is axis 0 and channels are axis 1; Dense, \
      LayerNorm and attention work on the last axis.
      """)
  /// A tensor's element type does not suit a layer.
  public static let inputType = Code(
    "R0804", .badData, "a tensor's type does not suit a layer",
    cause: "Layers compute with floating-point numbers; Embedding looks up integers.",
    fix: "Convert the tensor first, as in `tensor.converted(to: .f32)`.")
  /// A tensor has a shape and no elements yet.
  public static let noContents = Code(
    "R0805", .usage, "a tensor has no contents yet",
    cause:
      "New layers have shapes only. They get values from a rule or from a file, and can compute after that.",
    fix: "Initialize the model first: `try model.reinitialize(with: .default, seed: 0)`.")
  /// An index is not one of a table's rows.
  public static let indexOutOfRange = Code(
    "R0806", .badData, "an index lies outside of its table",
    cause: "Embedding looks up one row for each index, counted from 0, and the table has fewer rows.",
    fix: "Check the vocabulary of whatever made the indices against the table's first axis.")
  /// A layer's numbers or parameters contradict each other.
  public static let layerMisfit = Code(
    "R0807", .usage, "a layer contradicts itself",
    cause: """
      Groups, heads or parts do not divide what they split, a list has another number of axes than the kernel, or a \
      tensor was replaced by one of another shape.
      """,
    fix: "Make the layer of sizes that agree; the error names the numbers.")
  /// The text of a layer cannot be read.
  public static let malformedLayer = Code(
    "R0808", .usage, "a layer cannot be read",
    cause: "A layer is written `Name` or `Name(argument: value, …)`, as in Swift.",
    fix: "Write it as in `Conv(in: 64, out: 16, kernel: [1, 1], bias: false)`, and quote it for the shell.")
  /// There is no layer of that name.
  public static let unknownLayer = Code(
    "R0809", .usage, "no such layer",
    cause: "The name is neither a built-in layer's, nor an alias of one, nor a loaded plugin's.",
    fix: "`reinit list layers` prints the names; load a plugin with --plugin FILE.")
  /// Two layers claim one name.
  public static let layerNameTaken = Code(
    "R0810", .unavailable, "a layer's name is taken",
    cause: "A plugin registers a layer under a full name that another one has.",
    fix: "Rename the plugin's layer, or load only one of the two plugins.")
  /// A layer is given more or fewer layers than it holds.
  public static let nestedLayerCount = Code(
    "R0811", .usage, "a layer holds another number of layers",
    cause: "Chain, Parallel and SkipConnection hold any number of layers; most others hold none.",
    fix: "Give as many layers as the error expects; `reinit explain NAME` says how many a layer takes.")
  /// A forward pass stopped in the midst.
  public static let forwardFailed = Code(
    "R0812", .unavailable, "a forward pass failed",
    cause: """
      A library that computes gave up in the midst of a layer, mostly because memory ran out. What the layer was given may \
      have been overwritten by then, so that the pass cannot go on another way.
      """,
    fix: "Use a smaller batch or smaller pictures, or compute with ForwardPass(kernels: .own).")
}
