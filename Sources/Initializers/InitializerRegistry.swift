import Diagnostics

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
  private var indices: [String: Int] = [:]

  /// A registry without entries.
  public init() {}

  /// All initializers in the order of their registration, presets not counted.
  public var descriptors: [InitializerDescriptor] { entries.filter { !$0.isPreset }.map(\.descriptor) }

  /// The presets: other frameworks' names, parameters and defaults, each making one of the initializers.
  public var presets: [InitializerDescriptor] { entries.filter(\.isPreset).map(\.descriptor) }

  /// Adds an initializer.
  /// - Parameter isPreset: whether it only makes another one under a framework's name.
  /// - Throws: ``Diagnostics/Code/initializerNameTaken`` if its name or an alias is another's.
  public mutating func register(
    _ descriptor: InitializerDescriptor, isPreset: Bool = false, make: @escaping Make
  ) throws(Diagnostic) {
    let names = [descriptor.name] + descriptor.aliases
    for name in names {
      guard let taken = indices[name] else { continue }
      throw Diagnostic(
        .initializerNameTaken,
        "the name '\(name)' is taken by an initializer that is \(entries[taken].descriptor.origin)",
        found: "'\(descriptor.name)' of \(descriptor.origin)")
    }
    for name in names { indices[name] = entries.count }
    entries.append(Entry(descriptor: descriptor, isPreset: isPreset, make: make))
  }

  /// The description of an initializer or preset, by name or alias; a trailing underscore is ignored.
  public func descriptor(named name: String) -> InitializerDescriptor? { entry(named: name)?.descriptor }

  private func entry(named name: String) -> Entry? {
    if let index = indices[name] { return entries[index] }
    return name.hasSuffix("_") ? indices[String(name.dropLast())].map { entries[$0] } : nil
  }

  /// Reads `name` or `name(argument: value, …)`; positional arguments fill the parameters in their order.
  /// - Throws: the codes ``Diagnostics/Code/malformedInitializer``, ``Diagnostics/Code/unknownInitializer`` and
  ///   those for arguments, each with its byte.
  public func initializer(parsing text: String) throws(Diagnostic) -> any Initializer {
    let parsed = try InitializerText(text)
    guard let entry = entry(named: parsed.name) else { throw unknown(parsed.name) }
    let arguments = try Arguments(entry.descriptor, parsed)
    do throws(Diagnostic) {
      let initializer = try entry.make(arguments)
      if let catalog = initializer as? any CatalogInitializer { try catalog.check() }
      return initializer
    } catch { throw error.at("'\(text)'") }
  }

  private func unknown(_ name: String) -> Diagnostic {
    Diagnostic(
      .unknownInitializer, "no initializer is named '\(name)'",
      hints: Suggestion.hint(for: name, in: indices.keys.sorted()) + ["reinit list initializers"])
  }
}

extension Arguments {
  /// Binds what was written to parameters, and fills in defaults.
  init(_ descriptor: InitializerDescriptor, _ text: InitializerText) throws(Diagnostic) {
    var bound: [String: Bound] = [:]
    var next = 0
    for argument in text.arguments {
      let place = text.place(argument.offset)
      if argument.name == nil, next >= descriptor.parameters.count {
        throw Arguments.tooMany(descriptor, place)
      }
      let name = argument.name ?? descriptor.parameters[next].name
      guard descriptor.parameters.contains(where: { $0.name == name }) else {
        throw Arguments.unknown(name, descriptor, place)
      }
      guard bound[name] == nil else {
        throw Diagnostic(
          .argumentTwice, "argument '\(name)' of '\(descriptor.name)' is given twice", at: place)
      }
      bound[name] = Bound(value: argument.value, place: place)
      if argument.name == nil { next += 1 }
    }
    for parameter in descriptor.parameters where bound[parameter.name] == nil {
      guard let value = parameter.defaultValue else { throw Arguments.missing(parameter, descriptor) }
      bound[parameter.name] = Bound(value: value, place: nil)
    }
    self.init(owner: descriptor.name, bound)
  }

  private static func unknown(
    _ name: String, _ descriptor: InitializerDescriptor, _ place: String
  ) -> Diagnostic {
    let names = descriptor.parameters.map(\.name)
    return Diagnostic(
      .unknownArgument, "'\(descriptor.name)' has no argument '\(name)'", at: place,
      expected: names.isEmpty ? "no arguments" : names.joined(separator: ", "),
      hints: Suggestion.hint(for: name, in: names))
  }

  private static func tooMany(_ descriptor: InitializerDescriptor, _ place: String) -> Diagnostic {
    let count = descriptor.parameters.count
    return Diagnostic(
      .tooManyArguments, "'\(descriptor.name)' has too many arguments", at: place,
      expected: count == 0 ? "no arguments" : "at most \(count)")
  }

  private static func missing(
    _ parameter: InitializerDescriptor.Parameter, _ descriptor: InitializerDescriptor
  ) -> Diagnostic {
    Diagnostic(
      .missingArgument, "argument '\(parameter.name)' of '\(descriptor.name)' is missing",
      expected: parameter.summary, hints: ["reinit explain \(descriptor.name)"])
  }
}
