let treeCodes: [Code] = [
  .viewOutOfRange, .cycle, .rebuildMismatch, .structureMismatch, .noSuchPath, .lentNameTwice, .cannotPrune,
  .tooManyPaths, .shapeMismatch, .tiedSourcesDiffer, .valueMissing,
]

extension Code {
  /// A view does not lie in its storage.
  public static let viewOutOfRange = Code(
    "R0501", .badData, "a view lies outside of its storage",
    cause: "A tensor was made over a byte range that the storage does not have, or that its shape does not fill.",
    fix: "Give an offset and a shape whose bytes lie within the storage.")
  /// A node contains itself.
  public static let cycle = Code(
    "R0502", .badData, "a tree contains itself",
    cause: "Walking down from a node led back to the same node. Only layers with identity (a plugin's) can do this.",
    fix: "Break the cycle at the path that the error names; a tie is said with Shared, not with a reference.")
  /// A node cannot be rebuilt from what it was given.
  public static let rebuildMismatch = Code(
    "R0503", .badData, "a node cannot be rebuilt from those children",
    cause: "A map gave a child of another type, or another number of children, than the node holds.",
    fix: "Return a value of the field's own type; for a field that may be absent, the absent value is allowed.")
  /// Two trees differ where they must agree.
  public static let structureMismatch = Code(
    "R0504", .badData, "two trees differ in structure",
    cause: "A map over several trees, or copying state between models, found a branch in one that another lacks.",
    fix: "Compare both trees at the path that the error names; further branches of later trees are no error.")
  /// Nothing has that path.
  public static let noSuchPath = Code(
    "R0505", .usage, "no node has that path",
    cause: "A path names a child that is not there.", fix: "List the paths with `reinit summary`.")
  /// Two unnamed children lend one name.
  public static let lentNameTwice = Code(
    "R0506", .badData, "a name would be lent twice",
    cause: "Children without a name lend their children's names to their parent; two of them lend the same one.",
    fix: "Name one of the two children.")
  /// Something that must be there was pruned.
  public static let cannotPrune = Code(
    "R0507", .badData, "a child cannot be pruned",
    cause: "A map pruned a child that its parent cannot do without.",
    fix: "Prune only optional fields and elements of lists; skip leaves a child as it is.")
  /// Ties multiply the paths beyond reason.
  public static let tooManyPaths = Code(
    "R0508", .badData, "a tree has too many paths",
    cause: "Shared nodes inside of shared nodes multiply the number of paths; a plan needs each of them.",
    fix: "Share at one level, or plan for a branch.")
  /// Two tensors that must agree have different shapes.
  public static let shapeMismatch = Code(
    "R0509", .badData, "two tensors differ in shape",
    cause: "State was copied, or a tensor replaced, by one of another shape.",
    fix: "Give a tensor of the shape that the error expects.")
  /// Places of one tie would get different values.
  public static let tiedSourcesDiffer = Code(
    "R0510", .badData, "tied tensors would get different values",
    cause: "Two places of a tied tensor are to be loaded from tensors that are not tied and differ.",
    fix: "Untie the two places in the model, filter one of the paths out, or tie the source's tensors as well.")
  /// One of two trees has no value where the other has one that is not zero.
  public static let valueMissing = Code(
    "R0511", .badData, "a value has no counterpart",
    cause: """
      State was copied between models of which one has a tensor where the other has none (a layer without bias, a \
      lazy tensor). That is the same thing only if the tensor is zero.
      """,
    fix: "Filter the path out, or give both models the same fields.")
}
