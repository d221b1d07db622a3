import Glibc
import Tensors

/// What belongs to the process and not to a plugin: put back after a plugin has been loaded and entered.
///
/// A plugin that ignores SIGINT would take Ctrl-C away, one that changes the folder would send output elsewhere. The
/// handlers of crashes are put back by `rp_restore_handlers`, the floating-point mode by the guard of each call.
struct ProcessState {
  private static let signals = [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGCHLD, SIGXFSZ]

  private var actions: [sigaction] = []
  private var mask = sigset_t()
  private let folder: Int32
  private let creation: mode_t?

  /// The state as it is now.
  init() {
    for signal in ProcessState.signals {
      var action = sigaction()
      sigaction(signal, nil, &action)
      actions.append(action)
    }
    pthread_sigmask(SIG_SETMASK, nil, &mask)
    folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    creation = CreationMask.current
  }

  /// Puts it back; gives what was changed, in words.
  func restore() -> [String] {
    var changes: [String] = []
    for (signal, before) in zip(ProcessState.signals, actions) {
      var (now, before) = (sigaction(), before)
      sigaction(signal, nil, &now)
      guard !isEqual(now, before) else { continue }
      sigaction(signal, &before, nil)
      changes.append("the handler of signal \(signal)")
    }
    var (now, before) = (sigset_t(), mask)
    pthread_sigmask(SIG_SETMASK, &before, &now)
    if ProcessState.signals.contains(where: { sigismember(&now, $0) != sigismember(&before, $0) }) {
      changes.append("the mask of signals")
    }
    if folder >= 0 {
      if !isFolder(folder) {
        fchdir(folder)
        changes.append("the working folder")
      }
      close(folder)
    }
    if let creation, CreationMask.current != creation {
      umask(creation)
      changes.append("the mask of permissions")
    }
    return changes
  }

  private func isEqual(_ a: sigaction, _ b: sigaction) -> Bool {
    let handlers = [a, b].map { unsafeBitCast($0.__sigaction_handler.sa_handler, to: Int.self) }
    return handlers[0] == handlers[1] && a.sa_flags == b.sa_flags
  }

  /// Whether an open folder is the working one.
  private func isFolder(_ descriptor: Int32) -> Bool {
    var (opened, present) = (stat(), stat())
    return fstat(descriptor, &opened) == 0 && stat(".", &present) == 0 && opened.st_dev == present.st_dev
      && opened.st_ino == present.st_ino
  }
}

/// The permissions that files are made without.
package enum CreationMask {
  /// As the system tells it: `umask` would change it for a moment, and with it the files of other threads.
  package static var current: mode_t? {
    for line in (SystemFile.text("/proc/self/status") ?? "").split(separator: "\n") where line.hasPrefix("Umask:") {
      return mode_t(line.drop { !$0.isNumber }.prefix { $0.isNumber }, radix: 8)
    }
    return nil
  }
}
