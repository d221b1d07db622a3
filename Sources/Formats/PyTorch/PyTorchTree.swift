import Diagnostics

/// The dictionaries and lists of a pickle as a tree, with the number of tensors below each.
///
/// What is shared is counted wherever it stands, and looked at once.
struct PyTorchTree {
  /// The deepest nesting that is walked.
  static let depthLimit = 100
  /// The most tensors that are named.
  static let tensorLimit = 1_000_000

  let contents: PickleContents
  /// The file and the member, for errors.
  let place: String
  /// The number of tensors below each container; nil where it has not been counted.
  private var sequenceCounts: [Int?]
  private var dictionaryCounts: [Int?]

  /// Counts the tensors of everything that the root holds.
  ///
  /// - Throws: R0443 for what contains itself, R0445 for what is nested too deep.
  init(_ contents: PickleContents, place: String) throws(Diagnostic) {
    self.contents = contents
    self.place = place
    sequenceCounts = Array(repeating: nil, count: contents.sequences.count)
    dictionaryCounts = Array(repeating: nil, count: contents.dictionaries.count)
    _ = try measure(contents.root, depth: 0)
  }

  /// The number of tensors in a value, itself included.
  func count(_ value: PickleValue) -> Int {
    switch value {
    case .tensor: 1
    case .tuple(let index), .list(let index): sequenceCounts[Int(index)] ?? 0
    case .dictionary(let index): dictionaryCounts[Int(index)] ?? 0
    default: 0
    }
  }

  private mutating func measure(_ value: PickleValue, depth: Int) throws(Diagnostic) -> Int {
    switch value {
    case .tensor: return 1
    case .tuple(let index), .list(let index):
      if let known = sequenceCounts[Int(index)] { return try finished(known) }
      try enter(depth)
      sequenceCounts[Int(index)] = -1
      var sum = 0
      for part in contents.sequences[Int(index)] {
        sum = capped(sum, try measure(part, depth: depth + 1))
      }
      sequenceCounts[Int(index)] = sum
      return sum
    case .dictionary(let index):
      if let known = dictionaryCounts[Int(index)] { return try finished(known) }
      try enter(depth)
      dictionaryCounts[Int(index)] = -1
      var sum = 0
      for pair in contents.dictionaries[Int(index)] {
        sum = capped(sum, try measure(pair.value, depth: depth + 1))
      }
      dictionaryCounts[Int(index)] = sum
      return sum
    default: return 0
    }
  }

  /// A sum that stays small: what is shared on many levels counts exponentially often.
  private func capped(_ a: Int, _ b: Int) -> Int { min(a + b, Self.tensorLimit + 1) }

  private func finished(_ count: Int) throws(Diagnostic) -> Int {
    if count >= 0 { return count }
    throw Diagnostic(.pickleMalformed, "a dictionary or list contains itself", at: place)
  }

  func enter(_ depth: Int) throws(Diagnostic) {
    guard depth < Self.depthLimit else {
      throw Diagnostic(
        .pickleLimit, "values are nested too deep", at: place,
        expected: "at most \(Self.depthLimit) levels")
    }
  }

  /// The parts of a container that hold tensors, with their names; nil for what is no container.
  ///
  /// Keys are texts and integers; a part under any other key has no name.
  func parts(of value: PickleValue) -> [(name: String?, value: PickleValue)]? {
    switch value {
    case .dictionary(let index):
      contents.dictionaries[Int(index)].lazy.filter { count($0.value) > 0 }.map {
        (name(of: $0.key), $0.value)
      }
    case .tuple(let index), .list(let index):
      contents.sequences[Int(index)].enumerated().filter { count($0.element) > 0 }.map {
        ("\($0.offset)", $0.element)
      }
    default: nil
    }
  }

  /// The number of a container's parts, tensors or not.
  func size(of value: PickleValue) -> Int {
    switch value {
    case .dictionary(let index): contents.dictionaries[Int(index)].count
    case .tuple(let index), .list(let index): contents.sequences[Int(index)].count
    default: 0
    }
  }

  private func name(of key: PickleValue) -> String? {
    if case .integer(let number) = key { return "\(number)" }
    return contents.text(key)
  }
}
