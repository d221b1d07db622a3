import Diagnostics
import Glibc
import JSONText

/// An error as C has it: texts that live as long as it does.
final class ErrorHandle: Sendable {
  /// The error.
  let error: Diagnostic
  let text, json, code, message: CText
  let place, expected, found: CText?
  let hints: [CText]

  init(_ error: Diagnostic) {
    self.error = error
    (text, json) = (CText(error.description), CText(error.errorJSON.compact))
    (code, message) = (CText(error.code.id), CText(error.message))
    place = error.place.map { CText($0) }
    (expected, found) = (error.expected.map { CText($0) }, error.found.map { CText($0) })
    hints = error.hints.map { CText($0) }
  }
}

/// A text that ends with NUL, in memory of its own; what stands behind a NUL inside of it is lost to C.
final class CText: @unchecked Sendable {
  let start: UnsafeMutablePointer<CChar>?
  init(_ text: String) { start = text.withCString { strdup($0) } }
  deinit { free(start) }
}
