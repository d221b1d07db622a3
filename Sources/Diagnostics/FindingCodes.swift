/// What tests of plugins find: every code with the cure in four languages.
let findingCodes: [Code] = processFindings + serviceFindings + fillFindings + layerFindings

/// `R0900` on: what a test of a plugin finds of the process it runs in; every list of findings together.
let processFindings: [Code] = [
  .findingCrashed, .findingExited, .findingEndedThread, .findingHung, .findingException,
  .findingFloatingPoint, .findingOutput, .findingSignals, .findingProcess, .findingThreads,
  .findingDescriptors, .findingFiles, .findingProcesses, .findingMemory, .findingStack,
]

extension Code {
  /// A plugin crashes in a test.
  public static let findingCrashed = Code(
    "R0900", .no, "a plugin crashes in a test",
    cause: """
      A signal ended the process in the named call: memory that is not the plugin's, a check that failed, an \
      abort. The finding has the call, the address and the instruction in the file.
      """,
    fix: """
      Debug the command that the finding ends with; addr2line -e FILE.so ADDRESS names the line. Check what \
      comes from outside, and return a status.
      """,
    advice: Advice(
      c: """
        Look at every pointer that may be NULL and every index; build once with -fsanitize=address -g, and run \
        with LD_PRELOAD=$(cc -print-file-name=libasan.so).
        """,
      cxx: """
        Throw ri::Error; nothing may throw from a noexcept function or a destructor, which ends in \
        std::terminate.
        """,
      rust: """
        Return Err(Error::…) instead of unwrap and indexing; the kit's macro catches panics, extern "C" \
        functions of your own do not, and panic = "abort" ends the process.
        """,
      swift: """
        Use guard let and throw PluginError; force unwraps, indices out of range and arithmetic overflow trap, \
        and no trap can be caught.
        """))

  /// A plugin ends the process.
  public static let findingExited = Code(
    "R0901", .no, "a plugin ends the process",
    cause: """
      exit, _exit or quick_exit was called in the named call, or the process ended without a word. A library \
      never may: the user's work is lost.
      """,
    fix: "Return a status with a text.",
    advice: Advice(
      c: """
        return host->fail(call, RI_UNSUPPORTED, ri_text("…")); look for exit in libraries that are called as \
        well.
        """,
      cxx: "throw ri::Error(RI_UNSUPPORTED, \"…\");",
      rust: "return Err(Error::unsupported(\"…\")); std::process::exit is for programs.",
      swift: "throw PluginError(.unsupported, \"…\"); exit() is for programs."))

  /// A plugin ends a thread of the host.
  public static let findingEndedThread = Code(
    "R0902", .no, "a plugin ends a thread of the host",
    cause: "pthread_exit was called, or the thread was canceled, in a call. The thread is the host's.",
    fix: "Return from each call.",
    advice: Advice(
      c: "Call pthread_exit in threads of your own only, and join those before the call returns.",
      cxx: "The same; an exception that reaches the top of a thread of yours ends the process.",
      rust: "Join threads of your own; std::thread::scope does it by itself.",
      swift: "Do not call pthread_exit; join threads of your own before the call returns."))

  /// A plugin does not come back.
  public static let findingHung = Code(
    "R0903", .no, "a plugin does not come back",
    cause: """
      A call took longer than the limit: a loop without an end, a lock that is held already, waiting for input \
      or for a thread.
      """,
    fix: """
      Find the loop or the lock in the named call; a call that is just slow gets more time with --timeout \
      SECONDS.
      """,
    advice: Advice(
      c: "Standard input is empty in tests: read() gives 0. Unlock on each way out of a function.",
      cxx: "Hold locks by std::scoped_lock; do not lock twice on one thread.",
      rust: "A std::sync::Mutex is not reentrant: let guards end before calling what locks again.",
      swift: """
        A Mutex is not reentrant; do not wait in a call for a Task, which may need the thread that waits.
        """))

  /// An exception leaves a plugin.
  public static let findingException = Code(
    "R0904", .no, "an exception leaves a plugin",
    cause: """
      A C++ exception came out of the named call. The host of the tests catches it; a host in C could not.
      """,
    fix: "Catch it at the border and return a status.",
    advice: Advice(
      c: """
        C has no exceptions: it comes from a C++ library that is called; wrap that in C++ with try and catch \
        (...).
        """,
      cxx: """
        Write plugins with the kit, which catches everything; around C functions of your own write try { … } \
        catch (...) { return RI_INTERNAL; }.
        """,
      rust: "A panic or a foreign exception must not leave an extern \"C\" function: use the kit's macro.",
      swift: "Swift cannot catch C++ exceptions: wrap the C++ code in a C++ function that does."))

  /// A plugin changes the floating-point mode.
  public static let findingFloatingPoint = Code(
    "R0905", .no, "a plugin changes the floating-point mode",
    cause: """
      After the call, or after loading, rounding, traps or the flushing of subnormals were others. Linking with \
      -ffast-math does so for the whole process.
      """,
    fix: "Put back what is changed; do not link with -ffast-math or -Ofast.",
    advice: Advice(
      c: """
        fegetenv before and fesetenv after; -fno-fast-math when linking, -ffp-contract=off where bits matter.
        """,
      cxx: "The same; take -Ofast out of the options of libraries that are linked in.",
      rust: "Rust does not change it: look at C libraries that build.rs links.",
      swift: "Swift does not change it: look at C code with unsafeFlags([\"-ffast-math\"])."))

  /// A plugin writes to standard output.
  public static let findingOutput = Code(
    "R0906", .no, "a plugin writes to standard output",
    cause: """
      Something was printed, when the plugin was loaded or in a call. Standard output is the answer of the \
      host's command, and often read by a program.
      """,
    fix: "Say it by the host's log, or not at all.",
    advice: Advice(
      c: "host->log(host, RI_LOG_NOTE, ri_text(\"…\")); instead of printf and puts.",
      cxx: "call.log(RI_LOG_NOTE, \"…\") instead of std::cout.",
      rust: "call.log instead of println! and dbg!; eprintln! goes to standard error.",
      swift: "call.log instead of print and dump."))

  /// A plugin changes signal handlers.
  public static let findingSignals = Code(
    "R0907", .no, "a plugin changes signal handlers",
    cause: """
      A handler, the mask of signals or the stack for handlers is another one after loading or after a call. \
      Ctrl-C, or the host's reports of crashes, no longer work then.
      """,
    fix: "Leave signals alone, and tell libraries that install handlers not to.",
    advice: Advice(
      c: """
        Remove signal() and sigaction(); a library often has an option or a variable of the environment for it.
        """,
      cxx: "The same; std::signal too.",
      rust: "Do not use crates such as ctrlc or signal-hook in a plugin.",
      swift: "Do not use DispatchSource.makeSignalSource or signal() in a plugin."))

  /// A plugin changes the process.
  public static let findingProcess = Code(
    "R0908", .no, "a plugin changes the process",
    cause: """
      The working folder, the mask of permissions, the locale or a variable of the environment is another one \
      after loading or after a call. All of them are the host's: a decimal comma breaks its files.
      """,
    fix: "Use functions that take a folder or a locale as an argument, and put back what cannot be avoided.",
    advice: Advice(
      c: "openat instead of chdir, newlocale and uselocale instead of setlocale, no setenv.",
      cxx: "Imbue a stream with a std::locale instead of setting std::locale::global.",
      rust: "Do not call std::env::set_var or set_current_dir: take paths from parameters.",
      swift: "Do not call setenv, setlocale or FileManager.changeCurrentDirectoryPath."))

  /// A plugin leaves threads running.
  public static let findingThreads = Code(
    "R0909", .no, "a plugin leaves threads running",
    cause: """
      After loading, or after a call, there are more threads than before. They run code of the plugin at any \
      time, also while the host ends.
      """,
    fix: "Let the host's threads do the work, by parallel; join threads of your own before the call returns.",
    advice: Advice(
      c: """
        host->parallel(call, count, grain, body, argument); pthread_join for each pthread_create; \
        OMP_NUM_THREADS does not end OpenMP's pool.
        """,
      cxx: "call.parallel(count, grain, body); std::jthread instead of detach().",
      rust: "call.parallel, or std::thread::scope; no rayon, whose pool stays.",
      swift: "call.parallel; no Task.detached, no DispatchQueue."))

  /// A plugin leaves files open.
  public static let findingDescriptors = Code(
    "R0910", .no, "a plugin leaves files open",
    cause: """
      After loading, or after a call, there are descriptors that were not there before. A host that calls it a \
      thousand times runs out of them.
      """,
    fix: "Close on each way out of a function, failures included.",
    advice: Advice(
      c: """
        One exit with close(); O_CLOEXEC for what stays open by design, opened in create and closed in destroy.
        """,
      cxx: "std::ifstream and std::unique_ptr with a deleter close by themselves.",
      rust: "File closes when it is dropped: look for mem::forget, into_raw_fd and leaked boxes.",
      swift: "defer { close(descriptor) }; a FileHandle that is kept stays open."))

  /// A plugin leaves files behind.
  public static let findingFiles = Code(
    "R0911", .no, "a plugin leaves files behind",
    cause: """
      In the working folder of a test, which was empty, there are files afterwards: a log, a cache, a core.
      """,
    fix: "Write nothing, or into a folder that the user has named by a parameter.",
    advice: Advice(
      c: "tmpfile() and O_TMPFILE leave nothing behind.",
      cxx: "The same; a logging library wants to be told that there is no file.",
      rust: "The crate tempfile removes what it makes; do not write caches beside the program.",
      swift: "Do not write caches; remove what FileManager makes in the same call."))

  /// A plugin starts processes.
  public static let findingProcesses = Code(
    "R0912", .no, "a plugin starts processes",
    cause: """
      A child process was there after loading or after a call. The host may hold locks that are never released \
      in a forked child, and has no way to end it.
      """,
    fix: "Do the work in the call.",
    advice: Advice(
      c: "No fork, system, popen or posix_spawn.",
      cxx: "No fork, system, popen or posix_spawn.",
      rust: "No std::process::Command.",
      swift: "No Process, no posix_spawn."))

  /// A plugin's memory grows with each call.
  public static let findingMemory = Code(
    "R0913", .no, "a plugin's memory grows with each call",
    cause: """
      What malloc has given out grew by the same amount in each of three measurements of some hundred calls. A \
      cache would have stopped to grow.
      """,
    fix: "Free what each call allocates; take memory that ends with the call from scratch.",
    advice: Advice(
      c: """
        host->scratch(call, bytes, alignment) needs no free; look at failures that return early. Valgrind names \
        the line.
        """,
      cxx: """
        std::vector and std::unique_ptr free by themselves; look for new, release() and containers that are \
        static.
        """,
      rust: "Look for Box::leak, mem::forget, into_raw without from_raw, and cycles of Rc.",
      swift: """
        Look for retain cycles (a closure that keeps self), allocate without deallocate, and \
        Unmanaged.passRetained without release.
        """))

  /// A plugin needs much stack.
  public static let findingStack = Code(
    "R0914", .no, "a plugin needs much stack",
    cause: """
      A call overflowed the stack of a thread with 256 KiB: a large array that is a local variable, or recursion \
      that depends on a size.
      """,
    fix: "Put large arrays into scratch memory, and make a loop of the recursion.",
    advice: Advice(
      c: """
        float *table = host->scratch(call, bytes, 64); instead of float table[N], alloca or a variable-length \
        array.
        """,
      cxx: "call.scratch<float>(n), or std::vector; not std::array of that size.",
      rust: "call.scratch, or vec![0.0; n]; not [0.0; N] of that size.",
      swift: "call.scratch, or an Array; not withUnsafeTemporaryAllocation or large tuples."))
}
