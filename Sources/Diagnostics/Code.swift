/// A stable name for one kind of failure, with the page that `reinit explain` prints for it.
///
/// Families: `R01` initializers, `R02` rules, `R03` plugins, `R04` checkpoints, `R05` trees, `R06` files,
/// `R07` the command line, `R08` layers and their forward pass, `R09` what plugin tests find. A code never changes its meaning; a retired one
/// is never used again.
public struct Code: Sendable, Hashable {
  /// The name that errors print, such as `R0203`.
  public let id: String
  /// The process's exit status when this failure ends a command.
  public let exit: ExitStatus
  /// One line that names the failure.
  public let title: String
  /// Why it happens.
  public let cause: String
  /// What to do about it.
  public let fix: String
  /// What to do about it in each language that plugins are written in; nil for what is no finding of a plugin test.
  public let advice: Advice?

  /// The cure of a fault in a plugin, by language.
  public struct Advice: Sendable {
    /// In C.
    public let c: String
    /// In C++ with the kit.
    public let cxx: String
    /// In Rust with the kit.
    public let rust: String
    /// In Swift with the kit.
    public let swift: String
  }

  /// Declares a code; only the files beside this one do.
  init(_ id: String, _ exit: ExitStatus, _ title: String, cause: String, fix: String, advice: Advice? = nil) {
    self.id = id
    self.exit = exit
    self.title = title
    self.cause = cause
    self.fix = fix
    self.advice = advice
  }

  /// Two codes are the same if their names are.
  public static func == (a: Code, b: Code) -> Bool { a.id == b.id }

  /// Hashes the name alone.
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }

  /// Every code there is, in order of its name.
  public static let all: [Code] =
    (initializerCodes + ruleCodes + pluginFileCodes + pluginFunctionCodes + pluginCodes + checkpointCodes + treeCodes
    + fileCodes
    + commandCodes + forwardCodes + findingCodes)
    .sorted { $0.id < $1.id }

  /// The code with that name, in any case.
  public static func named(_ id: String) -> Code? {
    all.first { $0.id == id.uppercased() }
  }
}

/// How the process ends: sysexits, as the documentation of the command line lists them.
public enum ExitStatus: Int32, Sendable {
  /// Done.
  case done = 0
  /// The answer is no: files differ, a check failed.
  case no = 1
  /// The command line or a rule is wrong.
  case usage = 64
  /// A file's contents are wrong.
  case badData = 65
  /// There is no such input.
  case noInput = 66
  /// A plugin or library is missing or refused.
  case unavailable = 69
  /// A bug of ours.
  case `internal` = 70
  /// The output cannot be created.
  case cannotCreate = 73
  /// Reading or writing failed.
  case io = 74
  /// Interrupted by the user.
  case interrupted = 130
}
