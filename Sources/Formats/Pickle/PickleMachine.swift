import Diagnostics
import JSONText

/// Runs the opcodes of a pickle, of which it knows those that make data.
///
/// Protocols 2 to 5 as CPython's pickletools describe them, without the opcodes that call or import. Each opcode adds at
/// most one value, so that memory is bounded by the pickle's length.
struct PickleMachine {
  /// The longest pickle that is read, in bytes: as much as a safetensors header.
  static let sizeLimit = 100_000_000
  /// The most opcodes; a tensor takes about forty.
  static let stepLimit = 1 << 25
  /// The most tuples, lists and dictionaries; a tensor takes five.
  static let containerLimit = 1 << 23

  var reader: ByteReader
  /// The file and the member, for errors.
  let place: String
  var stack: [PickleValue] = []
  /// The heights of the stack at which a mark was set.
  var marks: [Int] = []
  var memo: [UInt32: PickleValue] = [:]
  var contents: PickleContents
  /// Storages by their keys.
  var storageNumbers: [ByteName: Int32] = [:]
  /// Names of Python by their text, so that each stands once in the contents.
  var globalNumbers: [ByteName: Int32] = [:]
  /// Where the opcode at hand begins.
  var start = 0
  private var steps = 0

  private init(_ bytes: [UInt8], place: String) {
    reader = ByteReader(bytes)
    self.place = place
    contents = PickleContents(bytes: bytes)
  }

  /// Reads a whole pickle.
  ///
  /// - Throws: R0443 where it is broken, R0444 where it names what is not known, R0446 and R0447 for its tensors.
  static func run(_ bytes: [UInt8], place: String) throws(Diagnostic) -> PickleContents {
    var machine = PickleMachine(bytes, place: place)
    guard bytes.count <= sizeLimit else {
      throw machine.fault(
        "the pickle is too long", .pickleLimit, expected: "at most \(sizeLimit) bytes",
        found: "\(bytes.count) bytes")
    }
    repeat { try machine.count() } while try machine.step()
    return machine.contents
  }

  private mutating func count() throws(Diagnostic) {
    steps += 1
    let containers = contents.sequences.count + contents.dictionaries.count
    guard steps <= Self.stepLimit, containers <= Self.containerLimit else {
      throw fault(
        "the pickle has more values than any model", .pickleLimit,
        expected:
          "at most \(Self.stepLimit) opcodes and \(Self.containerLimit) tuples, lists and dictionaries"
      )
    }
  }

  /// Carries out one opcode; false after the last.
  private mutating func step() throws(Diagnostic) -> Bool {
    start = reader.offset
    let opcode = try number(UInt8.self)
    if opcode == 0x2E { return try stop() }
    if try pushPlain(opcode) { return true }
    if try pushBytes(opcode) { return true }
    if try moveValues(opcode) { return true }
    if try makeContainer(opcode) { return true }
    if try makeObject(opcode) { return true }
    throw fault("opcode 0x\(String(opcode, radix: 16)) is not one of data in protocols 2 to 5")
  }

  private mutating func stop() throws(Diagnostic) -> Bool {
    contents.root = try pop()
    guard stack.isEmpty, marks.isEmpty else { throw fault("the pickle ends with values left over") }
    return false
  }

  /// A number of the pickle's own encoding.
  mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws(Diagnostic) -> Number {
    guard let number = reader.number(type) else { throw cutOff() }
    return number
  }

  /// The range of bytes behind a count.
  mutating func piece(_ count: some FixedWidthInteger) throws(Diagnostic) -> Range<Int> {
    guard let count = Int(exactly: count), count >= 0, let range = reader.take(count) else {
      throw cutOff()
    }
    return range
  }

  /// The value at the top, which a mark protects from being taken by what is above the mark.
  mutating func pop() throws(Diagnostic) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
      throw fault("a value is taken from an empty stack")
    }
    return value
  }

  /// All values above the last mark.
  mutating func popToMark() throws(Diagnostic) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw fault("there is no mark") }
    let values = Array(stack[mark...])
    stack.removeLast(stack.count - mark)
    return values
  }

  /// The value at the top, which stays there.
  func top() throws(Diagnostic) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.last else {
      throw fault("a value is asked for on an empty stack")
    }
    return value
  }

  /// An error at the opcode at hand.
  func fault(
    _ message: String, _ code: ErrorCode = .pickleMalformed, expected: String? = nil,
    found: String? = nil
  ) -> Diagnostic {
    Diagnostic(code, message, at: "\(place) byte \(start)", expected: expected, found: found)
  }

  private func cutOff() -> Diagnostic {
    fault("the pickle ends within an opcode", found: "\(contents.bytes.count) bytes")
  }
}
