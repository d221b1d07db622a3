import JSONText
import PluginHarness
import Presentation
import Reinit

/// What `plugin diff` prints: a line for each difference, those that users notice first.
struct PluginDiffReport {
  let comparison: PluginComparison

  init(_ comparison: PluginComparison) { self.comparison = comparison }

  func lines(_ console: Console) -> [String] {
    let style = console.style
    let (old, new) = (comparison.old, comparison.new)
    let header = [old, new].map {
      style("\($0.description.id, .total) \($0.description.version)  \($0.file.path, .secondary)")
    }
    guard !comparison.changes.isEmpty else { return header + [style(Text(alike))] }
    var table = Table(
      [.init(), .init("of"), .init("what"), .init("before", elision: .end), .init("after", elision: .end)],
      rules: [.header])
    for change in summed { table.add(row(change)) }
    return header + [""] + table.lines(in: style, width: console.tableWidth) + [style(tally)]
  }

  private var alike: String {
    comparison.old.file.digest == comparison.new.file.digest
      ? "The same bytes." : "Nothing that can be seen is otherwise."
  }

  private func row(_ change: PluginChange) -> [Text] {
    let (sign, role): (Text, Style.Role?) =
      change.isNoticed
      ? ("!", .failed)
      : change.kind == .added ? ("+", .passed) : change.kind == .removed ? ("-", .secondary) : ("~", .changed)
    return [
      sign.styled(role), Text(change.subject), Text(change.what.isEmpty ? "\(change.kind.rawValue)" : said(change)),
      Text(change.before ?? ""), Text(change.after ?? ""),
    ]
  }

  private func said(_ change: PluginChange) -> String {
    change.kind == .changed ? change.what : "\(change.what) \(change.kind.rawValue)"
  }

  /// Values of one initializer on one line: hashes say no more to a person than that they differ.
  private var summed: [PluginChange] {
    var groups: [(first: PluginChange, count: Int)] = []
    for change in comparison.changes.filter(\.isNoticed) + comparison.changes.filter({ !$0.isNoticed }) {
      if let last = groups.last?.first, last.isOfValues, change.isOfValues, last.isAlike(change) {
        groups[groups.count - 1].count += 1
      } else {
        groups.append((change, 1))
      }
    }
    return groups.map { $0.first.isOfValues ? $0.first.summary($0.count) : $0.first }
  }

  private var tally: Text {
    let noticed = comparison.changes.count(where: \.isNoticed)
    let all = PluginWords.counted(comparison.changes.count, "difference")
    return noticed == 0
      ? "\(Text(all)), none of which a user notices"
      : "\(Text(all)), \(Text("\(noticed)"), .failed) of which a user notices"
  }

  /// Schema `reinit.plugin-diff/1`.
  var json: JSONValue {
    [
      "schema": "reinit.plugin-diff/1", "before": side(comparison.old), "after": side(comparison.new),
      "noticed": .bool(comparison.isNoticed), "changes": .array(comparison.changes.map(change)),
    ]
  }

  private func side(_ portrait: PluginPortrait) -> JSONValue {
    [
      "file": .string(portrait.file.path), "digest": .string("\(portrait.file.digest)"),
      "id": .string(portrait.description.id), "version": .string(portrait.description.version),
    ]
  }

  private func change(_ change: PluginChange) -> JSONValue {
    [
      "subject": .string(change.subject), "kind": .string(change.kind.rawValue), "what": .string(change.what),
      "before": change.before.map { .string($0) } ?? .null, "after": change.after.map { .string($0) } ?? .null,
      "noticed": .bool(change.isNoticed),
    ]
  }
}

extension PluginChange {
  fileprivate var isOfValues: Bool { what.hasPrefix("values of ") }

  fileprivate func isAlike(_ other: PluginChange) -> Bool {
    subject == other.subject && kind == other.kind && isNoticed == other.isNoticed
  }

  /// A line for the values of several tensors.
  fileprivate func summary(_ count: Int) -> PluginChange {
    let others = count > 1 ? " and \(count - 1) more" : ""
    return PluginChange(subject, kind, what + others, before, after, isNoticed: isNoticed)
  }
}
