import CallText
import PluginHost

/// What is otherwise of one initializer.
struct InitializerComparison {
  private let subject: String
  private let old, new: InitializerDescription?
  private let oldValues, newValues: PluginPortrait.Values?

  init(
    _ name: String, _ old: InitializerDescription?, _ new: InitializerDescription?,
    _ oldValues: PluginPortrait.Values?, _ newValues: PluginPortrait.Values?
  ) {
    subject = "initializer \(name)"
    (self.old, self.new, self.oldValues, self.newValues) = (old, new, oldValues, newValues)
  }

  var changes: [PluginChange] {
    guard let old else { return [PluginChange(subject, .added, "", isNoticed: false)] }
    guard let new else { return [PluginChange(subject, .removed, "", isNoticed: true)] }
    return facts(old, new)
      + ParameterComparison(subject: subject, isAnnounced: isAnnounced).changes(old.parameters, new.parameters) + values
  }

  /// A new version of the algorithm says that numbers are others.
  private var isAnnounced: Bool { (old?.version ?? 0) < (new?.version ?? 0) }

  private func facts(_ old: InitializerDescription, _ new: InitializerDescription) -> [PluginChange] {
    PluginChange.change(
      subject, "algorithm version", "\(old.version)", "\(new.version)", isNoticed: new.version < old.version)
      + PluginChange.change(subject, "form", old.form.rawValue, new.form.rawValue, isNoticed: false)
      + PluginChange.change(
        subject, "reach", old.reachesEveryRole ? "every role" : "weights",
        new.reachesEveryRole ? "every role" : "weights", isNoticed: true)
      + PluginChange.change(
        subject, "fans", old.needsFans ? "needed" : "not needed", new.needsFans ? "needed" : "not needed",
        isNoticed: new.needsFans)
      + PluginChange.change(subject, "tolerance", "\(old.tolerance)", "\(new.tolerance)", isNoticed: false)
      + PluginChange.change(subject, "formula", old.formula, new.formula, isNoticed: false)
      + PluginChange.change(subject, "prototype", old.prototype ?? "", new.prototype ?? "", isNoticed: false)
      + PluginChange.change(subject, "reads", reads(old), reads(new), isNoticed: true)
  }

  private func reads(_ item: InitializerDescription) -> String {
    item.sources.map(\.description).joined(separator: ", ")
  }

  /// Values that both give for the same arguments.
  private var values: [PluginChange] {
    guard let oldValues else { return [] }
    guard let newValues else {
      return [PluginChange(subject, .removed, "values", nil, "the process ended", isNoticed: true)]
    }
    guard oldValues.arguments == newValues.arguments else { return [] }
    if let reason = newValues.reason {
      return oldValues.reason == nil ? [PluginChange(subject, .removed, "values", nil, reason, isNoticed: true)] : []
    }
    let known = Dictionary(newValues.hashes.map { ($0.tensor, $0.hash) }) { first, _ in first }
    return oldValues.hashes.flatMap { tensor, hash -> [PluginChange] in
      guard let now = known[tensor] else {
        return [PluginChange(subject, .removed, "values of \(tensor)", hash, nil, isNoticed: true)]
      }
      return PluginChange.change(subject, "values of \(tensor)", hash, now, isNoticed: !isAnnounced)
    }
      + newValues.hashes.filter { item in !oldValues.hashes.contains { $0.tensor == item.tensor } }.map {
        PluginChange(subject, .added, "values of \($0.tensor)", nil, $0.hash, isNoticed: false)
      }
  }
}

/// What is otherwise of one type of layer.
struct LayerComparison {
  let name: String
  let old, new: LayerDescription?

  var changes: [PluginChange] {
    let subject = "layer \(name)"
    guard let old else { return [PluginChange(subject, .added, "", isNoticed: false)] }
    guard let new else { return [PluginChange(subject, .removed, "", isNoticed: true)] }
    let abilities = old.abilities.filter { !new.abilities.contains($0) }.map {
      PluginChange(subject, .removed, $0, isNoticed: true)
    }
    let others = new.abilities.filter { !old.abilities.contains($0) }.map {
      PluginChange(subject, .added, $0, isNoticed: false)
    }
    return PluginChange.change(
      subject, "version", "\(old.version)", "\(new.version)", isNoticed: new.version < old.version)
      + PluginChange.change(
        subject, "inputs", "\(old.inputs)", "\(new.inputs)", isNoticed: !new.inputs.holds(old.inputs))
      + PluginChange.change(subject, "outputs", "\(old.outputs)", "\(new.outputs)", isNoticed: true)
      + PluginChange.change(
        subject, "nested layers", "\(old.nested)", "\(new.nested)", isNoticed: !new.nested.holds(old.nested))
      + ParameterComparison(subject: subject, isAnnounced: old.version < new.version)
      .changes(old.parameters, new.parameters) + abilities + others
  }
}

extension ClosedRange<Int> {
  fileprivate func holds(_ other: ClosedRange<Int>) -> Bool {
    lowerBound <= other.lowerBound && upperBound >= other.upperBound
  }
}

/// What is otherwise of parameters.
struct ParameterComparison {
  let subject: String
  /// Whether other numbers were to be expected.
  let isAnnounced: Bool

  func changes(_ old: [PluginParameter], _ new: [PluginParameter]) -> [PluginChange] {
    old.flatMap { before -> [PluginChange] in
      guard let after = new.first(where: { $0.name == before.name }) else {
        return [PluginChange(subject, .removed, "parameter \(before.name)", isNoticed: true)]
      }
      return changes(before, after)
    }
      + new.filter { item in !old.contains { $0.name == item.name } }.map { item in
        PluginChange(
          subject, .added, "parameter \(item.name)", nil, text(item.defaultValue), isNoticed: item.defaultValue == nil)
      }
  }

  private func changes(_ old: PluginParameter, _ new: PluginParameter) -> [PluginChange] {
    let what = { (part: String) in "\(part) of \(old.name)" }
    let removed = old.choices.filter { !new.choices.contains($0) }
    let isLimited = old.choices.isEmpty && !new.choices.isEmpty
    return PluginChange.change(subject, what("type"), old.kind.rawValue, new.kind.rawValue, isNoticed: true)
      + PluginChange.change(
        subject, what("default"), text(old.defaultValue), text(new.defaultValue),
        isNoticed: !isAnnounced || new.defaultValue == nil)
      + PluginChange.change(
        subject, what("minimum"), text(old.minimum), text(new.minimum),
        isNoticed: isNarrower(old.minimum, new.minimum) { $0 < $1 })
      + PluginChange.change(
        subject, what("maximum"), text(old.maximum), text(new.maximum),
        isNoticed: isNarrower(old.maximum, new.maximum) { $0 > $1 })
      + PluginChange.change(
        subject, what("choices"), old.choices.joined(separator: ", "), new.choices.joined(separator: ", "),
        isNoticed: isLimited || !removed.isEmpty && !new.choices.isEmpty)
  }

  private func isNarrower(
    _ old: PluginParameter.Bound?, _ new: PluginParameter.Bound?, _ isInside: (Double, Double) -> Bool
  ) -> Bool {
    guard let new else { return false }
    guard let old else { return true }
    return isInside(old.value, new.value) || old.value == new.value && new.isOpen && !old.isOpen
  }

  private func text(_ value: ArgumentValue?) -> String { value.map { "\($0)" } ?? "required" }

  private func text(_ bound: PluginParameter.Bound?) -> String {
    bound.map { "\($0.value)" + ($0.isOpen ? ", excluded" : "") } ?? "none"
  }
}
