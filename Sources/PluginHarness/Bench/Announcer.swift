import Diagnostics
import Glibc
import JSONText
import PluginHost
import Synchronization

/// The record that a test's process writes, a line at a time, on a descriptor that nothing else writes to.
///
/// The first line, `begin …`, has the nonce. `step …` says what is about to happen, `guard …` which addresses must not be touched, and the last line,
/// `answer …`, what came of it, with the nonce. A record without that line is none, whatever the process's end.
final class Announcer: Sendable {
  /// The record's descriptor; negative for no record.
  private let descriptor: Int32
  private let nonce: String
  /// What was announced last; said again only where it differs.
  private let last = Mutex("")

  /// Says that this is a process of the harness, before anything of the plugin's is touched.
  init(nonce: String, descriptor: Int32 = 3) {
    (self.nonce, self.descriptor) = (nonce, descriptor)
    write("begin \(nonce)")
  }

  /// Says what is about to happen: what a crash or a hang is blamed on.
  func step(_ text: String) {
    let isNew = last.withLock { last in
      defer { last = text }
      return last != text
    }
    if isNew { write("step \(text)") }
  }

  /// Says that these addresses lie outside of what the plugin may touch.
  func guarding(_ addresses: Range<UInt>, _ meaning: String) {
    write("guard \(addresses.lowerBound) \(addresses.upperBound) \(meaning)")
  }

  /// Says at which addresses memory lies that is lent for calls: who touches it otherwise crashes there.
  func lending(_ addresses: Range<UInt>, _ meaning: String) {
    write("lent \(addresses.lowerBound) \(addresses.upperBound) \(meaning)")
  }

  /// Says which case of a fuzzing test comes, and how many simpler ones there are.
  func fuzzing(_ path: String, simplifications: Int) { write("case \(path) \(simplifications)") }

  /// The end of a record.
  func answer(_ answer: TestAnswer) {
    var object = answer.json
    object.append("nonce", .string(nonce))
    write("answer \(JSONValue.object(object).compact)")
  }

  private func write(_ line: String) {
    guard descriptor >= 0 else { return }
    let text = line.split(separator: "\n").joined(separator: " ") + "\n"
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}

/// What a test's process says at its end.
struct TestAnswer: Sendable, Equatable {
  /// What was found.
  var finding: Diagnostic?
  /// Why there was nothing to test.
  var skipped: String?
  /// What other processes have to come to as well.
  var result: String?
  /// The case of a fuzzing test that failed.
  var fuzzCase: String?
  /// What the plugin registered; of the first test alone.
  var description: PluginDescription?

  init(finding: Diagnostic? = nil, skipped: String? = nil) { (self.finding, self.skipped) = (finding, skipped) }

  var json: JSONObject {
    var object = JSONObject()
    if let finding { object.append("finding", finding.json) }
    if let skipped { object.append("skipped", .string(skipped)) }
    if let result { object.append("result", .string(result)) }
    if let fuzzCase { object.append("case", .string(fuzzCase)) }
    if let description { object.append("description", description.json) }
    return object
  }

  /// - Throws: the codes of JSON.
  init(json: JSONValue) throws(Diagnostic) {
    finding = try json["finding"].map { (value) throws(Diagnostic) in try Diagnostic(json: value) }
    skipped = json["skipped"]?.string
    result = json["result"]?.string
    fuzzCase = json["case"]?.string
    description = try json["description"].map { (value) throws(Diagnostic) in try PluginDescription(json: value) }
  }
}

/// A record as the process that started the test reads it.
struct TestRecord {
  private let lines: [Substring]
  private let text: String

  init(_ text: String) {
    self.text = text
    lines = text.split(separator: "\n")
  }

  /// Whether a process of the harness has begun to write it.
  func isBegun(nonce: String) -> Bool { lines.first == "begin \(nonce)" }

  /// The answer; nil if there is none with that nonce.
  /// - Throws: the codes of JSON for an answer that cannot be read.
  func answer(nonce: String) throws(Diagnostic) -> TestAnswer? {
    guard text.hasSuffix("\n"), let line = lines.last, line.hasPrefix("answer ") else { return nil }
    let json = try JSONValue(parsing: Array(line.dropFirst(7).utf8), source: "the record")
    return json["nonce"]?.string == nonce ? try TestAnswer(json: json) : nil
  }

  /// What the process was doing.
  var lastStep: String? { lines.last { $0.hasPrefix("step ") }.map { String($0.dropFirst(5)) } }

  /// The fuzz case that was running, and how many simpler ones it has.
  var lastCase: (path: String, simplifications: Int)? {
    guard let words = lines.last(where: { $0.hasPrefix("case ") })?.split(separator: " "), words.count == 3 else {
      return nil
    }
    return (String(words[1]), Int(words[2]) ?? 0)
  }

  /// What an address means, if it is one that must not be touched.
  func guarded(_ address: UInt) -> String? { meaning(of: address, "guard ") }

  /// What an address means, if it is of memory that is lent for calls.
  func lent(_ address: UInt) -> String? { meaning(of: address, "lent ") }

  private func meaning(of address: UInt, _ kind: String) -> String? {
    for line in lines.reversed() where line.hasPrefix(kind) {
      let words = line.split(separator: " ", maxSplits: 3)
      if words.count == 4, let first = UInt(words[1]), let end = UInt(words[2]), first <= address, address < end {
        return String(words[3])
      }
    }
    return nil
  }
}
