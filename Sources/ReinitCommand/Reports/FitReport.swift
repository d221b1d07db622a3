import JSONText
import Presentation
import Reinit

/// What `fit` prints: what became of every tensor.
struct FitReport {
  let fit: Fit
  let outcome: Fit.Outcome
  let source: String
  let target: String
  let output: String?

  private enum Kind: String, CaseIterable {
    case kept, renamed, copied, resized, new

    init(_ tensor: Fit.Tensor) {
      switch tensor.origin {
      case .kept(let old): self = tensor.isFurtherCopy ? .copied : old == tensor.name ? .kept : .renamed
      case .resized: self = .resized
      case .new: self = .new
      }
    }
  }

  /// Schema `reinit.fit/1`.
  var json: JSONValue {
    [
      "schema": "reinit.fit/1", "file": .string(source), "target": .string(target),
      "output": output.map { .string($0) } ?? .null, "dryRun": .bool(output == nil),
      "tensors": .array(fit.tensors.map(json)), "dropped": .array(fit.dropped.map { .string($0) }),
      "config": .object(config),
    ]
  }

  private var config: JSONObject {
    var object = JSONObject()
    for change in outcome.config { object.append(change.field, (try? JSONValue(parsing: change.value)) ?? .null) }
    return object
  }

  private func json(of tensor: Fit.Tensor) -> JSONValue {
    [
      "path": .string(tensor.name), "shape": .array(tensor.shape.map { .integer(Int64($0)) }),
      "dtype": .string(tensor.dtype.lowercased()), "became": .string(Kind(tensor).rawValue),
      "old": tensor.old.map { .string($0) } ?? .null, "rule": rules[tensor.name].map { .string($0) } ?? .null,
    ]
  }

  /// The rule that fills a tensor, by its name.
  private var rules: [String: String] {
    guard let plan = outcome.plan else { return [:] }
    return Dictionary(plan.steps.map { ($0.name, plan.rules[$0.rule].text) }, uniquingKeysWith: { first, _ in first })
  }

  func lines(_ console: Console) -> [String] {
    let style = console.style
    let table = table(style).lines(in: style, width: console.tableWidth)
    let changes = fit.dropped.isEmpty && count(.kept) == fit.tensors.count ? [] : table + [""]
    return [style(headline(style.numbers)), ""] + changes + closing.map { style($0) }
  }

  private func count(_ kind: Kind) -> Int { fit.tensors.count { Kind($0) == kind } }

  private func headline(_ numbers: NumberFormat) -> Text {
    let counts = Kind.allCases.compactMap { kind in
      count(kind) > 0 ? "\(numbers.integer(count(kind))) \(kind.rawValue)" : nil
    }
    let dropped = fit.dropped.isEmpty ? [] : ["\(numbers.integer(fit.dropped.count)) dropped"]
    return "\(numbers.integer(fit.tensors.count)) tensors of \(target): \((counts + dropped).joined(separator: ", "))."
  }

  /// Everything but what is kept under its name.
  private func table(_ style: Style) -> Table {
    var table = Table([
      .init("tensor", elision: .path), .init("became"), .init("shape"), .init("from or by", elision: .middle),
    ])
    for tensor in fit.tensors where Kind(tensor) != .kept {
      let shape = tensor.old.flatMap { fit.oldShape(of: $0) }.map { $0 == tensor.shape ? "" : "\($0) → " } ?? ""
      let rule = rules[tensor.name].map { Text($0).styled(.initializer) }
      table.add([
        Text(tensor.name), Text(Kind(tensor).rawValue), Text(shape + String(describing: tensor.shape)),
        rule ?? Text(tensor.old ?? ""),
      ])
    }
    for name in fit.dropped { table.add([Text(name), Text("dropped"), "", ""]) }
    return table
  }

  private var closing: [Text] {
    let config = outcome.config.map { "config.json: \($0.field) is \($0.value) now." }
    guard let output else { return config.map { Text($0) } + ["Nothing was written."] }
    let seed = outcome.plan.map { ", seed \($0.seed)" } ?? ""
    return config.map { Text($0) } + ["Wrote \(output)\(seed)."]
  }
}
