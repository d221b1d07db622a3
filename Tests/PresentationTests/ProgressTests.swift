import Synchronization
import Testing

@testable import Presentation

/// A clock that is set by hand, and everything that was written.
private final class Stage: Sendable {
  let milliseconds = Atomic(0)
  let written = Mutex<[String]>([])

  func progress(total: Int, totalBytes: Int = 0, isEnabled: Bool = true) -> Progress {
    Progress(
      total: total, totalBytes: totalBytes, style: Style(), isEnabled: isEnabled, width: { 80 },
      clock: { .milliseconds(self.milliseconds.load(ordering: .relaxed)) },
      write: { text in self.written.withLock { $0.append(text) } })
  }

  var output: [String] { written.withLock { $0 } }

  func wait(_ time: Int) { milliseconds.wrappingAdd(time, ordering: .relaxed) }
}

@Test("Nothing is drawn in the first 0.3 s, and nothing is erased then")
func shortRuns() {
  let stage = Stage()
  let progress = stage.progress(total: 30)
  for _ in 0..<29 {
    stage.wait(10)
    progress.advance()
  }
  progress.finish()
  #expect(stage.output == [])
}

@Test("A line is redrawn at most ten times a second")
func seldom() {
  let stage = Stage()
  let progress = stage.progress(total: 2000)
  for _ in 0..<2000 {
    stage.wait(1)
    progress.advance()
  }
  // From 0.3 s to 2.0 s.
  #expect(stage.output.count == 18)
}

@Test("At the end the line is erased, once, and nothing follows it")
func erased() throws {
  let stage = Stage()
  let progress = stage.progress(total: 10)
  progress.begin("filling conv1.weight")
  stage.wait(400)
  progress.advance(steps: 4)
  progress.finish()
  progress.finish()
  stage.wait(1000)
  progress.advance()
  #expect(stage.output.count == 2)
  let drawn = try #require(stage.output.first)
  #expect(drawn == "\r  filling conv1.weight ━━━━━━━━━╸──────────────  4/10 · 0:00 left")
  #expect(stage.output.last == "\r" + String(repeating: " ", count: displayWidth(drawn) - 1) + "\r")
}

@Test("A shorter line erases the rest of a longer one")
func overwritten() {
  let stage = Stage()
  let progress = stage.progress(total: 10)
  for label in ["a long label that is replaced", "short"] {
    stage.wait(400)
    progress.begin(Text(label))
  }
  #expect(Set(stage.output.map { displayWidth($0) }).count == 1)
}

@Test("Where it is not enabled nothing is written, and counting goes on")
func disabled() {
  let stage = Stage()
  let progress = stage.progress(total: 10, isEnabled: false)
  stage.wait(5000)
  progress.begin("x")
  progress.advance(steps: 7)
  progress.finish()
  #expect(stage.output == [] && progress.completed == 7)
}

@Test("The rest is estimated from the average speed, by bytes where they are known")
func estimate() {
  let stage = Stage()
  let progress = stage.progress(total: 10, totalBytes: 1000)
  #expect(progress.remaining == nil)
  stage.wait(3000)
  progress.advance(steps: 1, bytes: 250)
  #expect(progress.remaining == .seconds(9))
  progress.advance(steps: 20, bytes: 5000)
  #expect(progress.share == 1 && progress.remaining == .zero)
}

@Test("Threads count together without losing a step, and draw one line at a time")
func threads() async {
  let stage = Stage()
  let progress = stage.progress(total: 40_000)
  await withTaskGroup(of: Void.self) { group in
    for _ in 0..<8 {
      group.addTask {
        for _ in 0..<5000 {
          stage.wait(1)
          progress.advance()
        }
      }
    }
  }
  #expect(progress.completed == 40_000)
  #expect(!stage.output.isEmpty && stage.output.count <= 400)
  #expect(stage.output.allSatisfy { $0.hasPrefix("\r  ") })
}
