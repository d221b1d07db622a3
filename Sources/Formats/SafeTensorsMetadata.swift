/// A file's own remarks: pairs of strings in the order of the file.
public struct SafeTensorsMetadata: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  /// A key and its text.
  public struct Pair: Sendable, Equatable {
    /// The name.
    public let key: String
    /// Its text.
    public var value: String
  }

  /// The pairs in order; no two keys have the same bytes.
  public private(set) var pairs: [Pair] = []

  /// No remarks.
  public init() {}

  /// The pairs as written; of a key that is written twice, the last value.
  public init(dictionaryLiteral elements: (String, String)...) {
    for (key, value) in elements { self[key] = value }
  }

  /// Whether there are no pairs.
  public var isEmpty: Bool { pairs.isEmpty }

  /// The text of a key: replaced in its place, appended where it is new, removed by nil.
  ///
  /// - Complexity: O(pairs).
  public subscript(key: String) -> String? {
    get { index(of: key).map { pairs[$0].value } }
    set {
      switch (index(of: key), newValue) {
      case (let index?, let value?): pairs[index].value = value
      case (let index?, nil): pairs.remove(at: index)
      case (nil, let value?): pairs.append(Pair(key: key, value: value))
      case (nil, nil): break
      }
    }
  }

  /// Appends a pair whose key is known to be new.
  package mutating func append(_ key: String, _ value: String) {
    pairs.append(Pair(key: key, value: value))
  }

  private func index(of key: String) -> Int? {
    pairs.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
  }
}
