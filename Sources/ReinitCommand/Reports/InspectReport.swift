import JSONText
import Presentation
import Reinit

/// What `inspect` prints: a table of statistics, or one tensor with its histogram and what was expected of it.
struct InspectReport {
  let checkpoint: Checkpoint
  let leaves: [Int]
  let parts: SelectedParts
  let statistics: [Statistics]
  let receipts: [[UInt8]: Receipt.Entry]

  init(checkpoint: Checkpoint, leaves: [Int], regions: SelectedParts, statistics: [Statistics]) throws {
    self.checkpoint = checkpoint
    parts = regions
    self.leaves = leaves
    self.statistics = statistics
    // Statistics do not depend on a receipt, so one that cannot be read is no reason to fail.
    let entries = ((try? checkpoint.receipt()) ?? nil)?.entries.map { (Array($0.entry.fileName.utf8), $0.entry) } ?? []
    receipts = Dictionary(entries, uniquingKeysWith: { first, _ in first })
  }

  private func path(_ leaf: Int) -> String { checkpoint.inventory.path(ofLeaf: leaf).description }

  /// Whether the layer, or its groups, were guessed.
  private func isGuess(_ leaf: Int) -> Bool {
    checkpoint.inventory.isGuess(ofLeaf: leaf) || checkpoint.inventory.leaves[leaf].geometry?.isGuess == true
  }

  /// Schema `reinit.inspect/1`; a number that is none (of an empty tensor) is null.
  var json: JSONValue {
    var object: JSONObject = ["schema": "reinit.inspect/1", "file": .string(checkpoint.path)]
    if let architecture = checkpoint.architecture { object.append("architecture", architecture.json) }
    object.append("tensors", .array(zip(leaves, statistics).map(json)))
    return .object(object)
  }

  private func json(_ leaf: Int, _ statistics: Statistics) -> JSONValue {
    let value = checkpoint.inventory.leaves[leaf]
    var object: JSONObject = ["path": .string(path(leaf)), "dtype": .string(value.dtype.rawValue)]
    object.append("shape", .array(value.shape.sizes.map { .integer(Int64($0)) }))
    if let text = parts.text { object.append("part", .string(text)) }
    object.append("guess", .bool(isGuess(leaf)))
    object.append("count", .integer(Int64(statistics.count)))
    for (key, number) in [
      ("mean", statistics.mean), ("std", statistics.std), ("min", statistics.min), ("max", statistics.max),
      ("kurtosis", statistics.kurtosis),
    ] { object.append(key, .number(number)) }
    for (key, count) in [("nan", statistics.nan), ("inf", statistics.inf), ("zeros", statistics.zeros)] {
      object.append(key, .integer(Int64(count)))
    }
    return .object(object)
  }

  func lines(_ console: Console) throws -> [String] {
    if leaves.count == 1, let only = statistics.first, only.count > 0 { return try single(leaves[0], only, console) }
    let numbers = console.style.numbers
    var table = Table([
      .init("path", elision: .path), .init("type"), .init("mean", .decimal), .init("std", .decimal),
      .init("min", .decimal), .init("max", .decimal), .init("zeros", .right), .init("NaN", .right),
      .init("Inf", .right),
    ])
    for (leaf, value) in zip(leaves, statistics) {
      table.add(
        [Text(path(leaf) + parts.brackets), Text(checkpoint.inventory.leaves[leaf].dtype.rawValue)]
          + [value.mean, value.std, value.min, value.max].map { Text($0.isNaN ? "" : numbers.compact($0, 4)) }
          + [Text(numbers.integer(value.zeros)), alarm(value.nan, numbers), alarm(value.inf, numbers)])
    }
    return table.lines(in: console.style, width: console.tableWidth)
  }

  /// Who wrote a tensor, and the standard deviation that its values were drawn with.
  private func origin(_ entry: Receipt.Entry, _ numbers: NumberFormat) -> Text {
    let text: Text = "  written by \(entry.initializer, .initializer)"
    guard let std = entry.draw.flatMap(expectedDeviation) else { return text }
    return text + "  expected std \(numbers.compact(std, 4))"
  }

  private func expectedDeviation(_ draw: Draw) -> Double? {
    switch draw.method {
    case .normal: return draw["std"]
    case .uniform:
      guard let low = draw["low"], let high = draw["high"] else { return nil }
      return (high - low) / 12.0.squareRoot()
    default: return nil
    }
  }

  private func alarm(_ count: Int, _ numbers: NumberFormat) -> Text {
    Text(numbers.integer(count)).styled(count > 0 ? .failed : .secondary)
  }

  private func single(_ leaf: Int, _ value: Statistics, _ console: Console) throws -> [String] {
    let style = console.style
    let numbers = style.numbers
    let tensor = checkpoint.inventory.leaves[leaf]
    var lines = [
      style(
        "\(path(leaf) + parts.brackets, .total)  \(tensor.dtype.rawValue) \(tensor.shape.description)  \(numbers.integer(value.count)) values"
      )
    ]
    if let fans = tensor.geometry?.fans(of: tensor.shape) {
      let guess = isGuess(leaf) ? "?" : ""
      lines.append(
        style("  fan in \(numbers.integer(fans.fanIn))\(guess)  fan out \(numbers.integer(fans.fanOut))\(guess)"))
    }
    lines.append(
      style(
        "  mean \(numbers.compact(value.mean, 4))  std \(numbers.compact(value.std, 4))  kurtosis \(numbers.compact(value.kurtosis, 3))"
      ))
    lines.append(
      style(
        "  min \(numbers.compact(value.min, 4))  max \(numbers.compact(value.max, 4))  zeros \(numbers.integer(value.zeros))  NaN \(numbers.integer(value.nan))  Inf \(numbers.integer(value.inf))"
      ))
    let entry = checkpoint.entry(ofLeaf: leaf)
    if let written = receipts[Array(entry.name.utf8)] {
      lines.append(style(origin(written, numbers)))
    }
    guard value.max > value.min else { return lines }
    let histogram = try checkpoint.histogram(
      of: entry, parts[0], bins: 60, from: value.min, to: value.max)
    return lines + [""]
      + Histogram(lower: value.min, upper: value.max, counts: histogram).plot(
        in: style, width: min(console.width, 100))
  }
}
