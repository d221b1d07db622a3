import Diagnostics
import Glibc
import PluginHost
import Tensors

/// What belongs to the process and not to a plugin, as it is at one moment.
struct ProcessSnapshot {
  private let handlers: [Int32: UInt]
  private let mask: [Bool]
  private let stack: UInt
  private let folder: String
  private let creation: mode_t?
  private let locale: String
  private let environment: [String: String]
  private let descriptors: Set<String>
  private let threads: Set<String>

  init() {
    var handlers: [Int32: UInt] = [:]
    for signal in 1...Int32(64) {
      var action = sigaction()
      guard sigaction(signal, nil, &action) == 0 else { continue }
      handlers[signal] = UInt(bitPattern: unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self))
    }
    var set = sigset_t()
    pthread_sigmask(SIG_SETMASK, nil, &set)
    var stack = stack_t()
    sigaltstack(nil, &stack)
    self.handlers = handlers
    mask = (1...Int32(64)).map { sigismember(&set, $0) == 1 }
    self.stack = UInt(bitPattern: stack.ss_sp)
    folder =
      getcwd(nil, 0).map { text in
        defer { free(text) }
        return String(cString: text)
      } ?? ""
    creation = CreationMask.current
    locale = setlocale(LC_ALL, nil).map { String(cString: $0) } ?? ""
    environment = ProcessEnvironment.variables
    descriptors = Set(Folders.names(in: "/proc/self/fd"))
    threads = Set(Folders.names(in: "/proc/self/task").filter { !ProcessSnapshot.isHosts($0) })
  }

  /// Whether a thread is one that the host keeps for its work.
  private static func isHosts(_ thread: String) -> Bool {
    SystemFile.text("/proc/self/task/\(thread)/comm") == "\(Workers.threadName)\n"
  }

  /// What is different now.
  /// - Throws: the finding for the first difference.
  func check(_ occasion: String) throws(Diagnostic) {
    var now = ProcessSnapshot()
    for _ in 0..<25 where !now.threads.isSubset(of: threads) {
      // A thread that is joined is gone a little later.
      usleep(20_000)
      now = ProcessSnapshot()
    }
    try signals(now, occasion)
    try settings(now, occasion)
    try leftovers(now, occasion)
  }

  private func signals(_ now: ProcessSnapshot, _ occasion: String) throws(Diagnostic) {
    let changed = handlers.keys.sorted().filter { handlers[$0] != now.handlers[$0] }
    if let signal = changed.first {
      throw Diagnostic(
        .findingSignals, "the handler of \(SignalName.text(of: signal)) is another one \(occasion)",
        expected: "the handler as it was", found: "\(changed.count) changed")
    }
    if mask != now.mask {
      throw Diagnostic(
        .findingSignals, "the mask of signals is another one \(occasion)", expected: "the mask as it was")
    }
    if stack != now.stack {
      throw Diagnostic(
        .findingSignals, "the stack for signal handlers is another one \(occasion)", expected: "the stack as it was")
    }
  }

  private func settings(_ now: ProcessSnapshot, _ occasion: String) throws(Diagnostic) {
    let pairs = [
      ("working folder", folder, now.folder),
      ("mask of permissions", octal(creation), octal(now.creation)),
      ("locale", locale, now.locale),
    ]
    for (name, before, after) in pairs where before != after {
      throw Diagnostic(
        .findingProcess, "the \(name) is another one \(occasion)", expected: "'\(before)'", found: "'\(after)'")
    }
    let names = Set(environment.keys).union(now.environment.keys).sorted()
    for name in names where environment[name] != now.environment[name] {
      throw Diagnostic(
        .findingProcess, "the environment's variable '\(name)' is another one \(occasion)",
        expected: environment[name].map { "'\($0)'" } ?? "none",
        found: now.environment[name].map { "'\($0)'" } ?? "none")
    }
  }

  private func octal(_ mask: mode_t?) -> String { mask.map { String($0, radix: 8) } ?? "unknown" }

  private func leftovers(_ now: ProcessSnapshot, _ occasion: String) throws(Diagnostic) {
    let descriptors = now.descriptors.subtracting(descriptors).filter { Folders.isOpen($0) }
    if !descriptors.isEmpty {
      throw Diagnostic(
        .findingDescriptors, "\(descriptors.count) descriptors are left open \(occasion)", expected: "none",
        found: descriptors.sorted().prefix(3).map { Folders.target("/proc/self/fd/\($0)") }.joined(separator: ", "))
    }
    let threads = now.threads.subtracting(threads)
    if !threads.isEmpty {
      throw Diagnostic(
        .findingThreads, "\(threads.count) threads are left running \(occasion)", expected: "none",
        found: threads.sorted().prefix(3).map { Folders.line("/proc/self/task/\($0)/comm") }.joined(separator: ", "))
    }
    var info = siginfo_t()
    // Orphans of a child count too: this process adopts them.
    if waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 {
      throw Diagnostic(.findingProcesses, "a process was started and is not waited for \(occasion)", expected: "none")
    }
  }
}

/// Reading of small folders and files of the system.
enum Folders {
  /// The names in a folder, without `.` and `..`.
  static func names(in path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    let own = "\(dirfd(folder))"
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      if name != ".", name != "..", !(path == "/proc/self/fd" && name == own) { names.append(name) }
    }
    return names
  }

  static func isOpen(_ descriptor: String) -> Bool { Int32(descriptor).map { fcntl($0, F_GETFD) >= 0 } ?? false }

  /// What a link leads to.
  static func target(_ path: String) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    let count = readlink(path, &buffer, buffer.count - 1)
    return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : path
  }

  /// The first line of a file.
  static func line(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "?" }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 256)
    guard fgets(&buffer, 256, file) != nil else { return "?" }
    let bytes = buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
