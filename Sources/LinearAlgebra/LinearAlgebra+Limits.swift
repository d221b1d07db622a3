import Diagnostics
import Glibc
import Synchronization
import Tensors

/// What OpenBLAS needs of the system, obtained before it is called.
///
/// When it is loaded, it starts a thread for each processor, and raises SIGINT where it cannot. It takes memory for
/// panels, once for each of these and for each thread that calls it, and asks for it without end where the system refuses.
extension LinearAlgebra {
  /// What is known of the library so far.
  private struct State {
    var isLoaded = false
    var servesOwnThreads = false
  }
  private static let state = Mutex(State())
  /// What the library, one thread's panels and its stack take: 40, 128 and 8 MiB in release 0.3.
  private static let (libraryBytes, panelBytes, stackBytes) = (48 << 20, 130 << 20, 8 << 20)
  /// What other threads may take between the question and the call: the C library begins a thread's heap with 128 MiB.
  private static let margin = 160 << 20

  /// Loads the library if it is not loaded yet.
  /// - Throws: ``Diagnostics/ErrorCode/missingLibrary``, ``Diagnostics/ErrorCode/libraryStarved``.
  public static func requireLibrary() throws(Diagnostic) {
    let failure = state.withLock { state in reason { () throws(Diagnostic) in try load(&state) } }
    if let failure { throw failure }
  }

  /// Has the library take the memory that it needs for calls from this thread, before the first of them.
  /// - Throws: as ``requireLibrary()``.
  package static func prepareThread() throws(Diagnostic) {
    guard pthread_getspecific(isPrepared) == nil else { return }
    // One thread at a time, so that none takes what another has been promised.
    let failure = state.withLock { state in
      reason { () throws(Diagnostic) in
        try load(&state)
        guard let panels = Panels() else { return }
        try requireSpace(margin + panelBytes * (state.servesOwnThreads ? 1 : ownThreads))
        if let start = panels.allocate(0) { panels.free(start) }
        state.servesOwnThreads = true
      }
    }
    if let failure { throw failure }
    pthread_setspecific(isPrepared, UnsafeRawPointer(bitPattern: 1))
  }

  /// Set in threads that are prepared.
  private static let isPrepared: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  private static func reason(_ body: () throws(Diagnostic) -> Void) -> Diagnostic? {
    do throws(Diagnostic) {
      try body()
      return nil
    } catch { return error }
  }

  private static func load(_ state: inout State) throws(Diagnostic) {
    guard !state.isLoaded else { return }
    try requireThreads(ownThreads)
    try requireSpace(margin + libraryBytes + ownThreads * (panelBytes + stackBytes))
    _ = try BLAS.loaded()
    state.isLoaded = true
  }

  /// How many threads the library has of its own, the caller's among them.
  private static var ownThreads: Int {
    let told = getenv("OPENBLAS_NUM_THREADS").flatMap { Int(String(cString: $0)) } ?? 0
    return told > 0 ? told : Processors.permitted
  }

  /// Fails where the library could not start its threads.
  private static func requireThreads(_ wanted: Int) throws(Diagnostic) {
    var held: [pthread_t] = []
    var gate = pthread_mutex_t()
    pthread_mutex_init(&gate, nil)
    pthread_mutex_lock(&gate)
    var reason: Int32 = 0
    withUnsafeMutablePointer(to: &gate) { gate in
      for _ in 1..<wanted where reason == 0 {
        var thread = pthread_t()
        reason = pthread_create(
          &thread, nil,
          { gate in
            if let gate = gate?.assumingMemoryBound(to: pthread_mutex_t.self) {
              pthread_mutex_lock(gate)
              pthread_mutex_unlock(gate)
            }
            return nil
          }, gate)
        if reason == 0 { held.append(thread) }
      }
      pthread_mutex_unlock(gate)
      for thread in held { pthread_join(thread, nil) }
    }
    pthread_mutex_destroy(&gate)
    guard reason == 0 else {
      throw starved("\(wanted) threads", "\(held.count + 1): \(String(cString: strerror(reason)))")
    }
  }

  /// Fails where so much address space cannot be had.
  private static func requireSpace(_ byteCount: Int) throws(Diagnostic) {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let start = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0), start != MAP_FAILED else {
      throw starved("\(byteCount >> 20) MiB of address space", String(cString: strerror(errno)))
    }
    munmap(start, byteCount)
  }

  /// The library's own functions for its memory, which not every build of it exports.
  private struct Panels {
    let allocate: @convention(c) (Int32) -> UnsafeMutableRawPointer?
    let free: @convention(c) (UnsafeMutableRawPointer) -> Void

    init?() {
      guard let library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_NOLOAD) else { return nil }
      defer { dlclose(library) }
      guard let allocate = dlsym(library, "blas_memory_alloc"), let free = dlsym(library, "blas_memory_free") else {
        return nil
      }
      self.allocate = unsafeBitCast(allocate, to: (@convention(c) (Int32) -> UnsafeMutableRawPointer?).self)
      self.free = unsafeBitCast(free, to: (@convention(c) (UnsafeMutableRawPointer) -> Void).self)
    }
  }

  private static func starved(_ expected: String, _ found: String) -> Diagnostic {
    Diagnostic(
      .libraryStarved, "OpenBLAS cannot work within the limits of this process", expected: expected, found: found,
      hints: ["ulimit -v unlimited"]
        + (ownThreads > 1 ? ["OPENBLAS_NUM_THREADS=1 in the environment: fewer threads"] : []))
  }
}
