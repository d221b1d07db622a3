/// `R01`: initializers, their arguments, and the tensors they cannot fill.
let initializerCodes: [Code] = [
  .noFan, .ambiguousLayout, .geometryMismatch, .unsuitableShape, .argumentOutOfRange, .unknownInitializer,
  .unknownArgument, .malformedInitializer, .missingArgument, .argumentTwice, .argumentKind, .notRepresentable,
  .noFreshState, .notFloatingPoint, .initializerNameTaken, .noGain, .malformedDraw, .tooManyArguments,
  .ambiguousName,
]

extension Code {
  /// A scheme that needs a fan was given something that has none.
  public static let noFan = Code(
    "R0101", .usage, "a fan is needed where there is none",
    cause: """
      Schemes such as kaiming_normal scale weights by the number of inputs or outputs of a linear map. Norm \
      scales, biases, LayerScale and tensors that belong to no known layer have no such number.
      """,
    fix: """
      Aim the rule at weights (`@weight=…`), give the layer's type with --type, or take the number from the \
      shape alone, as torch does, with the argument `fans: shape`.
      """)
  /// The meaning of the axes is not known, and matters.
  public static let ambiguousLayout = Code(
    "R0102", .usage, "the layout of a weight is not known",
    cause: """
      A file holds numbers and names, not layers. The same shape is [out, in] in torch, [in, out] in Flax and in \
      GPT-2's Conv1D, and the initializer gives different values for the two.
      """,
    fix: """
      Say which layer it is (--type), which layout the file has (--layout torch, flax, mlx or conv1d), or \
      take the fans from the shape (`fans: shape`).
      """)
  /// A layer's geometry contradicts the tensor's shape.
  public static let geometryMismatch = Code(
    "R0103", .badData, "a weight does not have its layer's shape",
    cause:
      "The layer says what the axes mean, and the tensor lacks an axis, or groups or parts do not divide it.",
    fix: "Correct the layer's type or its number of groups with --type.")
  /// The initializer is not defined for a tensor of that shape.
  public static let unsuitableShape = Code(
    "R0104", .usage, "the initializer is not defined for that shape",
    cause: "Some initializers need a matrix, a convolution's kernel, or at least as many outputs as inputs.",
    fix: "Narrow the rule to tensors of a suitable shape, or use another initializer for these.")
  /// An argument's value is outside of its range.
  public static let argumentOutOfRange = Code(
    "R0105", .usage, "an argument is out of range",
    cause:
      "A standard deviation is not negative, bounds are in order, a share lies in [0, 1], numbers are finite.",
    fix: "`reinit explain NAME` lists the parameters with their ranges.")
  /// There is no initializer of that name.
  public static let unknownInitializer = Code(
    "R0106", .usage, "no such initializer",
    cause:
      "The name is neither an initializer's, nor an alias, nor a framework's preset, nor a loaded plugin's.",
    fix: "`reinit list initializers` prints the names; load a plugin with --plugin FILE.")
  /// The initializer has no argument of that name.
  public static let unknownArgument = Code(
    "R0107", .usage, "no such argument",
    cause:
      "The initializer or layer has parameters, but none of that name. Presets have those of their framework.",
    fix: "`reinit explain NAME` lists the parameters.")
  /// The text of an initializer cannot be read.
  public static let malformedInitializer = Code(
    "R0108", .usage, "an initializer cannot be read",
    cause: "An initializer is written `name` or `name(argument: value, …)`.",
    fix:
      "Write arguments as in `truncated_normal(std: 0.02, bounds: sigma)`, and quote the rule for the shell.")
  /// An argument without default was left out.
  public static let missingArgument = Code(
    "R0109", .usage, "an argument is missing",
    cause: "The parameter has no default, because no value is right for everyone.",
    fix: "Give the argument.")
  /// An argument was given twice.
  public static let argumentTwice = Code(
    "R0110", .usage, "an argument is given twice",
    cause:
      "Positional arguments fill the parameters in order; one of them was also given by name, or named twice.",
    fix: "Give it once.")
  /// An argument is of the wrong kind, or not one of the words.
  public static let argumentKind = Code(
    "R0111", .usage, "an argument is of the wrong kind",
    cause: "Each parameter takes a number, one of a few words (`true` and `false` among them), or a list of numbers.",
    fix: "`reinit explain NAME` lists what each parameter takes.")
  /// A resolved number does not survive in the tensor's type.
  public static let notRepresentable = Code(
    "R0112", .usage, "values do not fit the tensor's type",
    cause: """
      Values are made in 32-bit floats and rounded to the tensor's type. The resolved numbers would become \
      infinite, would all become 0, or are not integers where the tensor holds integers.
      """,
    fix: "Choose arguments within the range of the type, or convert the checkpoint to a wider one first.")
  /// A weight's layer does not say how it begins.
  public static let noFreshState = Code(
    "R0113", .usage, "no fresh state is known",
    cause: """
      `default` gives each parameter its layer's own fresh state. Biases and scales have one by their role; \
      this is a weight or a buffer, and its layer is unknown or does not say how it begins.
      """,
    fix: "Give the weight an initializer by name, or leave the tensor out with keep.")
  /// A tensor's elements are not floating-point numbers.
  public static let notFloatingPoint = Code(
    "R0114", .usage, "the tensor does not hold floating-point numbers",
    cause:
      "Integer buffers, such as a counter of batches, get their layer's own constant by `default`, and nothing else.",
    fix: "Narrow the rule so that it leaves this tensor out, or keep it with --keep.")
  /// Two initializers claim one name.
  public static let initializerNameTaken = Code(
    "R0115", .unavailable, "an initializer's name is taken",
    cause: "A plugin registers an initializer under a name or alias that another one has.",
    fix: "Rename the plugin's initializer; a name with the plugin's id in front is always free.")
  /// An activation has no usable gain.
  public static let noGain = Code(
    "R0116", .usage, "an activation has no gain",
    cause: """
      The gain is 1/√E[f(z)²] for a standard normal z. For this activation the expectation is zero, infinite, or \
      could not be computed because the function is not piecewise smooth.
      """,
    fix: "Give the gain as a number: `gain: 1.4`.")
  /// A recorded draw cannot be repeated on its tensor.
  public static let malformedDraw = Code(
    "R0117", .badData, "a recorded initialization does not fit its tensor",
    cause:
      "A receipt or a journal holds resolved numbers that contradict the tensor's shape or type; it was changed.",
    fix: "Use the receipt that belongs to the file.")
  /// There are more positional arguments than parameters.
  public static let tooManyArguments = Code(
    "R0118", .usage, "too many arguments",
    cause: "More positional arguments were given than the initializer or layer has parameters.",
    fix: "`reinit explain NAME` lists the parameters.")
  /// Two plugins publish one short name.
  public static let ambiguousName = Code(
    "R0119", .usage, "a name means two things",
    cause: """
      A plugin's initializers and layers are published under their full names, with the plugin's id in front, and \
      under their short ones. Two loaded plugins have the same short name.
      """,
    fix: "Write the full name that was meant, as in `org.example.se/SqueezeExcite`; the error lists them.")
}
