import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary

/// The layers that can be made from text: what is built in, and what plugins register.
///
///     let layer = try LayerRegistry.standard.layer(parsing: "Conv(in: 64, out: 16, kernel: [1, 1], stride: 2)")
///
/// A value: adding to a copy changes nothing elsewhere.
public struct LayerRegistry: Sendable {
  /// Makes a layer of arguments that fit its parameters, and of the layers nested in it.
  public typealias Make = @Sendable (Arguments, [(PathKey, any Node)]) throws(Diagnostic) -> any Layer

  private struct Entry: Sendable {
    let descriptor: LayerDescriptor
    let make: Make
  }
  private var entries: [Entry] = []
  private var names = RegisteredNames()

  /// A registry without entries.
  public init() {}

  /// All kinds of layers in the order of their registration.
  public var descriptors: [LayerDescriptor] { entries.map(\.descriptor) }

  /// Adds a kind of layer.
  ///
  /// A plugin's is registered under its full name, `org.example.se/SqueezeExcite`. The part behind the slash
  /// and the aliases mean it as well, unless something built in has that name; one that two plugins have
  /// means neither.
  /// - Throws: ``Diagnostics/ErrorCode/layerNameTaken`` if its name is another's, or an alias of one without a
  ///   slash in its name is.
  public mutating func register(_ descriptor: LayerDescriptor, make: @escaping Make) throws(Diagnostic) {
    let kind = descriptor.kind
    if let taken = names.taken(kind.name, aliases: kind.aliases) {
      throw Diagnostic(
        .layerNameTaken,
        "the name '\(taken.name)' is taken by a layer that is \(entries[taken.index].descriptor.origin)",
        found: "'\(kind.name)' of \(descriptor.origin)")
    }
    names.add(kind.name, aliases: kind.aliases, index: entries.count)
    entries.append(Entry(descriptor: descriptor, make: make))
  }

  /// The description of a kind, by name or alias; nil for a short name that two plugins have.
  public func descriptor(named name: some StringProtocol) -> LayerDescriptor? {
    guard case .entry(let index) = names.meaning(of: String(name)) else { return nil }
    return entries[index].descriptor
  }

  /// Reads `Name` or `Name(argument: value, …)` as Swift writes it, and makes the layer; its tensors are
  /// lazy.
  ///
  /// Positional arguments fill the parameters in their order, those that Swift does not label first. A list
  /// of equal numbers may be written as one number (`stride: 2`); enumerations are words, with or without a
  /// dot (`.relu`).
  /// - Parameters:
  ///   - children: the layers nested in it, named by their positions.
  /// - Throws: ``Diagnostics/ErrorCode/malformedLayer``, ``Diagnostics/ErrorCode/unknownLayer``,
  ///   ``Diagnostics/ErrorCode/ambiguousName``, ``Diagnostics/ErrorCode/nestedLayerCount``,
  ///   ``Diagnostics/ErrorCode/layerMisfit``, and those for arguments, each with its byte.
  public func layer(parsing text: String, children: [any Node] = []) throws(Diagnostic) -> any Layer {
    try layer(parsing: text, named: children.enumerated().map { (.index($0.offset), $0.element) })
  }

  /// The same with names for the layers nested in it.
  public func layer(parsing text: String, named children: [(PathKey, any Node)]) throws(Diagnostic) -> any Layer {
    try layer(CallText(text, as: .layer), named: children)
  }

  /// The same for a call that was read before.
  package func layer(_ call: CallText, named children: [(PathKey, any Node)]) throws(Diagnostic) -> any Layer {
    let entry = try entry(named: call.name)
    let descriptor = entry.descriptor
    let arguments = try Arguments(of: descriptor.kind.name, descriptor.parameters, call)
    do throws(Diagnostic) {
      guard descriptor.children.contains(children.count) else {
        throw .nestedLayerCount(descriptor, found: children.count)
      }
      return try entry.make(arguments, children)
    } catch { throw error.at("'\(call.text)'") }
  }

  private func entry(named name: String) throws(Diagnostic) -> Entry {
    switch names.meaning(of: name) {
    case .entry(let index): return entries[index]
    case .ambiguous(let indices):
      throw .ambiguousName(name, of: indices.map { entries[$0].descriptor.kind.name }, are: "layers")
    case .nothing:
      throw Diagnostic(
        .unknownLayer, "no layer is named '\(name)'",
        hints: Suggestion.hint(for: name, in: names.all) + ["reinit list layers"])
    }
  }
}

extension Diagnostic {
  fileprivate static func nestedLayerCount(_ descriptor: LayerDescriptor, found: Int) -> Diagnostic {
    let range = descriptor.children
    let expected =
      range.lowerBound == range.upperBound
      ? "\(range.lowerBound)"
      : range.upperBound == .max
        ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    return Diagnostic(
      .nestedLayerCount, "'\(descriptor.kind.name)' holds another number of layers", expected: expected,
      found: "\(found)")
  }
}
