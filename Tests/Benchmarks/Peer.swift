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

/// Runs a command to its end and gives the seconds that took.
@discardableResult
func seconds(of arguments: [String]) throws -> Double {
  let start = now()
  try run(arguments) { _ = waitpid($0, &$1, 0) }
  return now() - start
}

/// Runs a command to its end and gives the most memory that it had, in bytes.
///
/// Looks at it while it runs: what the system says in the end is never less than what its parent has.
func peakBytes(of arguments: [String]) throws -> Double {
  var peak = 0.0
  try run(arguments) { child, result in
    while waitpid(child, &result, WNOHANG) == 0 {
      peak = max(peak, peakBytes(of: child))
      usleep(300)
    }
  }
  guard peak > 0 else {
    throw CommandFailure(text: "\(arguments.joined(separator: " ")): over before it was looked at")
  }
  return peak
}

private func run(_ arguments: [String], _ wait: (pid_t, inout Int32) throws -> Void) throws {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
  var child = pid_t()
  var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
  defer { for pointer in pointers { free(pointer) } }
  let status = posix_spawnp(&child, arguments[0], &actions, nil, &pointers, environ)
  guard status == 0 else { throw CommandFailure(text: "\(arguments[0]): \(String(cString: strerror(status)))") }
  var result: Int32 = 0
  try wait(child, &result)
  guard result == 0 else { throw CommandFailure(text: "\(arguments.joined(separator: " ")): status \(result)") }
}

/// The most memory that a process has had so far.
private func peakBytes(of process: pid_t) -> Double {
  guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
    let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
    let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Double($0) })
  else { return 0 }
  return kibibytes * 1024
}

/// A command that did not do its work.
struct CommandFailure: Error, CustomStringConvertible {
  let text: String
  var description: String { text }
}
