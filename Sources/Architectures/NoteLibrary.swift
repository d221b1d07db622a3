import CNotes
import Diagnostics
import LayerVocabulary

/// The notes that there are: a user's before those that are built in.
///
/// Of those that are built in only the one is read that is needed.
public struct NoteLibrary: Sendable {
  private let own: [ArchitectureNote]
  private let hasBuiltIn: Bool
  /// The note that is meant where nothing says what a checkpoint is.
  var meant: String?

  /// A library.
  /// - Parameters:
  ///   - own: a user's notes, the last first.
  ///   - hasBuiltIn: whether those that are built in are there.
  public init(_ own: [ArchitectureNote] = [], hasBuiltIn: Bool = true) {
    self.own = own.reversed()
    self.hasBuiltIn = hasBuiltIn
  }

  /// The same with a note, by name, that a person means: it is the one for checkpoints of which nothing else says what they are.
  public func meaning(_ name: String?) -> NoteLibrary {
    var library = self
    library.meant = name
    return library
  }

  /// All notes, by name.
  /// - Throws: ``Diagnostics/ErrorCode/noteSyntax``, which none of those that are built in does.
  public func all() throws(Diagnostic) -> [ArchitectureNote] {
    let builtIn = try builtInTexts.map { (text) throws(Diagnostic) in try NoteLibrary.note(text) }
    return (own + builtIn).sorted { $0.name.lowercased() < $1.name.lowercased() }
  }

  /// The note of that name; nil where there is none.
  public func note(named name: String) throws(Diagnostic) -> ArchitectureNote? {
    if let note = own.first(where: { $0.isNamed(name) }) { return note }
    for text in builtInTexts where NoteLibrary.names(in: text).contains(where: { $0.lowercased() == name.lowercased() })
    {
      return try NoteLibrary.note(text)
    }
    return nil
  }

  /// The names of all architectures.
  public var names: [String] { own.flatMap(\.names) + builtInTexts.flatMap(NoteLibrary.names) }

  /// The notes whose patterns hold.
  func fitting(_ shapes: NameShapes, withBuiltIn: Bool) throws(Diagnostic) -> [ArchitectureNote] {
    let fitting = own.filter { shapes.fit($0.patterns) }
    guard fitting.isEmpty, withBuiltIn else { return fitting }
    return try builtInTexts.filter { shapes.fit(NoteLibrary.words("names:", in: $0).map(NamePattern.init)) }
      .map { (text) throws(Diagnostic) in try NoteLibrary.note(text) }
  }

  // MARK: texts

  /// The beginnings of the texts that are built in.
  private var builtInTexts: [UnsafePointer<CChar>] {
    hasBuiltIn ? (0..<reinit_note_count()).compactMap { reinit_note($0) } : []
  }

  private static func note(_ text: UnsafePointer<CChar>) throws(Diagnostic) -> ArchitectureNote {
    let name = names(in: text).first ?? ""
    var note = try ArchitectureNote(parsing: String(cString: text), source: "note \(name)")
    note.isBuiltIn = true
    return note
  }

  private static func names(in text: UnsafePointer<CChar>) -> [String] { words("architecture:", in: text) }

  /// What lines with a key list.
  private static func words(_ key: String, in text: UnsafePointer<CChar>) -> [String] {
    var words: [String] = []
    var (from, size) = (text, 0)
    while let start = reinit_note_line(from, key, &size) {
      let line = String(decoding: UnsafeRawBufferPointer(start: start, count: size), as: UTF8.self)
      words += line.prefix { $0 != "#" }.split { ", \t\r".contains($0) }.map(String.init)
      from = start + size
    }
    return words
  }
}
