import JSONText
import Presentation
import Reinit

/// What `summary` prints: a row for each layer, or for each branch at a given depth.
struct SummaryReport {
  let path: String
  let inventory: Inventory
  let depth: Int?
  /// What is known of the file's architecture.
  var architecture: NoteFit?

  /// Schema `reinit.summary/1`.
  var json: JSONValue {
    var object: JSONObject = ["schema": "reinit.summary/1", "model": .string(path)]
    if let architecture { object.append("architecture", architecture.json) }
    object.append("parameters", .integer(Int64(inventory.parameters)))
    object.append("tensors", .array(inventory.leaves.indices.map(tensor)))
    return .object(object)
  }

  private func tensor(_ leaf: Int) -> JSONValue {
    let value = inventory.leaves[leaf]
    return [
      "path": .string(inventory.path(ofLeaf: leaf).description),
      "shape": .array(value.shape.sizes.map { .integer(Int64($0)) }),
      "dtype": .string(value.dtype.rawValue), "role": .string(value.role.rawValue),
      "layer": inventory.outermostLayer(ofLeaf: leaf).flatMap(inventory.kind).map { .string($0.name) } ?? .null,
      "guess": .bool(inventory.isGuess(ofLeaf: leaf)),
    ]
  }

  func lines(_ console: Console) -> [String] {
    let style = console.style
    let numbers = style.numbers
    var table = Table([
      .init("path", elision: .path), .init("layer"), .init("weight"), .init("parameters", .right), .init("share"),
    ])
    let total = inventory.parameters
    for row in rows {
      table.add([
        Text(row.path), row.layer, Text(row.shape), Text(numbers.integer(row.parameters)),
        Bar(Double(row.parameters) / Double(max(total, 1)), width: 8).labeled(in: style),
      ])
    }
    table.closing = closing(numbers, total)
    let known = architecture.map { [style(("\($0.description)" as Text).styled(.secondary))] } ?? []
    return [style(Text(path).styled(.total))] + known + [""] + table.lines(in: style, width: console.tableWidth)
  }

  private func closing(_ numbers: NumberFormat, _ total: Int) -> [Text] {
    let buffers = inventory.leaves.filter { $0.role == .buffer }
    let parameters = inventory.leaves.count - buffers.count
    var facts: [Text] = [
      "\(numbers.integer(total)) parameters in \(numbers.integer(parameters)) tensors"
    ]
    if !buffers.isEmpty {
      let values = buffers.reduce(0) { $0 + $1.shape.count }
      facts.append(
        "\(numbers.integer(values)) buffer values in \(numbers.integer(buffers.count)) \(buffers.count == 1 ? "tensor" : "tensors")"
      )
    }
    let bytes = inventory.leaves.reduce(0) { $0 + $1.byteCount }
    facts.append("\(numbers.bytes(UInt64(bytes)))")
    return facts
  }

  private struct Row {
    var path: String
    var layer: Text
    var shape: String
    var parameters: Int
  }

  private var rows: [Row] {
    var rows: [Row] = []
    var entry = 0
    while entry < inventory.entries.count {
      guard let row = row(entry) else {
        entry += 1
        continue
      }
      rows.append(row)
      entry = Int(inventory.entries[entry].end)
    }
    return rows
  }

  /// The row of an entry that is shown as one: a layer without layers of its own, a parameter outside of layers,
  /// or a branch at the depth that was asked for.
  private func row(_ entry: Int) -> Row? {
    let value = inventory.entries[entry]
    let isFolded = depth.map { Int(value.depth) >= $0 } ?? false
    guard value.isLeaf || isFolded || isBottomLayer(entry) else { return nil }
    let leaves = inventory.leaves(under: entry)
    let parameters = leaves.filter { inventory.leaves[$0].role != .buffer }
      .reduce(0) { $0 + inventory.leaves[$1].shape.count }
    let weight =
      leaves.first { inventory.leaves[$0].role == .weight } ?? leaves.first { inventory.leaves[$0].role == .scale }
      ?? leaves.first
    return Row(
      path: inventory.path(of: entry).description, layer: layer(entry, leaves),
      shape: isBottomLayer(entry) || value.isLeaf ? weight.map { inventory.leaves[$0].shape.description } ?? "" : "",
      parameters: parameters)
  }

  private func layer(_ entry: Int, _ leaves: Range<Int>) -> Text {
    guard let kind = inventory.kind(of: entry) else {
      guard inventory.entries[entry].isLeaf else { return ("\(leaves.count) tensors" as Text).styled(.secondary) }
      let owner = inventory.outermostLayer(ofLeaf: Int(inventory.entries[entry].leaf))
      return owner.flatMap(inventory.kind).map { Text($0.name).styled(.layer) } ?? ""
    }
    return Text(kind.name + (inventory.entries[entry].isGuess ? "?" : "")).styled(.layer)
  }

  private func isBottomLayer(_ entry: Int) -> Bool {
    inventory.kind(of: entry) != nil
      && inventory.below(entry).allSatisfy { inventory.kind(of: $0) == nil || inventory.entries[$0].key.isUnnamed }
  }
}

extension NoteFit {
  /// The note's name, and why it is this one.
  var json: JSONValue {
    switch reason {
    case .named(let name, let source):
      ["name": .string(note.name), "by": "config", "config": .string(source), "type": .string(name)]
    case .names: ["name": .string(note.name), "by": "names"]
    case .chosen: ["name": .string(note.name), "by": "choice"]
    }
  }
}
