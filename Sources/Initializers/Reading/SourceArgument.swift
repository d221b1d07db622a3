import CallText
import Diagnostics
import LayerVocabulary

extension Arguments {
  /// A word.
  /// - Throws: ``Diagnostics/ErrorCode/argumentKind``.
  func text(_ name: String, expected: String) throws(Diagnostic) -> String {
    guard case .word(let word) = self[name] else { throw wrongKind(name, expected: expected) }
    return word
  }

  /// An initializer that is an argument of another one.
  /// - Throws: ``Diagnostics/ErrorCode/argumentKind``; what reading it says.
  func initializer(_ name: String) throws(Diagnostic) -> any Initializer {
    guard case .word(let text) = self[name] else {
      throw wrongKind(name, expected: "an initializer, such as normal(std: 0.02)")
    }
    return try InitializerRegistry.standard.initializer(parsing: text)
  }
}

extension SourceReference {
  /// Whether a text means a checkpoint, and no tensor's path: by a slash, or the ending of a format.
  static func isCheckpoint(_ text: String) -> Bool {
    text.utf8.contains(UInt8(ascii: "/"))
      || [".safetensors", ".safetensors.index.json", ".bin", ".bin.index.json", ".pt", ".pth", ".ckpt"].contains {
        text.hasSuffix($0)
      }
  }

  /// A checkpoint's tensor, of the same name where `tensor` is empty; or a tensor of the tree.
  init(_ text: String, tensor: String) {
    self = SourceReference.isCheckpoint(text) ? .file(text, tensor: tensor) : .tensor(text)
  }
}

extension Initializer {
  /// The old values, element by element.
  /// - Throws: ``Diagnostics/ErrorCode/unsuitableShape`` where they are of a tensor that had another shape.
  func oldValues(of context: ParameterContext) throws(Diagnostic) -> DrawSource {
    let old = try context.source("old", .old)
    guard old.shape == context.shape else { throw Diagnostic.anotherShape(old, context) }
    return old
  }
}

extension Diagnostic {
  static func anotherShape(_ source: DrawSource, _ context: ParameterContext) -> Diagnostic {
    Diagnostic(
      .unsuitableShape, "'\(source)' has another shape than '\(context.name)'", at: context.name,
      expected: "\(context.shape)", found: "\(source.shape)")
  }
}

extension Draw {
  /// The same with what it reads; the sources of the draw that it changes come behind its own.
  func reading(_ source: DrawSource) -> Draw {
    var draw = self
    draw.sources = [source] + (others.first?.sources ?? [])
    return draw
  }

  /// The draw that this one changes, with its sources.
  var other: Draw? {
    guard var other = others.first else { return nil }
    other.sources = Array(sources.dropFirst())
    return other
  }
}
