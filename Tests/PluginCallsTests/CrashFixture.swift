/// A plugin whose functions misbehave, each in its own way.
enum CrashFixture {
  static let library = Workbench.library("crash", source, cxx: true)
  /// The same call from code without unwind tables, through which no exception passes.
  static let blind = Workbench.library(
    "blind", "#include <pthread.h>\nint end_thread(const void *a, void *b) { pthread_exit(0); }",
    "-fno-asynchronous-unwind-tables -fno-unwind-tables -fno-exceptions")

  private static let source = """
    #include <cstdlib>
    #include <csignal>
    #include <stdexcept>
    #include <cstring>
    #include <ctime>
    #include <fcntl.h>
    #include <pthread.h>
    #include <sys/mman.h>
    #include <sys/syscall.h>
    #include <sys/wait.h>
    #include <unistd.h>
    #define FILL(name) extern "C" int name(const void *range, void *user)
    volatile int zero = 0, sink = 0;
    FILL(segv) { *(volatile int *)0x10 = 1; return 0; }
    FILL(fpe) { return 7 / zero; }
    FILL(ill) { __builtin_trap(); }
    FILL(trap) { return raise(SIGTRAP); }
    FILL(sys) { return raise(SIGSYS); }
    FILL(abort_it) { abort(); }
    static void promise() noexcept { throw std::runtime_error("broken promise"); }
    FILL(terminate_it) { promise(); return 0; }
    FILL(exit_3) { exit(3); }
    FILL(exit_0) { exit(0); }
    FILL(quick) { quick_exit(0); }
    FILL(end_thread) { pthread_exit(nullptr); }
    FILL(cancel_thread) { pthread_cancel(pthread_self()); pthread_testcancel(); return 0; }
    static int deep(int n) { volatile char room[4096]; room[n & 4095] = (char)n; sink += room[0]; return deep(n + 1) + room[1]; }
    FILL(overflow) { return deep(0); }
    // For ever as far as any limit is concerned; not for ever if there is none.
    FILL(hang) { for (time_t end = time(nullptr) + 20; time(nullptr) < end;) sink = sink + 1; return 0; }
    FILL(doze) { usleep(20000); return 0; }
    FILL(bus) {
      int file = memfd_create("bus", 0);
      if (ftruncate(file, 4096)) return 1;
      void *start = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, file, 0);
      if (ftruncate(file, 0)) return 1;
      return *(volatile char *)start;
    }
    static void *crash_alone(void *) { *(volatile int *)0x20 = 1; return nullptr; }
    FILL(own_thread) { pthread_t t; pthread_create(&t, nullptr, crash_alone, nullptr); pthread_join(t, nullptr); return 0; }
    // Calls the host back: `user` is a function, as ri_fill's host would have one.
    FILL(call_back) { return ((int (*)(void))user)(); }
    FILL(read_first) { return *(volatile unsigned char *)user; }
    // As a signal of another process arrives at this very thread.
    FILL(from_elsewhere) {
      siginfo_t info = {};
      info.si_signo = SIGFPE;
      info.si_code = SI_QUEUE;
      info.si_pid = 1;
      return (int)syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), SIGFPE, &info);
    }
    // What a process of the plugin's own comes to.
    template <class Body> static int in_child(Body body) {
      const pid_t child = fork();
      if (child == 0) body(), _exit(0);
      int status = -1;
      waitpid(child, &status, 0);
      return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    }
    FILL(fork_exit) { return in_child([] { exit(3); }); }
    FILL(fork_segv) { return in_child([] { *(volatile int *)0x10 = 1; }); }
    FILL(fork_abort) { return in_child([] { abort(); }); }
    FILL(take_handler) { signal(SIGSEGV, [](int) { _exit(1); }); return 0; }
    """
}
