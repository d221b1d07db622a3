import JSONText
import Presentation
import Reinit

/// What `diff` prints.
struct DiffReport {
  let before: String
  let after: String
  let differences: [TensorDifference]
  let listsEqual: Bool

  /// Schema `reinit.diff/1`.
  var json: JSONValue {
    [
      "schema": "reinit.diff/1", "before": .string(before), "after": .string(after),
      "equal": .bool(differences.allSatisfy { $0.status == .equal }), "tensors": .array(differences.map(json)),
    ]
  }

  private func json(_ difference: TensorDifference) -> JSONValue {
    var object: JSONObject = [
      "path": .string(difference.name), "status": .string(difference.status.rawValue),
    ]
    if let change = difference.change {
      object.append("stdBefore", .number(change.std.before))
      object.append("stdAfter", .number(change.std.after))
      object.append("cosine", .number(change.cosine))
      object.append("relative", .number(change.relative))
    }
    return .object(object)
  }

  func lines(_ console: Console) -> [String] {
    let style = console.style
    let shown = differences.filter { listsEqual || $0.status != .equal }
    guard !shown.isEmpty else { return [style("\(tally(style.numbers))")] }
    var table = Table(
      [
        .init(), .init("path", elision: .path), .init("shape"), .init("std before", .decimal), .init("after", .decimal),
        .init("cosine", .decimal), .init("‖Δ‖/‖w‖", .decimal),
      ], indent: 0, rules: [.header])
    for difference in shown { table.add(row(difference, style.numbers)) }
    return table.lines(in: style, width: console.tableWidth) + [style("\(tally(style.numbers))")]
  }

  private func row(_ difference: TensorDifference, _ numbers: NumberFormat) -> [Text] {
    let (sign, role): (Text, Style.Role?) =
      switch difference.status {
      case .equal: (" ", .secondary)
      case .changed: ("~", .changed)
      case .reshaped: ("!", .failed)
      case .removed: ("-", .failed)
      case .added: ("+", .passed)
      }
    let cells = [sign.styled(role), Text(difference.name).styled(role), Text(shape(difference))]
    guard let change = difference.change else { return cells }
    let values = [change.std.before, change.std.after, change.cosine, change.relative]
    return cells + values.map { Text($0.isNaN ? "" : numbers.compact($0, 4)) }
  }

  private func shape(_ difference: TensorDifference) -> String {
    let sides = [difference.before, difference.after].compactMap { entry in entry.map { "\($0.dtype) \($0.shape)" } }
    return difference.status == .reshaped ? sides.joined(separator: " → ") : sides.first ?? ""
  }

  private func tally(_ numbers: NumberFormat) -> Text {
    let order: [(TensorDifference.Status, String)] = [
      (.changed, "changed"), (.reshaped, "of another shape or type"), (.equal, "equal"),
      (.removed, "only in the first"), (.added, "only in the second"),
    ]
    let parts = order.compactMap { status, words in
      let count = differences.count { $0.status == status }
      return count > 0 ? "\(numbers.integer(count)) \(words)" : nil
    }
    return "\(numbers.integer(differences.count)) tensors: \(parts.joined(separator: ", "))"
  }
}
