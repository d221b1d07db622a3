/// Outcomes as text, as Markdown and as JSON.
enum Report {
  static let heads = ["row", "work", "ours", "peer", "ratio", "limit", "share", "goal", "met"]

  /// The cells of a line; several peers and goals are joined.
  static func cells(_ outcome: Outcome) -> [String] {
    let limit = outcome.limit.map { outcome.shown($0.seconds) }
    return [
      "\(outcome.row)", outcome.name, "\(text2(outcome.shown(outcome.ours))) \(outcome.unit)",
      outcome.peers.map { "\($0.name) \(text2(outcome.shown($0.seconds)))" }.joined(separator: "; "),
      outcome.peers.map { text2($0.seconds / outcome.ours) + "×" }.joined(separator: "; "),
      zip(outcome.limit, limit).map { "\($0.name) \(text2($1))" } ?? "",
      outcome.limit.map { "\(text2(100 * $0.seconds / outcome.ours)) %" } ?? "",
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
    func quoted(_ text: String) -> String {
      "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
    let facts = machine.map { "    \(quoted($0.0)): \(quoted($0.1))" }.joined(separator: ",\n")
    let rows = outcomes.map { outcome in
      let peers = outcome.peers.map { "\(quoted($0.name)): \($0.seconds)" }.joined(separator: ", ")
      let limit = outcome.limit.map { "{\(quoted($0.name)): \($0.seconds)}" } ?? "null"
      let goals = outcome.goals.map { goal in
        "{\"goal\": \(quoted(goal.text)), \"met\": \(outcome.meets(goal).map { "\($0)" } ?? "null")}"
      }.joined(separator: ", ")
      return """
            {"row": \(outcome.row), "work": \(quoted(outcome.name)), "unit": \(quoted(outcome.unit)), \
        "shown": \(outcome.shown(outcome.ours)), "seconds": \(outcome.ours), "peers": {\(peers)}, "limit": \(limit), \
        "goals": [\(goals)]}
        """
    }.joined(separator: ",\n")
    let lines = curves.map { curve in
      let points = curve.points.map { "[\($0.size), \($0.seconds)]" }.joined(separator: ", ")
      return "    {\"row\": \(curve.row), \"name\": \(quoted(curve.name)), \"points\": [\(points)]}"
    }.joined(separator: ",\n")
    return "{\n  \"machine\": {\n\(facts)\n  },\n  \"cases\": [\n\(rows)\n  ],\n  \"curves\": [\n\(lines)\n  ]\n}\n"
  }

  private static func pad(_ text: String, _ width: Int, right: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return right ? space + text : text + space
  }

  private static func zip<A, B>(_ a: A?, _ b: B?) -> (A, B)? {
    if let a, let b { (a, b) } else { nil }
  }
}
