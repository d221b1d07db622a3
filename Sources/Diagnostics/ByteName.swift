/// A name as files have it: its UTF-8 bytes.
///
/// Swift's strings are equal where Unicode calls them equivalent; two spellings of `é` are two names all the same. Sets,
/// dictionaries and comparisons of names use this type.
package struct ByteName: Sendable {
  /// The name.
  package let text: String

  @inlinable package init(_ text: String) { self.text = text }

  /// Whether two texts are the same bytes.
  @inlinable package static func areSame(_ a: String, _ b: String) -> Bool {
    var (a, b) = (a, b)
    return a.withUTF8 { a in b.withUTF8 { b in a.count == b.count && a.elementsEqual(b) } }
  }
}

extension ByteName: Hashable {
  @inlinable package static func == (a: ByteName, b: ByteName) -> Bool { areSame(a.text, b.text) }

  @inlinable package func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }
}

extension ByteName: Comparable {
  /// The order of bytes.
  package static func < (a: ByteName, b: ByteName) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }
}

extension String {
  /// Hashes the bytes of the text.
  @inlinable package func hashBytes(into hasher: inout Hasher) {
    var text = self
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
