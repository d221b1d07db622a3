import CallText
import Diagnostics
import LayerRecognition
import LayerVocabulary
import Reinitialization

/// A tensor that an adapter adds to each layer of a kind: `adds: base_model.model.*.lora_A.weight [config.r, in] to Dense`.
struct NoteAddition: Sendable {
  /// The tensor's name; `*` is the layer's path.
  let name: String
  /// The sizes of its axes: expressions of `in`, `out` and `config.FIELD`.
  let sizes: [Expression]
  /// Which layers.
  let layers: String
  /// As it is written.
  let text: String
  let line: ArchitectureNote.Line

  /// - Throws: ``Diagnostics/ErrorCode/noteSyntax``.
  init(_ text: String, _ line: ArchitectureNote.Line, at place: String) throws(Diagnostic) {
    (self.text, self.line) = (text, line)
    guard let open = text.firstIndex(of: "["), let end = text[open...].firstRange(of: "] to "),
      case let name = RuleText.trimmed(text[..<open]),
      name.split(separator: "*", omittingEmptySubsequences: false).count == 2
    else { throw NoteAddition.unreadable(text, at: place) }
    self.name = name
    layers = RuleText.trimmed(text[end.upperBound...])
    sizes = try text[text.index(after: open)..<end.lowerBound].split(separator: ",").map { (size) throws(Diagnostic) in
      do throws(Expression.Failure) { return try Expression(RuleText.trimmed(size)) } catch {
        throw NoteAddition.unreadable(text, at: place)
      }
    }
  }

  private static func unreadable(_ text: String, at place: String) -> Diagnostic {
    Diagnostic(
      .noteSyntax, "a line 'adds:' cannot be read", at: place,
      expected: "adds: base_model.model.*.lora_A.weight [config.r, in] to Dense", found: "'\(text)'")
  }

  /// The layers that it is added to.
  func selector(at place: String) throws(Diagnostic) -> Selector {
    do throws(Diagnostic) { return try Selector(parsing: layers) } catch { throw error.placed(place) }
  }
}

/// The tensors of an adapter for one layer.
public struct AddedTensor: Sendable {
  /// Its name in the adapter's file.
  public let name: String
  /// Its sizes.
  public let shape: [Int]
}

extension NoteFit {
  /// The kinds of layers that an adapter adds something to, each with its tensors for a layer.
  ///
  /// - Returns: selectors, and for each what makes the tensor for a layer of a path, inputs and outputs, all of them of packed maps.
  /// - Throws: the codes of selectors, with the note's line.
  public func additions() throws(Diagnostic) -> [(
    layers: Selector,
    tensor: @Sendable (_ path: String, _ inputs: Int, _ outputs: Int) throws(Diagnostic) -> AddedTensor
  )] {
    try note.additions.filter { $0.line.condition?.holds(for: config) ?? true }.map { (addition) throws(Diagnostic) in
      let (place, config) = (note.place(addition.line.number), config)
      return (
        try addition.selector(at: place),
        { (path, inputs, outputs) throws(Diagnostic) in
          let shape = try addition.sizes.map { (size) throws(Diagnostic) in
            do throws(Expression.Failure) {
              return try size.size { name in
                switch name {
                case "in": Double(inputs)
                case "out": Double(outputs)
                default: name.hasPrefix("config.") ? config.number(String(name.dropFirst("config.".count))) : nil
                }
              }
            } catch {
              throw Diagnostic(
                .valueOfExpression, error.problem, at: place, expected: "a size, of in, out and config.FIELD",
                found: "'\(size.text)'")
            }
          }
          return AddedTensor(name: addition.name.replacing("*", with: path), shape: shape)
        }
      )
    }
  }
}
