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
