import Functors
import Initializers
import LayerVocabulary
import Tensors

/// Writes a tree as the code that makes it, a line for each layer, with counts of trainable parameters.
struct CodePrinter: Visitor {
  private var lines: [Line] = []
  private var open: [Frame] = []

  /// Deeper lines are not indented further: a chain 100,000 levels deep would need gigabytes of spaces.
  private static let deepestIndentation = 24

  private struct Line {
    var text: String
    let level: Int
  }

  private struct Frame {
    /// The line that is complete once the parameters are counted; nil inside of a layer that has one line.
    let closing: String?
    let isContainer: Bool
    let level: Int
    var parameters = 0
  }

  /// The text of a tree; the beginning of it and the error where the tree contains itself.
  /// - Parameter most: how many lines there may be; deeper containers are folded, whole levels at a time.
  static func text(of root: some Node, lines most: Int = .max) -> String {
    var printer = CodePrinter()
    do { try root.walk(&printer) } catch { printer.lines.append(Line(text: "\(error)", level: 0)) }
    return printer.folded(to: most).map { line in
      String(repeating: "  ", count: min(line.level, CodePrinter.deepestIndentation)) + line.text
    }.joined(separator: "\n")
  }

  /// The lines down to the deepest level with which they are few enough; one level below the root is always shown.
  private func folded(to most: Int) -> [Line] {
    guard lines.count > most else { return lines }
    var counts: [Int: Int] = [:]
    for line in lines { counts[line.level, default: 0] += 1 }
    var (deepest, count) = (1, counts[0, default: 0] + counts[1, default: 0])
    while let next = counts[deepest + 1], count + next <= most { (deepest, count) = (deepest + 1, count + next) }
    var result: [Line] = []
    for line in lines where line.level <= deepest {
      // What stood between a container's beginning and its end is left out.
      if line.level == deepest, line.text.hasPrefix("])"), let last = result.last, last.text.hasSuffix("[") {
        result[result.count - 1].text = last.text + "…" + line.text
      } else {
        result.append(line)
      }
    }
    return result
  }

  mutating func enter(_ visit: borrowing Visit) -> WalkDecision {
    if visit.node is Absent { return .skip }
    if let tensor = visit.tensor, visit.node is Tensor {
      let isTrained = tensor.dtype.isFloatingPoint && visit.role != .buffer
      if isTrained, !open.isEmpty { open[open.count - 1].parameters += tensor.count }
      return .handled
    }
    push(visit)
    return .descend
  }

  mutating func leave(_ visit: borrowing Visit, rebuilt: any Node) -> any Node {
    guard let frame = open.popLast() else { return rebuilt }
    if !open.isEmpty { open[open.count - 1].parameters += frame.parameters }
    guard let closing = frame.closing else { return rebuilt }
    let comma = open.isEmpty ? "" : ","
    let count = frame.parameters == 0 ? "" : "  // \(CodePrinter.grouped(frame.parameters)) parameters"
    write(closing + comma + count, level: frame.level)
    return rebuilt
  }

  private mutating func push(_ visit: borrowing Visit) {
    let level = open.count
    guard open.last?.isContainer ?? true else {
      open.append(Frame(closing: nil, isContainer: false, level: level))
      return
    }
    let label = open.isEmpty ? "" : "\"\(visit.key.text)\": "
    if let layer = visit.node as? any PrintableLayer, !(layer is any Container) {
      open.append(Frame(closing: label + layer.code, isContainer: false, level: level))
      return
    }
    let head = (visit.node as? any Container)?.code ?? "\(CodePrinter.name(of: visit.node))("
    write("\(label)\(head)[", level: level)
    open.append(Frame(closing: "])", isContainer: true, level: level))
  }

  private mutating func write(_ text: String, level: Int) {
    lines.append(Line(text: text, level: level))
  }

  private static func name(of node: any Node) -> String {
    (node as? any Layer)?.kind.name ?? "\(type(of: node))"
  }

  /// A number in groups of three digits: `25,557,032`.
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return digits.enumerated().reduce(into: "") { text, digit in
      if digit.offset > 0, (digits.count - digit.offset) % 3 == 0 { text.append(",") }
      text.append(digit.element)
    }
  }
}
