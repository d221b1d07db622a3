import CallText
import Diagnostics
import LayerVocabulary

/// The initializers that can be named in text: the catalogue, frameworks' presets, and what plugins register.
///
/// A value: adding to a copy changes nothing elsewhere.
public struct InitializerRegistry: Sendable {
  /// Makes an initializer of arguments that fit its parameters.
  public typealias Make = @Sendable (Arguments) throws(Diagnostic) -> any Initializer

  private struct Entry: Sendable {
    let descriptor: InitializerDescriptor
    let isPreset: Bool
    let make: Make
  }
  private var entries: [Entry] = []
  private var names = RegisteredNames()

  /// A registry without entries.
  public init() {}

  /// All initializers in the order of their registration, presets not counted.
  public var descriptors: [InitializerDescriptor] { entries.filter { !$0.isPreset }.map(\.descriptor) }

  /// The presets: other frameworks' names, parameters and defaults, each making one of the initializers.
  public var presets: [InitializerDescriptor] { entries.filter(\.isPreset).map(\.descriptor) }

  /// Adds an initializer.
  ///
  /// A plugin's is registered under its full name, `org.example.gabor/gabor`. The part behind the slash and
  /// the aliases mean it as well, unless something built in has that name; one that two plugins have means
  /// neither.
  /// - Parameter isPreset: whether it only makes another one under a framework's name.
  /// - Throws: ``Diagnostics/ErrorCode/initializerNameTaken`` if its name is another's, or an alias of one without
  ///   a slash in its name is.
  public mutating func register(
    _ descriptor: InitializerDescriptor, isPreset: Bool = false, make: @escaping Make
  ) throws(Diagnostic) {
    if let taken = names.taken(descriptor.name, aliases: descriptor.aliases) {
      let origin = entries[taken.index].descriptor.origin
      throw Diagnostic(
        .initializerNameTaken, "the name '\(taken.name)' is taken by an initializer that is \(origin)",
        found: "'\(descriptor.name)' of \(descriptor.origin)")
    }
    names.add(descriptor.name, aliases: descriptor.aliases, index: entries.count)
    entries.append(Entry(descriptor: descriptor, isPreset: isPreset, make: make))
  }

  /// The description of an initializer or preset, by name or alias; a trailing underscore is ignored.
  ///
  /// Nil for a short name that two plugins have.
  public func descriptor(named name: String) -> InitializerDescriptor? {
    guard case .entry(let index) = meaning(of: name) else { return nil }
    return entries[index].descriptor
  }

  private func meaning(of name: String) -> RegisteredNames.Meaning {
    let meaning = names.meaning(of: name)
    guard meaning == .nothing, name.hasSuffix("_") else { return meaning }
    return names.meaning(of: String(name.dropLast()))
  }

  private func entry(named name: String) throws(Diagnostic) -> Entry {
    switch meaning(of: name) {
    case .entry(let index): return entries[index]
    case .ambiguous(let indices):
      throw .ambiguousName(name, of: indices.map { entries[$0].descriptor.name }, are: "initializers")
    case .nothing:
      throw Diagnostic(
        .unknownInitializer, "no initializer is named '\(name)'",
        hints: Suggestion.hint(for: name, in: names.all) + ["reinit list initializers"])
    }
  }

  /// Reads `name` or `name(argument: value, …)`; positional arguments fill the parameters in their order.
  ///
  /// A number may be an expression; one that names the structure or `config.FIELD` has its value when a plan is made
  /// (``ComputedInitializer``).
  /// - Throws: the codes ``Diagnostics/ErrorCode/malformedInitializer``, ``Diagnostics/ErrorCode/unknownInitializer``,
  ///   ``Diagnostics/ErrorCode/ambiguousName``, ``Diagnostics/ErrorCode/malformedExpression`` and those for arguments, each with
  ///   its byte.
  public func initializer(parsing text: String) throws(Diagnostic) -> any Initializer {
    let written = try CallText(text)
    let entry = try entry(named: written.name)
    let parsed = written.withVariables(for: entry.descriptor.parameters)
    if parsed.isComputed { return try ComputedInitializer(parsed, entry.descriptor, entry.make) }
    let arguments = try Arguments(of: entry.descriptor.name, entry.descriptor.parameters, parsed)
    do throws(Diagnostic) {
      let initializer = try entry.make(arguments)
      if let catalog = initializer as? any CatalogInitializer { try catalog.check() }
      return initializer
    } catch { throw error.at("'\(text)'") }
  }
}
