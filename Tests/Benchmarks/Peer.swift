import Foundation

/// Another program that does the same work: a Python process that stays, and measures itself when asked.
///
/// Only one of the two processes works at a time.
final class Peer {
  private let process = Process()
  private let (input, output) = (Pipe(), Pipe())
  private var buffer = Data()

  /// Starts `python peers.py`.
  init(python: String, script: String) throws {
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [script]
    process.standardInput = input
    process.standardOutput = output
    // Threads that wait must not take a processor from us.
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["OMP_WAIT_POLICY": "passive", "KMP_BLOCKTIME": "0"]) { own, _ in own }
    try process.run()
  }

  /// The answer to a request: seconds, or text after a colon; nil where the peer cannot do it.
  func ask(_ request: String) -> Double? { line(request).flatMap { Double($0) } }

  /// The line that answers a request.
  func line(_ request: String) -> String? {
    input.fileHandleForWriting.write(Data((request + "\n").utf8))
    while true {
      if let end = buffer.firstIndex(of: 10) {
        let line = String(decoding: buffer[..<end], as: UTF8.self)
        buffer.removeSubrange(...end)
        return line
      }
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { return nil }
      buffer.append(more)
    }
  }

  func stop() {
    input.fileHandleForWriting.closeFile()
    process.waitUntilExit()
  }
}

/// Runs a command to its end and gives the seconds that took, and the most memory that it had.
@discardableResult
func command(_ arguments: [String]) throws -> (seconds: Double, peakBytes: Double) {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
  var child = pid_t()
  var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
  defer { for pointer in pointers { free(pointer) } }
  let start = now()
  let status = posix_spawnp(&child, arguments[0], &actions, nil, &pointers, environ)
  guard status == 0 else { throw CommandFailure(text: "\(arguments[0]): \(String(cString: strerror(status)))") }
  var (result, usage) = (Int32(0), rusage())
  wait4(child, &result, 0, &usage)
  let seconds = now() - start
  guard result == 0 else { throw CommandFailure(text: "\(arguments.joined(separator: " ")): status \(result)") }
  return (seconds, Double(usage.ru_maxrss) * 1024)
}

/// A command that did not do its work.
struct CommandFailure: Error, CustomStringConvertible {
  let text: String
  var description: String { text }
}
