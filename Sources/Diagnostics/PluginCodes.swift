/// `R0350` on: plugins that are loaded, registered and called; their files are in PluginFileCodes.swift.
let pluginCodes: [Code] = [
  .pluginMissing, .pluginNotLoaded, .pluginEntryFailed, .pluginCrashedAtSight, .pluginEndedAtSight,
  .pluginHungAtSight, .pluginUnstable, .pluginDescriptor, .pluginNameTwice, .pluginTwice, .pluginVersion,
  .pluginCrashed, .pluginExited, .pluginEndedThread, .pluginTimeout, .pluginCallFailed, .pluginException,
  .pluginFloatingPoint, .pluginCancelled, .pluginChildren, .pluginOutput, .pluginManifest, .pluginAlgorithm,
  .pluginEmpty, .pluginTooDeep,
]

extension Code {
  /// A plugin is missing.
  public static let pluginMissing = Code(
    "R0350", .unavailable, "a plugin is missing",
    cause: """
      A rule, a model or a receipt names something of a plugin that lies in no search folder and was not \
      named.
      """,
    fix: "Name the plugin's file with --plugin, or put it into one of the folders of reinit plugin paths.")

  /// A plugin cannot be loaded.
  public static let pluginNotLoaded = Code(
    "R0351", .unavailable, "a plugin cannot be loaded",
    cause: """
      The system's loader refused the file: a library it needs is not there, or a symbol is not found. \
      The error quotes the loader.
      """,
    fix: """
      Install what is missing; ldd FILE.so lists what the file needs. A plugin is linked with \
      -Wl,-z,defs to find this when it is built.
      """)

  /// A plugin's entry failed.
  public static let pluginEntryFailed = Code(
    "R0352", .unavailable, "a plugin's entry failed",
    cause: "The entry returned a failure, so nothing of the plugin was published. The message is the plugin's own.",
    fix: "Read the message; if there is none, the plugin's author should call host->fail with one.")

  /// A plugin crashed when it was first looked at.
  public static let pluginCrashedAtSight = Code(
    "R0353", .unavailable, "a plugin crashed when it was first looked at",
    cause: "A plugin that is new here is loaded once in a process of its own. That process was ended by a signal.",
    fix: """
      Run reinit plugin inspect FILE.so for what can be known without loading; the plugin's author will \
      want the signal and the step that are named.
      """)

  /// A plugin ended the process that looked at it.
  public static let pluginEndedAtSight = Code(
    "R0354", .unavailable, "a plugin ended the process that looked at it",
    cause: """
      A plugin that is new here is loaded once in a process of its own. That process ended before it had \
      reported: the plugin called exit, or ended its thread.
      """,
    fix: "A plugin must never end the process: its author should return a status instead.")

  /// A plugin did not come back when it was first looked at.
  public static let pluginHungAtSight = Code(
    "R0355", .unavailable, "a plugin did not come back when it was first looked at",
    cause: "Loading the plugin and calling its entry took longer than the limit.",
    fix: "An entry only registers; work belongs into the calls. REINIT_PLUGIN_TIMEOUT=SECONDS sets another limit.")

  /// A plugin registers other things than it did before.
  public static let pluginUnstable = Code(
    "R0356", .unavailable, "a plugin registers other things than it did before",
    cause: """
      What the plugin registered in this process is not what it registered when it was first looked at, \
      with the same bytes.
      """,
    fix: "Registration must depend on nothing but the plugin's code: not on time, environment or chance.")

  /// A plugin describes something wrongly.
  public static let pluginDescriptor = Code(
    "R0357", .unavailable, "a plugin describes something wrongly",
    cause: """
      A descriptor breaks a rule of the ABI: a name, a size, a flag, a default outside of its range, a \
      function that is missing.
      """,
    fix: "The error names the descriptor and the field; docs/abi.md has the rules.")

  /// A plugin registers a name twice.
  public static let pluginNameTwice = Code(
    "R0358", .unavailable, "a plugin registers a name twice",
    cause: "Two initializers, or two layers, of one plugin have the same name.",
    fix: """
      Names are unique within a plugin; a second version of an algorithm is the same name with a higher \
      version.
      """)

  /// Two files are the same plugin.
  public static let pluginTwice = Code(
    "R0359", .unavailable, "two files are the same plugin",
    cause: "Another file with the same id, or with the same Swift module, has been found before this one.",
    fix: "Remove one of the files, or name the one that is meant with --plugin, which comes first.")

  /// A plugin speaks another version of the ABI.
  public static let pluginVersion = Code(
    "R0360", .unavailable, "a plugin speaks another version of the ABI",
    cause: "The plugin was compiled with headers of another major version, or says so.",
    fix: "The error says which side is older: update that one.")

  /// A plugin crashed.
  public static let pluginCrashed = Code(
    "R0361", .unavailable, "a plugin crashed",
    cause: """
      A signal such as SIGSEGV came while the named function of the plugin ran. The command was ended; \
      files are as they were.
      """,
    fix: "reinit plugin inspect FILE.so says which build it is; report it to the plugin's author.")

  /// A plugin ended the process.
  public static let pluginExited = Code(
    "R0362", .unavailable, "a plugin ended the process",
    cause: "exit was called while the named function of the plugin ran. Files are as they were.",
    fix: "A plugin must never end the process: its author should return a status instead.")

  /// A plugin ended a thread of the host.
  public static let pluginEndedThread = Code(
    "R0363", .unavailable, "a plugin ended a thread of the host",
    cause: "The named function ended or canceled the thread that had called it. Files are as they were.",
    fix: "A plugin must return from each call: its author should return a status instead.")

  /// A plugin did not come back.
  public static let pluginTimeout = Code(
    "R0364", .unavailable, "a plugin did not come back",
    cause: "The named function ran longer than the limit, and the command was ended. Files are as they were.",
    fix: "REINIT_PLUGIN_TIMEOUT=SECONDS sets another limit, 0 none.")

  /// A plugin's function failed.
  public static let pluginCallFailed = Code(
    "R0365", .unavailable, "a plugin's function failed",
    cause: "The named function returned a failure; the message is the plugin's own.",
    fix: "Read the message: it says what the plugin expected.")

  /// An exception left a plugin.
  public static let pluginException = Code(
    "R0366", .unavailable, "an exception left a plugin",
    cause: "A C++ exception came out of the named function; it was caught at the border.",
    fix: "The plugin's author should catch it and return a status: the C++ kit does.")

  /// A plugin changed the floating-point mode.
  public static let pluginFloatingPoint = Code(
    "R0367", .unavailable, "a plugin changed the floating-point mode",
    cause: """
      The named function came back with another rounding mode, or with subnormals flushed to zero. The \
      mode was put back.
      """,
    fix: "The plugin's author should restore what is changed, and not link with -ffast-math.")

  /// A plugin's call was canceled.
  public static let pluginCancelled = Code(
    "R0368", .interrupted, "a plugin's call was canceled",
    cause: "The run was interrupted, and the plugin came back early as it should.",
    fix: "Run the command again.")

  /// A plugin layer's children are not as they must be.
  public static let pluginChildren = Code(
    "R0369", .unavailable, "a plugin layer's children are not as they must be",
    cause: """
      A child has a bad name, a name that a sibling has, no handle, or a role that is none; or the \
      children change while the layer lives.
      """,
    fix: "The error names the layer and the child; docs/abi.md has the rules.")

  /// A plugin layer's outputs are not as they must be.
  public static let pluginOutput = Code(
    "R0370", .unavailable, "a plugin layer's outputs are not as they must be",
    cause: "A forward pass left an output unset, set one twice, or set one that the layer does not have.",
    fix: "Each output is set once, by output or set_output.")

  /// A plugin's manifest and what it registers differ.
  public static let pluginManifest = Code(
    "R0371", .unavailable, "a plugin's manifest and what it registers differ",
    cause: """
      The manifest names initializers or layers that are not registered, or another id or version, or \
      the reverse.
      """,
    fix: "Make the manifest say what the code does.")

  /// A plugin has another version of an algorithm.
  public static let pluginAlgorithm = Code(
    "R0372", .unavailable, "a plugin has another version of an algorithm",
    cause: """
      The receipt was written with another version of the initializer's algorithm than the plugin that \
      is here has, so its numbers would differ.
      """,
    fix: "Use the plugin in the version that the receipt names.")

  /// A plugin registers nothing.
  public static let pluginEmpty = Code(
    "R0373", .unavailable, "a plugin registers nothing",
    cause: "The entry succeeded without registering a layer or an initializer.",
    fix: "Call add_initializer, add_layer or add_function in the entry.")

  /// A plugin layer contains itself, or too much.
  public static let pluginTooDeep = Code(
    "R0374", .unavailable, "a plugin layer contains itself, or too much",
    cause: "Making a layer led back to making the same layer, deeper than any model is.",
    fix: "A layer's create must not make a layer of its own kind without an end.")
}
