/// `R02`: rules, selectors, recipes, and the plans and receipts that come of them.
let ruleCodes: [Code] = [
  .ruleSyntax, .selectorSyntax, .ruleMatchesNothing, .ambiguousSelector, .mixedRoles, .tieConflict,
  .notFillable,
  .nothingToDo, .outsideBranch, .recipeSyntax, .unknownRecipe, .receiptMissing, .receiptMismatch,
  .planMismatch, .receiptUnreadable,
]

extension Code {
  /// A rule is not of the form that rules have.
  public static let ruleSyntax = Code(
    "R0201", .usage, "a rule cannot be read",
    cause: """
      A rule is SELECTOR=INITIALIZER, such as 'Conv.weight=kaiming_normal(mode: fan_out)', or keep \
      SELECTOR. The first '=' outside of double quotes divides the two sides, and neither may be empty.
      """,
    fix:
      "Write both sides; put the whole rule in single quotes so that the shell leaves '*', '?' and '>' alone."
  )

  /// A selector breaks the grammar.
  public static let selectorSyntax = Code(
    "R0202", .usage, "a selector cannot be read",
    cause: """
      A selector is a type (Conv), a type's field (Conv.weight), a path with '*' and '**' \
      (layer4.**.weight), a role (@bias), or several of them joined by a space or '>'. The error names the \
      byte, counted from 0, at which the text stops being one.
      """,
    fix: """
      Put names with odd characters (spaces, @ > = ? * / # ( ) , and quotes) in double quotes, part by \
      part: blocks."my layer".weight. A '?' stands at the very end only and means that no match is \
      accepted.
      """)

  /// A rule matches nothing.
  public static let ruleMatchesNothing = Code(
    "R0203", .usage, "a rule matches nothing",
    cause: """
      Nothing in this tree is what the rule's selector names, or nothing there can be filled by it: a \
      selector that ends at a layer or branch fills parameters in the role weight only, and frozen \
      parameters are reached by their exact path only. A rule without effect is nearly always a slip, so \
      it is an error.
      """,
    fix: """
      Take one of the selectors that the error suggests, or look up the paths and types with reinit \
      summary. Where no match is fine, for rules that serve several models, end the selector with '?'.
      """)

  /// A selector can be read as a path and as a type.
  public static let ambiguousSelector = Code(
    "R0204", .usage, "a selector can mean two things",
    cause: """
      The selector is the path of something in this tree, and its first part is also the name of a layer \
      type.
      """,
    fix: "Begin it with a dot to mean the path (.Dense), or write '** Dense' to mean layers of that type.")

  /// A fill reaches parameters of several roles.
  public static let mixedRoles = Code(
    "R0205", .usage, "a fill reaches parameters of several roles",
    cause: """
      The selector reaches, say, weights of convolutions and scales of norms at once. A scheme made for \
      the ones ruins the others, so a fill is for one role. (default is the exception: it gives each \
      parameter its own start.)
      """,
    fix: "Use one of the selectors that the error prints for each role, or write one rule for each.")

  /// The paths of one tied parameter end with different rules.
  public static let tieConflict = Code(
    "R0206", .usage, "rules disagree about a tied parameter",
    cause: """
      A tied parameter has several paths and is one tensor. The last rule that matches is found for each \
      path by itself, and here they differ: two fills that are not the same, or a fill and a keep.
      """,
    fix: "Let the rules agree: name one of its paths only, or all of them in the same rule.")

  /// A tensor cannot be filled.
  public static let notFillable = Code(
    "R0207", .usage, "a tensor cannot be filled",
    cause: """
      The rule reaches a tensor whose elements are not floating-point numbers of 16, 32 or 64 bits: a \
      counter, an index, packed or quantized weights. Initializers do not know what its bytes mean.
      """,
    fix: "Leave the tensor out with a later --keep, name the others only, or dequantize the checkpoint first."
  )

  /// There is no rule.
  public static let nothingToDo = Code(
    "R0208", .usage, "there is nothing to do",
    cause: "The command was given no rule: no --fill and no --recipe.",
    fix:
      "Add a rule, such as --fill 'fc=normal(std: 0.01)', or a recipe of reinit list recipes."
  )

  /// A branch matches nothing.
  public static let outsideBranch = Code(
    "R0209", .usage, "no branch has that path",
    cause: "The path given with --at, which limits all rules to a branch, matches nothing in this tree.",
    fix: "List the paths with reinit summary. The path begins at the root and may hold '*' and '**'.")

  /// A recipe's line cannot be read.
  public static let recipeSyntax = Code(
    "R0210", .usage, "a recipe cannot be read",
    cause: """
      A recipe holds one rule a line, SELECTOR = INITIALIZER or keep SELECTOR; '#' begins a comment. The \
      line that the error names is none of these, or the file holds no rule at all.
      """,
    fix: "Correct the line; reinit recipe show torchvision-resnet prints a recipe that works.")

  /// A recipe is not known.
  public static let unknownRecipe = Code(
    "R0211", .usage, "a recipe is not known",
    cause: "The word is neither the name of a recipe nor the path of a file that can be read.",
    fix: "List the recipes with reinit list recipes; a file in this folder is best written as ./NAME.")

  /// A checkpoint has no receipt.
  public static let receiptMissing = Code(
    "R0212", .badData, "there is no receipt",
    cause: """
      Neither the file's metadata nor a FILE.receipt.json beside it holds a receipt, so there is nothing \
      to compare its tensors with. Other tools drop the metadata when they save a checkpoint again.
      """,
    fix: "Verify the file that reinit wrote, before other tools changed it.")

  /// A receipt speaks of tensors that the file does not have.
  public static let receiptMismatch = Code(
    "R0213", .badData, "a receipt does not fit its file",
    cause: """
      The receipt of an interrupted run names a tensor that the file does not have, or has in another shape or \
      type: file and journal are not of one run.
      """,
    fix: "Put the file back that the journal belongs to, or remove the journal if the file is right.")

  /// A plan was made for another tree.
  public static let planMismatch = Code(
    "R0214", .badData, "a plan does not fit the model",
    cause:
      "The plan was made for a tree with other paths, shapes or types than the one it is now applied to.",
    fix: "Make the plan again from the model or file that it is for.")
  /// A receipt cannot be read.
  public static let receiptUnreadable = Code(
    "R0215", .badData, "a receipt cannot be read",
    cause: "The receipt in the metadata, or beside the file, is not JSON of the form that this release knows.",
    fix: "Use a release that knows its version; or remove it, if it is not needed: other commands do without.")
}
