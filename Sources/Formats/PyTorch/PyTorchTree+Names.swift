import Diagnostics

extension PyTorchTree {
  /// The longest name, and the bytes of all names together, as in a safetensors header.
  private static let namesLimit = SafeTensorsHeader.lengthLimit

  /// The name of a file's only tensor, which stands in no dictionary.
  static let loneName = "tensor"

  /// All tensors of a value with their names: keys joined by dots.
  ///
  /// - Throws: R0407 for two of one name, R0428 and R0445 for what is too long or too much, R0447 for a key that is no name.
  func named(in value: PickleValue) throws(Diagnostic) -> [(name: String, tensor: Int)] {
    guard count(value) <= Self.tensorLimit else {
      throw tooMuch("tensors, at most \(Self.tensorLimit)")
    }
    var collected = Collected()
    if case .tensor(let index) = value { return [(Self.loneName, Int(index))] }
    try collect(value, "", 0, &collected)
    try requireDistinct(collected.named.map(\.name))
    return collected.named
  }

  /// What has been found, and what it took: values that are shared stand in many places.
  private struct Collected {
    var named: [(name: String, tensor: Int)] = []
    var bytes = 0
    var steps = 0
  }

  private func collect(
    _ value: PickleValue, _ prefix: String, _ depth: Int, _ collected: inout Collected
  ) throws(Diagnostic) {
    try enter(depth)
    collected.steps += size(of: value)
    guard collected.steps <= PickleMachine.stepLimit else {
      throw tooMuch("values that are used in many places")
    }
    for (name, part) in parts(of: value) ?? [] {
      guard let name else {
        throw Diagnostic(
          .tensorMalformed, "a tensor stands under a key that is no name", at: place,
          expected: "a text or an integer",
          found: prefix.isEmpty ? nil : "a key in '\(prefix.prefix(200))'")
      }
      let full = prefix.isEmpty && depth == 0 ? name : "\(prefix).\(name)"
      try check(full, &collected.bytes)
      if case .tensor(let index) = part {
        collected.named.append((full, Int(index)))
      } else {
        try collect(part, full, depth + 1, &collected)
      }
    }
  }

  private func check(_ name: String, _ bytes: inout Int) throws(Diagnostic) {
    bytes += name.utf8.count
    guard name.utf8.count <= SafeTensorsParser.nameLimit else {
      throw Diagnostic(
        .nameTooLong, "the name of a tensor is too long: \(SafeTensorsParser.quoted(name))",
        at: place,
        expected: "at most \(SafeTensorsParser.nameLimit) bytes", found: "\(name.utf8.count) bytes")
    }
    guard bytes <= Self.namesLimit else {
      throw tooMuch("names, at most \(Self.namesLimit) bytes together")
    }
  }

  private func tooMuch(_ what: String) -> Diagnostic {
    Diagnostic(.pickleLimit, "the file has more than any model: \(what)", at: place)
  }

  private func requireDistinct(_ names: [String]) throws(Diagnostic) {
    var seen: Set<ByteName> = []
    seen.reserveCapacity(names.count)
    for name in names where !seen.insert(ByteName(name)).inserted {
      throw Diagnostic(
        .duplicateTensor, "there are two tensors \(SafeTensorsParser.quoted(name))", at: place,
        expected: "each name once")
    }
  }
}
