let commandCodes: [Code] = [
  .usage, .unknownName, .internalError, .interrupted, .missingLibrary, .notText, .badPluginName, .folderExists,
  .noSuchTest, .malformedExpectation, .harnessFailed, .nothingTested, .unknownModel, .malformedSetting, .malformedModel,
  .outOfMemory, .libraryStarved, .nothingComputed,
]

extension Code {
  /// The command line cannot be understood.
  public static let usage = Code(
    "R0701", .usage, "the command line cannot be understood",
    cause: "An option, argument or combination of them is not one that the command has.",
    fix: "Each command lists its options with --help.")
  /// A name that is in no list.
  public static let unknownName = Code(
    "R0702", .usage, "a name is not known",
    cause: "No initializer, layer, recipe, command or code has that name.",
    fix: "`reinit list initializers`, `reinit list layers` and `reinit list recipes` print the names there are.")
  /// Something that cannot happen did.
  public static let internalError = Code(
    "R0703", .internal, "an internal error",
    cause: "Something happened that its authors thought impossible: a bug in Reinit, not in your files.",
    fix: "Please report it with the command and the whole message.")
  /// The user interrupted the command.
  public static let interrupted = Code(
    "R0704", .interrupted, "interrupted",
    cause: "The command was interrupted; temporary files were removed and nothing was replaced.",
    fix: "Run it again.")
  /// A library of the system is missing.
  public static let missingLibrary = Code(
    "R0705", .unavailable, "a system library is missing",
    cause: "Orthogonal initialization calls BLAS, which is loaded at its first use and was not found.",
    fix: "Install it: apt-get install libopenblas0.")
  /// A forward pass has no result.
  public static let nothingComputed = Code(
    "R0718", .usage, "a forward pass has no outputs",
    cause: "The model ends with a layer that gives no tensor for this input, so that there is nothing to write.",
    fix: "Look at the shapes that each layer gives: reinit summary MODEL.")
  /// Memory cannot be had.
  public static let outOfMemory = Code(
    "R0716", .internal, "memory cannot be had",
    cause: """
      The work needs more memory in one piece than the system gives: a tensor that is made as a whole (orthogonal, \
      delta_orthogonal, many plugins), or an output of a forward pass. Nothing was changed.
      """,
    fix: """
      Look at the limits (ulimit -v, free -m); use fewer threads, which hold a tensor each (--threads 1), or a method \
      that is made piece by piece (normal, uniform, identity, sparse).
      """)
  /// A library of the system lacks memory or threads that it would wait for without end.
  public static let libraryStarved = Code(
    "R0717", .internal, "a system library cannot work within the limits",
    cause: """
      OpenBLAS starts a thread for each processor and takes memory for each of them. Where the system refuses these, it \
      stops the process or waits for ever, so both are asked for before it is called. Nothing was changed.
      """,
    fix: """
      Raise the limits (ulimit -v, ulimit -u), or have OpenBLAS start fewer threads: OPENBLAS_NUM_THREADS=1 reinit …
      """)
  /// A text file is not text.
  public static let notText = Code(
    "R0706", .badData, "a file is not text",
    cause: "A recipe or a receipt beside a checkpoint is not UTF-8.",
    fix: "Check that the path names the file that was meant.")
  /// A name that a plugin cannot have.
  public static let badPluginName = Code(
    "R0707", .usage, "a name cannot be a plugin's",
    cause: """
      The name becomes that of a folder, an initializer or layer, and of types and modules in a language. It is not \
      made of letters, digits, - and _, or one of its forms means something already: a keyword, a function of a \
      library, something built into Reinit, a part of the template.
      """,
    fix: "Choose another name; the hint has one.")
  /// A new folder's name is taken.
  public static let folderExists = Code(
    "R0708", .cannotCreate, "a folder or file of that name exists",
    cause: "`reinit plugin new NAME` makes the folder NAME in the current one, and never writes into what is there.",
    fix: "Choose another name, or run it in another folder.")
  /// A name of no test of plugins.
  public static let noSuchTest = Code(
    "R0709", .usage, "no test has that name",
    cause: "--only or --skip names a test, or a part of the plugin, that there is not.",
    fix: "reinit plugin test --list prints the tests; reinit plugin inspect FILE.so prints the plugin's parts.")
  /// A line of a file of expected findings.
  public static let malformedExpectation = Code(
    "R0710", .badData, "an expected finding is not understood",
    cause: "A line of the file that --expect names lacks a code, a test or a reason, or has something else.",
    fix: "Write each as CODE TEST[:SUBJECT] [until YYYY-MM-DD]: REASON. Lines that begin with # are comments.")
  /// The harness itself does not work here.
  public static let harnessFailed = Code(
    "R0711", .internal, "the tests of a plugin could not be run",
    cause: """
      Each test is a process of reinit. That could not be started, gave no answer that can be read, or is of another \
      release. It says nothing of the plugin.
      """,
    fix: "Make sure that reinit is on PATH and is the one of this release, and that TMPDIR can be written to.")
  /// A name of no model.
  public static let unknownModel = Code(
    "R0713", .noInput, "no model has that name",
    cause: "What was named is neither a file nor a model that is built in.",
    fix: "reinit list models prints the names there are; a file is named by its path.")
  /// An option of a model that is not `key=value`.
  public static let malformedSetting = Code(
    "R0714", .usage, "an option of a model cannot be read",
    cause: "Options of models are written key=value, and this one has no key or no equals sign.",
    fix: "Write --set classes=10; reinit explain prints the options that a model has.")
  /// A model file that does not describe a model.
  public static let malformedModel = Code(
    "R0715", .badData, "a model file cannot be read",
    cause: "The file is no YAML or JSON, or what it holds at that line and column is not a tree of layers.",
    fix: "A layer is a text such as Conv(in: 3, out: 64, kernel: [3, 3]), or a mapping; docs/models.md has the keys.")
  /// Nothing was tested.
  public static let nothingTested = Code(
    "R0712", .usage, "nothing was tested",
    cause: "No test is left of those that were asked for, or each had nothing to look at. That is no pass.",
    fix: "Ask for more with --tier, or for other tests with --only; reinit plugin test --list prints them.")
}
