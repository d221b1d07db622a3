import CallText
import Diagnostics
import LayerVocabulary
import Tensors

/// An initializer some of whose numbers are expressions over the structure around a tensor: `normal(std: 0.02 / sqrt(2 * blocks))`.
///
/// It becomes an initializer with plain numbers for each tensor, when a plan is made.
public struct ComputedInitializer: Initializer {
  private let call: CallText
  private let described: InitializerDescriptor
  private let make: InitializerRegistry.Make
  private let names: [String]

  /// - Throws: the codes of arguments' names.
  init(
    _ call: CallText, _ descriptor: InitializerDescriptor, _ make: @escaping InitializerRegistry.Make
  ) throws(Diagnostic) {
    (self.call, described, self.make) = (call, descriptor, make)
    names = call.arguments.flatMap(\.value.names)
    // What is wrong with names is wrong for every tensor.
    _ = try Arguments(of: descriptor.name, descriptor.parameters, call.placeheld)
  }

  /// That of the initializer that it becomes.
  public var descriptor: InitializerDescriptor { described }

  /// The arguments, expressions as words.
  public var arguments: [InitializerArgument] {
    call.arguments.enumerated().map { index, argument in
      InitializerArgument(
        argument.name ?? (index < described.parameters.count ? described.parameters[index].name : ""),
        argument.value.known ?? .word(argument.value.description))
    }
  }

  /// As it was written.
  public var description: String { call.written }

  /// Whether a fan is named, or the initializer that it becomes has one.
  public var usesFans: Bool { described.usesFans || names.contains { $0 == "fan_in" || $0 == "fan_out" } }

  /// The draw of the initializer with this tensor's numbers.
  /// - Throws: ``Diagnostics/ErrorCode/valueOfExpression``; what the names and the initializer throw.
  public func draw(for context: ParameterContext) throws(Diagnostic) -> Draw {
    guard context.shape.count > 0 else { return .constant(0) }
    let values = try StructureValues(names, of: context, for: self)
    let known: CallText
    do throws(Expression.Failure) { known = try call.evaluated(values.number) } catch {
      throw values.diagnostic(error, of: description)
    }
    let initializer = try make(Arguments(of: described.name, described.parameters, known))
    if let catalog = initializer as? any CatalogInitializer {
      do throws(Diagnostic) { try catalog.check() } catch {
        throw error.at("'\(description)', which is '\(initializer)'")
      }
    }
    return try initializer.draw(for: context)
  }
}
