import Presentation

/// One line of a table: our work, what it is held against, and what is aimed at.
struct Case {
  /// How a time is shown.
  enum Measure {
    case milliseconds
    /// For so many nodes.
    case nanosecondsEach(Int)
    /// For so many elements, in thousand millions each second.
    case rate(Int)
    /// Bytes, not seconds.
    case mebibytes
    /// A factor, not seconds.
    case times
  }

  /// Work that is timed: prepared once, then run again and again, each time giving its seconds.
  typealias Work = () throws -> () throws -> Double

  /// The row of the table of goals.
  let row: Int
  let name: String
  let measure: Measure
  let ours: Work
  /// What another program is asked to do; see peers.py.
  var peers: [(name: String, request: String)] = []
  /// What no program can pass: the same bytes written without any computing, or the like.
  var limit: (name: String, work: Work)?
  var goals: [Goal] = []
  /// How many rounds at most; each round runs ours and all others in turn.
  var rounds = 7
}

/// What is aimed at.
enum Goal {
  /// So many times as fast as a peer.
  case faster(than: String, by: Double)
  /// At least this share of the limit's speed.
  case ofLimit(Double)
  /// At most this, in the unit that is shown.
  case atMost(Double)
  /// At least this, in the unit that is shown.
  case atLeast(Double)

  var text: String {
    switch self {
    case .faster(let name, let factor): "≥ \(short(factor))× \(name)"
    case .ofLimit(let share): "≥ \(short(100 * share)) % of the limit"
    case .atMost(let value): "≤ \(short(value))"
    case .atLeast(let value): "≥ \(short(value))"
    }
  }
}

/// What came of a case.
struct Outcome {
  let row: Int
  let name: String
  let measure: Case.Measure
  let ours: Double
  let peers: [(name: String, seconds: Double)]
  let limit: (name: String, seconds: Double)?
  let goals: [Goal]

  /// Times as fast as a peer.
  func factor(over peer: String) -> Double? {
    peers.first { $0.name == peer }.map { $0.seconds / ours }
  }

  /// Whether a goal is met; nil where the peer was not asked.
  func meets(_ goal: Goal) -> Bool? {
    switch goal {
    case .faster(let name, let least): factor(over: name).map { $0 >= least }
    case .ofLimit(let share): limit.map { $0.seconds / ours >= share }
    case .atMost(let most): shown(ours) <= most
    case .atLeast(let least): shown(ours) >= least
    }
  }

  /// A time in the unit that is shown.
  func shown(_ seconds: Double) -> Double {
    switch measure {
    case .milliseconds: seconds * 1e3
    case .nanosecondsEach(let count): seconds / Double(count) * 1e9
    case .rate(let count): Double(count) / seconds / 1e9
    case .mebibytes: seconds / Double(1 << 20)
    case .times: seconds
    }
  }

  var unit: String {
    switch measure {
    case .milliseconds: "ms"
    case .nanosecondsEach: "ns each"
    case .rate: "G/s"
    case .mebibytes: "MiB"
    case .times: "×"
    }
  }
}

/// A number with three digits that say something.
func short(_ value: Double) -> String {
  value >= 1000 && value < 1e9 ? "\(Int(value.rounded()))" : NumberFormat(symbols: .ascii).compact(value, 3)
}
