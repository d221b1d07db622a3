import JSONText

/// Outcomes as text, as Markdown and as JSON.
enum Report {
  static let heads = ["row", "work", "ours", "peer", "ratio", "limit", "share", "goal", "met"]

  /// The cells of a line; several peers and goals are joined.
  static func cells(_ outcome: Outcome) -> [String] {
    let limit = outcome.limit.map { outcome.shown($0.seconds) }
    return [
      "\(outcome.row)", outcome.name, "\(short(outcome.shown(outcome.ours))) \(outcome.unit)",
      outcome.peers.map { "\($0.name) \(short(outcome.shown($0.seconds)))" }.joined(separator: "; "),
      outcome.peers.map { short($0.seconds / outcome.ours) + "×" }.joined(separator: "; "),
      zip(outcome.limit, limit).map { "\($0.name) \(short($1))" } ?? "",
      outcome.limit.map { "\(short(100 * $0.seconds / outcome.ours)) %" } ?? "",
      outcome.goals.map(\.text).joined(separator: "; "),
      outcome.goals.map { outcome.meets($0).map { $0 ? "yes" : "no" } ?? "–" }.joined(separator: "; "),
    ]
  }

  static func line(_ outcome: Outcome) -> String {
    let cells = cells(outcome)
    var parts = [pad(cells[0], 3, right: true) + "  " + pad(cells[1], 48) + pad(cells[2], 16, right: true)]
    if !cells[3].isEmpty { parts.append("   \(cells[3]) (\(cells[4]))") }
    if !cells[5].isEmpty { parts.append("   \(cells[5]) (\(cells[6]))") }
    if !cells[7].isEmpty { parts.append("   \(cells[7]): \(cells[8])") }
    return parts.joined()
  }

  static func markdown(_ outcomes: [Outcome]) -> String {
    let rows = outcomes.map { "| " + cells($0).joined(separator: " | ") + " |" }
    return
      (["| " + heads.joined(separator: " | ") + " |", "|" + String(repeating: " --- |", count: heads.count)] + rows)
      .joined(separator: "\n") + "\n"
  }

  static func json(_ machine: [(String, String)], _ outcomes: [Outcome], _ curves: [Curve]) -> String {
    let json: JSONValue = [
      "machine": object(machine.map { ($0, .string($1)) }), "cases": .array(outcomes.map(json)),
      "curves": .array(
        curves.map { curve in
          let points = curve.points.map { JSONValue.array([.integer(Int64($0.size)), .number($0.seconds)]) }
          return ["row": .integer(Int64(curve.row)), "name": .string(curve.name), "points": .array(points)]
        }),
    ]
    return json.indented + "\n"
  }

  private static func json(_ outcome: Outcome) -> JSONValue {
    [
      "row": .integer(Int64(outcome.row)), "work": .string(outcome.name), "unit": .string(outcome.unit),
      "shown": .number(outcome.shown(outcome.ours)), "seconds": .number(outcome.ours),
      "peers": object(outcome.peers.map { ($0.name, .number($0.seconds)) }),
      "limit": outcome.limit.map { object([($0.name, .number($0.seconds))]) } ?? .null,
      "goals": .array(
        outcome.goals.map { goal in
          ["goal": .string(goal.text), "met": outcome.meets(goal).map { .bool($0) } ?? .null]
        }),
    ]
  }

  private static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    var object = JSONObject()
    for (key, value) in members { object[key] = value }
    return .object(object)
  }

  private static func pad(_ text: String, _ width: Int, right: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return right ? space + text : text + space
  }

  private static func zip<A, B>(_ a: A?, _ b: B?) -> (A, B)? {
    if let a, let b { (a, b) } else { nil }
  }
}
