import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import PluginHost

/// An initializer of the plugin's with arguments that work, and the tensors that it accepts with them.
struct FillSubject: Sendable {
  let description: InitializerDescription
  let arguments: [InitializerArgument]
  let cases: [FillCase]
  /// What it said of the tensors that it does not accept.
  let refusals: [Diagnostic]
}

extension Bench {
  /// What the plugin says of the initializer that is tested.
  func initializer() throws(Diagnostic) -> InitializerDescription {
    let description = try plugin().description
    guard let item = description.initializers.first(where: { $0.name == subject }) else {
      throw Diagnostic(.pluginUnstable, "'\(subject)' is not registered in this process")
    }
    return item
  }

  /// The initializer with its defaults, or with what an example or a guess says where it has none.
  /// - Throws: ``Diagnostics/ErrorCode/findingDefaults`` where it accepts nothing at all; what it says while it is asked.
  func fillSubject() throws(Diagnostic) -> FillSubject {
    let item = try initializer()
    var last: Diagnostic?
    for arguments in try candidates(item.parameters) {
      let (cases, refusals) = try accepted(offers, by: arguments)
      if !cases.isEmpty {
        return FillSubject(description: item, arguments: arguments, cases: cases, refusals: refusals)
      }
      last = last ?? refusals.first
    }
    if !examples.isEmpty || order.inputs[subject] != nil { throw refusedByPlugin(last) }
    throw Diagnostic(
      .findingDefaults, "'\(item.name)' accepts no tensor that it is offered: \(last?.message ?? "")",
      expected: "a matrix, a kernel or a vector that it fills with its defaults", found: last?.found,
      notes: [
        "--with '\(item.name)(…)' says arguments that it is meant to be used with",
        "--input '\(item.name)=[64, 64]' says a shape",
      ])
  }

  /// What the user has said does not go with the plugin: no fault of the plugin's.
  func refusedByPlugin(_ reason: Diagnostic?) -> Diagnostic {
    Diagnostic(
      .usage, "'\(subject)' refuses what it is told by --with and --input: \(reason?.message ?? "")",
      at: examples.first, expected: reason?.expected, found: reason?.found)
  }

  /// The offers that it accepts with those arguments, and its words for the others.
  /// - Throws: what is no refusal: exceptions, broken rules.
  func accepted(
    _ offers: [ParameterContext], by arguments: [InitializerArgument]
  ) throws(Diagnostic) -> (cases: [FillCase], refusals: [Diagnostic]) {
    var cases: [FillCase] = []
    var refusals: [Diagnostic] = []
    for offer in offers {
      do throws(Diagnostic) { cases.append(try drawn(arguments, offer)) } catch {
        guard error.isRefusal else { throw error }
        refusals.append(error)
      }
    }
    return (cases, refusals)
  }

  /// The draw for a tensor, with whatever it reads.
  func drawn(
    _ arguments: [InitializerArgument], _ offer: ParameterContext, reading sources: OfferedSources = OfferedSources()
  ) throws(Diagnostic) -> FillCase {
    let text = try text(arguments)
    announcer.step(
      "check of \(try shown(arguments, of: initializer().parameters)) for \(offer.role.rawValue) \(offer.shape)")
    let initializer = try catalog().initializers.initializer(parsing: text)
    guard try !self.initializer().sources.isEmpty else {
      return FillCase(context: offer, draw: try initializer.draw(for: offer))
    }
    var refusal: Diagnostic?
    for shape in OfferedSources.shapes(beside: offer.shape) {
      do throws(Diagnostic) {
        let draw = try initializer.draw(for: try sources.context(offer, beside: shape))
        return FillCase(context: offer, draw: try sources.binding(draw, offer))
      } catch {
        guard error.isRefusal else { throw error }
        refusal = refusal ?? error
      }
    }
    throw refusal ?? refusedByPlugin(nil)
  }
}

extension Diagnostic {
  /// Whether a plugin, or the host in its place, says in an orderly way that something does not fit.
  var isRefusal: Bool {
    switch code {
    case .pluginException, .pluginFloatingPoint, .pluginChildren, .pluginOutput, .pluginTooDeep, .pluginDescriptor:
      false
    default: !code.id.hasPrefix("R09")
    }
  }

  /// Whether it comes from the plugin, and without a word of why.
  var isSilent: Bool { code == .pluginCallFailed && message == PluginEnvironment.silence }
}
