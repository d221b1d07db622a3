import CallText
import Diagnostics
import Initializers
import Layers

/// The options of one model, every one with its value: what was given, or the default.
struct ModelSettings: Sendable {
  private let arguments: Arguments
  /// The layers that an option may name.
  let layers: LayerRegistry

  /// Names and values of texts `key=value`.
  static func options(_ texts: [String]) throws(Diagnostic) -> [(name: String, value: String)] {
    var options: [(name: String, value: String)] = []
    for text in texts {
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
        throw Diagnostic(
          .malformedSetting, "an option of a model cannot be read", expected: "key=value", found: "'\(text)'",
          hints: ["--set classes=10"])
      }
      options.append((String(text[..<equals]), String(text[text.index(after: equals)...])))
    }
    return options
  }

  /// Options whose values are read as in a layer's call.
  init(
    _ options: [(name: String, value: String)], of model: ModelDescriptor, layers: LayerRegistry
  ) throws(Diagnostic) {
    try self.init(CallText(model.name, options: options, as: .layer), of: model, layers: layers)
  }

  /// Options that are values already.
  init(_ options: ModelOptions, of model: ModelDescriptor) throws(Diagnostic) {
    let values: [(String, ArgumentValue)] = [
      ("classes", .number(Double(options.classes))), ("channels", .number(Double(options.channels))),
    ]
    try self.init(CallText(model.name, values, as: .layer), of: model, layers: .standard)
  }

  private init(_ call: CallText, of model: ModelDescriptor, layers: LayerRegistry) throws(Diagnostic) {
    arguments = try Arguments(of: model.name, model.parameters, call)
    self.layers = layers
  }

  /// Classes and channels.
  var options: ModelOptions {
    get throws(Diagnostic) {
      ModelOptions(
        classes: try arguments.integer("classes", in: 1...1 << 24),
        channels: try arguments.integer("channels", in: 1...1 << 16))
    }
  }

  /// A number from 1 on.
  func size(_ name: String) throws(Diagnostic) -> Int { try arguments.integer(name, in: 1...1 << 16) }

  /// A number from 0 to 1.
  func rate(_ name: String) throws(Diagnostic) -> Double {
    let rate = try arguments.number(name)
    guard (0...1).contains(rate) else {
      throw arguments.outOfRange(name, expected: "a number from 0 to 1", found: .number(rate))
    }
    return rate
  }

  /// `true` or `false`.
  func flag(_ name: String) throws(Diagnostic) -> Bool { try arguments.flag(name) }

  /// One of a few words.
  func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String) throws(Diagnostic) -> Word {
    try arguments.word(name)
  }

  /// The text of an option, as a word.
  func text(_ name: String) throws(Diagnostic) -> String {
    guard case .word(let text) = arguments[name] else { throw arguments.wrongKind(name, expected: "a name") }
    return text
  }

  /// What makes layers of a number of channels, which is the first argument of what the option names; nil for `none`.
  func hook(_ name: String) throws(Diagnostic) -> LayerHook? {
    let text = try text(name)
    guard text != "none" else { return nil }
    let layers = layers
    return { (channels) throws(Diagnostic) in
      guard let parenthesis = text.firstIndex(of: "(") else { return try layers.layer(parsing: "\(text)(\(channels))") }
      let rest = text[text.index(after: parenthesis)...]
      let isEmpty = rest.allSatisfy { $0 == ")" || $0 == " " }
      return try layers.layer(parsing: "\(text[..<parenthesis])(\(channels)\(isEmpty ? "" : ", ")\(rest)")
    }
  }
}

extension ModelDescriptor.Parameter {
  static let imageSize = Self("image_size", .number(224), "the side of the pictures")

  static let auxLogits = Self(
    "aux_logits", .word("false"), "whether there are auxiliary classifiers for training: true or false")
}

extension ModelSettings {
  /// A factor above 0.
  func factor(_ name: String) throws(Diagnostic) -> Double {
    let factor = try arguments.number(name)
    guard factor > 0, factor <= 64 else {
      throw arguments.outOfRange(name, expected: "a number above 0, up to 64", found: .number(factor))
    }
    return factor
  }
}

extension ModelDescriptor.Parameter {
  static func width(_ value: Double) -> Self { Self("width", .number(value), "the factor of all numbers of channels") }
}
