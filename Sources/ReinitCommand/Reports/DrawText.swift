import Glibc
import Presentation
import Reinit

/// A draw in a few words: `normal, mean 0, std 0.02`.
struct DrawText: CustomStringConvertible {
  let draw: Draw

  var description: String {
    switch draw.method {
    case .constant: text("value")
    case .mapped: mapped
    default: ([draw.method.rawValue] + draw.numbers.map { "\($0.name) \(text($0.value))" }).joined(separator: ", ")
    }
  }

  /// As a rule has it: the source, and the functions around it.
  private var mapped: String {
    if draw["source"] == 2 { return wrapped(linspace, draw.numbers.dropFirst(6)) }
    let steps = draw.numbers.dropFirst(3)
    guard let low = draw["low"], let high = draw["high"] else {
      return wrapped("range(start: \(text("start")))", steps)
    }
    guard steps.first?.name == "exp" else { return wrapped("uniform(\(text(low)), \(text(high)))", steps) }
    let floor = draw["floor"].map { ", floor: \(text($0))" } ?? ""
    return wrapped("log_uniform(\(text(exp(low))), \(text(exp(high)))\(floor))", steps)
  }

  private var linspace: String {
    let exponent = draw["exponent"] == 1 ? "" : ", exponent: \(text("exponent"))"
    return "linspace(\(text("start")), \(text("stop"))\(exponent)\(draw["endpoint"] == 1 ? "" : ", endpoint: 0"))"
  }

  private func wrapped(_ source: String, _ steps: ArraySlice<Draw.Number>) -> String {
    steps.filter { $0.name != "exp" && $0.name != "floor" }.reduce(source) { "\($1.name)(\($0))" }
  }

  private func text(_ name: String) -> String { text(draw[name] ?? .nan) }

  private func text(_ value: Double) -> String { NumberFormat(symbols: .ascii).compact(value, 6) }
}
