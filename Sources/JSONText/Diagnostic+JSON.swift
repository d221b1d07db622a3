import Diagnostics

extension Diagnostic {
  /// `reinit.error/1`: what is not said is left out.
  package var errorJSON: JSONValue {
    var object: JSONObject = ["schema": "reinit.error/1", "code": .string(code.id)]
    object.append("message", .string(message))
    for (key, value) in [("place", place), ("expected", expected), ("found", found)] {
      if let value { object.append(key, .string(value)) }
    }
    object.append("notes", .array(notes.map { .string($0) }))
    object.append("hints", .array(hints.map { .string($0) }))
    return .object(object)
  }
}
