import Diagnostics
import JSONText
import LayerVocabulary
import Tensors

extension DrawSource {
  /// What a receipt keeps of a source.
  var json: JSONValue {
    var object: JSONObject = ["name": .string(name)]
    switch place {
    case .old: object.append("old", true)
    case .tensor(let path, let stored):
      object.append("path", .string(path))
      if let stored { object.append("stored", .string(stored)) }
    case .file(let file, let tensor):
      object.append("path", .string(tensor))
      object.append("file", .string(file))
    }
    object.append("dtype", .string(dtype.rawValue))
    object.append("shape", .array(shape.sizes.map { .integer(Int64($0)) }))
    if let rows {
      object.append(
        "rows", .array(rows.map { [.integer(Int64($0.lowerBound)), .integer(Int64($0.upperBound))] }))
    }
    if let hash { object.append("hash", .string("\(hash)")) }
    return .object(object)
  }

  init(json: JSONValue, at entry: String) throws(Diagnostic) {
    guard let name = json["name"]?.string, let dtype = json["dtype"]?.string.flatMap(DType.init(rawValue:)),
      let shape = Shape(checking: try Receipt.list("shape", in: json, of: "sizes", \.int))
    else { throw DrawSource.malformed(json, entry) }
    let hash = try Receipt.optional("hash", in: json, expected: "16 hexadecimal digits") {
      $0.string.flatMap { ContentHash($0) }
    }
    self.init(name: name, place: try DrawSource.place(json, entry), shape: shape, dtype: dtype, hash: hash)
    rows = try json["rows"].map { (rows) throws(Diagnostic) in try DrawSource.rows(rows, of: shape, entry) }
  }

  private static func place(_ json: JSONValue, _ entry: String) throws(Diagnostic) -> Place {
    if json["old"]?.bool == true { return .old }
    guard let path = json["path"]?.string else { throw malformed(json, entry) }
    if let file = json["file"]?.string { return .file(file, tensor: path) }
    return .tensor(path: path, stored: json["stored"]?.string)
  }

  /// Rows in order, none twice, that the shape has.
  private static func rows(_ json: JSONValue, of shape: Shape, _ entry: String) throws(Diagnostic) -> [Range<Int>] {
    var end = 0
    var rows: [Range<Int>] = []
    for pair in json.array ?? [.null] {
      guard let ends = pair.array?.map(\.int), ends.count == 2, let low = ends[0], let high = ends[1], shape.rank > 0,
        end <= low, low < high, high <= shape[0]
      else { throw malformed(json, entry) }
      rows.append(low..<high)
      end = high
    }
    return rows
  }

  private static func malformed(_ json: JSONValue, _ entry: String) -> Diagnostic {
    Receipt.malformed("sources", json, expected: "a name, a place, a type and a shape").at(entry)
  }
}
