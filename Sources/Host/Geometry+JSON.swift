import Diagnostics
import JSONText
import LayerVocabulary
import Tensors

extension Geometry {
  /// What axes mean, as a description says it: `{"out": 0, "in": [1], "groups": 2, "parts": ["q", "k", "v"]}`.
  ///
  /// `parts` is a number, a list of names of equal parts, or a list of objects with `name` and `size`.
  /// - Throws: ``Diagnostics/ErrorCode/jsonShape``; ``Diagnostics/ErrorCode/geometryMismatch`` where it does not fit the shape.
  init(_ json: JSONValue, of shape: Shape, at place: String) throws(Diagnostic) {
    guard let object = json.object else { throw DescriptionFault.kind(place, "an object", json) }
    self.init()
    for key in object.keys { try take(key, json[key] ?? .null, at: "\(place).\(key)") }
    guard inAxes.count <= 7, fits(shape) else {
      throw Diagnostic(
        .geometryMismatch, "a geometry does not fit the shape of its tensor", at: place,
        expected: "axes of \(shape), and groups and parts that divide what they split")
    }
  }

  private mutating func take(_ key: String, _ value: JSONValue, at place: String) throws(Diagnostic) {
    switch key {
    case "out": outAxis = try Geometry.number(value, 0...63, place)
    case "in":
      guard let axes = value.array, (1...7).contains(axes.count) else {
        throw DescriptionFault.kind(place, "a list of 1 to 7 axes", value)
      }
      inAxes = try axes.map { (axis) throws(Diagnostic) in try Geometry.number(axis, 0...63, place) }
    case "groups": groups = try Geometry.number(value, 1...Int(Int32.max), place)
    case "transposed": isTransposed = try Geometry.flag(value, place)
    case "one_hot": isOneHot = try Geometry.flag(value, place)
    case "stacked": isStacked = try Geometry.flag(value, place)
    case "forget": forgetPart = try Geometry.number(value, 0...255, place)
    case "parts": try takeParts(value, at: place)
    default:
      throw DescriptionFault.kind(
        place, "out, in, groups, transposed, one_hot, stacked, forget or parts", .string(key))
    }
  }

  private mutating func takeParts(_ value: JSONValue, at place: String) throws(Diagnostic) {
    guard let list = value.array else {
      parts = try Geometry.number(value, 1...Int(Int32.max), place)
      return
    }
    let names = list.compactMap(\.string)
    guard names.count != list.count else {
      (parts, partNames) = (max(1, names.count), names)
      return
    }
    packed = try list.map { (part) throws(Diagnostic) in
      PackedPart(
        try part.text("name", in: place), size: try Geometry.number(part["size"] ?? .null, 1...Int(Int32.max), place))
    }
    guard packed.reduce(0, { $0 + $1.size }) <= Int(Int32.max) else {
      throw DescriptionFault.kind(place, "sizes that add up to an axis", value)
    }
  }

  private static func number(_ value: JSONValue, _ range: ClosedRange<Int>, _ place: String) throws(Diagnostic) -> Int {
    guard let number = value.int, range.contains(number) else {
      throw DescriptionFault.kind(place, "an integer from \(range.lowerBound) to \(range.upperBound)", value)
    }
    return number
  }

  private static func flag(_ value: JSONValue, _ place: String) throws(Diagnostic) -> Bool {
    guard let flag = value.bool else { throw DescriptionFault.kind(place, "true or false", value) }
    return flag
  }
}
