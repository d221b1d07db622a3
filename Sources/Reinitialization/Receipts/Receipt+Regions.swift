import Diagnostics
import JSONText
import LayerVocabulary
import Tensors

extension Receipt.Entry {
  /// What later entries for the same tensor leave of this one; nil if that is nothing.
  func left(by others: [Receipt.Entry]) -> Receipt.Entry? {
    guard let shape = Shape(checking: shape) else { return nil }
    var entry = self
    for other in others {
      // What a later run has kept of a tensor that it filled is not what it has filled.
      guard let region = other.region else { return nil }
      let own = entry.region ?? Region(.all)
      guard region.elements.meets(own.elements, in: shape) else { continue }
      guard draw != nil, !(region.without.isEmpty && region.elements.covers(own.elements, in: shape)) else {
        return nil
      }
      entry.region = own.losing(region.elements, in: shape)
      entry.hash = nil
    }
    return entry
  }
}

extension Region {
  /// The same without some more elements.
  fileprivate func losing(_ elements: Elements, in shape: Shape) -> Region {
    var region = self
    guard !without.contains(where: { $0.covers(elements, in: shape) }) else { return region }
    region.without.removeAll { elements.covers($0, in: shape) }
    region.without.append(elements)
    return region
  }

  /// What a receipt keeps of a region.
  package var json: JSONValue {
    var object = elements.json
    if let text { object.append("text", .string(text)) }
    if !without.isEmpty { object.append("without", .array(without.map { .object($0.json) })) }
    return .object(object)
  }

  /// A region as it stands in a receipt.
  /// - Throws: ``Diagnostics/ErrorCode/receiptUnreadable``.
  package init(json: JSONValue, at entry: String) throws(Diagnostic) {
    var without: [Elements] = []
    for other in try Receipt.optional("without", in: json, expected: "a list", \.array) ?? [] {
      without.append(try Elements(json: other, at: entry))
    }
    self.init(try Elements(json: json, at: entry), without: without, text: json["text"]?.string)
  }
}

extension Region.Elements {
  fileprivate var json: JSONObject {
    switch self {
    case .all: return ["all": true]
    case .box(let slices):
      return ["slices": .array(slices.map { Self.json([$0.start, $0.start + ($0.count - 1) * $0.step + 1, $0.step]) })]
    case .rows(let rows): return ["rows": .array(rows.map { Self.json([$0.lowerBound, $0.upperBound]) })]
    case .mask(let mask):
      var object: JSONObject = ["file": .string(mask.file), "tensor": .string(mask.tensor)]
      if let hash = mask.hash { object.append("hash", .string("\(hash)")) }
      return ["mask": .object(object)]
    }
  }

  private static func json(_ numbers: [Int]) -> JSONValue { .array(numbers.map { .integer(Int64($0)) }) }

  fileprivate init(json: JSONValue, at entry: String) throws(Diagnostic) {
    if json["all"]?.bool == true {
      self = .all
    } else if let slices = json["slices"]?.array {
      self = .box(
        try slices.map { (slice) throws(Diagnostic) in
          let numbers = try Self.numbers(slice, 3, entry)
          guard numbers[1] > numbers[0] else { throw Self.malformed(slice, entry) }
          let count = (numbers[1] - numbers[0] + numbers[2] - 1) / numbers[2]
          return AxisSlice(start: numbers[0], count: count, step: numbers[2])
        })
    } else if let rows = json["rows"]?.array {
      self = .rows(
        try rows.map { (row) throws(Diagnostic) in
          let numbers = try Self.numbers(row, 2, entry)
          guard numbers[1] > numbers[0] else { throw Self.malformed(row, entry) }
          return numbers[0]..<numbers[1]
        })
    } else if let mask = json["mask"], let file = mask["file"]?.string, let tensor = mask["tensor"]?.string {
      self = .mask(RegionMask(file: file, tensor: tensor, hash: mask["hash"]?.string.flatMap { ContentHash($0) }))
    } else {
      throw Self.malformed(json, entry)
    }
  }

  /// So many numbers that are no larger than a tensor may be; a step is at least 1.
  private static func numbers(_ json: JSONValue, _ count: Int, _ entry: String) throws(Diagnostic) -> [Int] {
    let numbers = (json.array ?? []).compactMap(\.int)
    guard numbers.count == count, numbers.allSatisfy({ (0...1 << 59).contains($0) }), numbers.last ?? 0 > 0 else {
      throw malformed(json, entry)
    }
    return numbers
  }

  private static func malformed(_ json: JSONValue, _ entry: String) -> Diagnostic {
    Receipt.malformed("part", json, expected: "slices, rows, or a mask").at(entry)
  }
}
