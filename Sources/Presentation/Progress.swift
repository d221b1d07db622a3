import Synchronization

/// One line that says how far a long run is: drawn late, redrawn seldom, erased at the end.
///
/// Counting is lock-free and may be done from any thread. Where it is not enabled nothing is ever written.
public final class Progress: Sendable {
  private struct Screen {
    var label: Text = ""
    var width = 0
    var isFinished = false
  }

  private let total: Int
  private let totalBytes: Int
  private let style: Style
  private let isEnabled: Bool
  private let columns: @Sendable () -> Int
  private let clock: @Sendable () -> Duration
  private let write: @Sendable (String) -> Void
  private let start: Duration

  private let doneSteps = Atomic(0)
  private let doneBytes = Atomic(0)
  /// Milliseconds after the start before which nothing is drawn.
  private let nextDraw = Atomic(300)
  private let screen = Mutex(Screen())

  /// Begins to count, and to measure time.
  /// - Parameters:
  ///   - total: the number of steps.
  ///   - totalBytes: the bytes in all of them, 0 where bytes say nothing.
  ///   - isEnabled: false where the sink is not a terminal.
  ///   - width: the terminal's columns, asked at each drawing.
  ///   - clock: the time since any fixed moment.
  ///   - write: takes what is to be sent to the terminal.
  public init(
    total: Int, totalBytes: Int = 0, style: Style, isEnabled: Bool, width: @escaping @Sendable () -> Int,
    clock: (@Sendable () -> Duration)? = nil, write: @escaping @Sendable (String) -> Void
  ) {
    self.total = max(0, total)
    self.totalBytes = max(0, totalBytes)
    self.style = style
    self.isEnabled = isEnabled
    columns = width
    let origin = ContinuousClock.now
    self.clock = clock ?? { origin.duration(to: .now) }
    self.write = write
    start = self.clock()
  }

  deinit { finish() }

  /// Says what is being done now: `filling layer3.1.conv2.weight`.
  public func begin(_ label: Text) {
    guard isEnabled else { return }
    screen.withLock { $0.label = label }
    drawIfDue()
  }

  /// Counts what has been done since the last call.
  public func advance(steps: Int = 1, bytes: Int = 0) {
    doneSteps.wrappingAdd(steps, ordering: .relaxed)
    doneBytes.wrappingAdd(bytes, ordering: .relaxed)
    if isEnabled { drawIfDue() }
  }

  /// The steps counted so far.
  public var completed: Int { doneSteps.load(ordering: .relaxed) }

  /// The part done, 0 to 1, by bytes where they are known.
  public var share: Double {
    let (done, all) =
      totalBytes > 0 ? (doneBytes.load(ordering: .relaxed), totalBytes) : (completed, total)
    return all > 0 ? min(1, max(0, Double(done) / Double(all))) : 0
  }

  /// The time the rest will take at the average speed so far; `nil` before anything is done.
  public var remaining: Duration? {
    let share = share
    return share > 0 ? (clock() - start) * ((1 - share) / share) : nil
  }

  /// Erases the line.
  ///
  /// Nothing is drawn from then on.
  public func finish() {
    guard isEnabled else { return }
    screen.withLock { screen in
      if screen.width > 0 { write("\r" + String(repeating: " ", count: screen.width) + "\r") }
      screen.width = 0
      screen.isFinished = true
    }
  }

  private func drawIfDue() {
    let now = clock() - start
    let elapsed = Int(now / .milliseconds(1))
    guard elapsed >= nextDraw.load(ordering: .relaxed) else { return }
    // A thread that finds another one drawing has better things to do than to wait.
    _ = screen.withLockIfAvailable { screen in
      guard !screen.isFinished, elapsed >= nextDraw.load(ordering: .relaxed) else { return }
      nextDraw.store(elapsed + 100, ordering: .relaxed)
      let line = ProgressLine(
        label: screen.label, share: share, steps: (completed, total),
        bytes: (doneBytes.load(ordering: .relaxed), totalBytes), remaining: remaining, style: style
      ).fitted(to: columns() - 1)
      // Blanks instead of an escape code: they erase on any terminal.
      let blanks = String(repeating: " ", count: max(0, screen.width - line.width))
      write("\r" + line.rendered(in: style) + blanks)
      screen.width = line.width
    }
  }
}
