import Functors
import Initializers
import Tensors

/// Writes a tree as the code that makes it, a line for each layer, with counts of trainable parameters.
struct CodePrinter: Visitor {
  private var lines: [String] = []
  private var open: [Frame] = []

  /// Deeper lines are not indented further: a chain 100,000 levels deep would need gigabytes of spaces.
  private static let deepestIndentation = 24

  private struct Frame {
    /// The line that is complete once the parameters are counted; nil inside of a layer that has one line.
    let closing: String?
    let isContainer: Bool
    let level: Int
    var parameters = 0
  }

  /// The text of a tree; the beginning of it and the error where the tree contains itself.
  static func text(of root: some Node) -> String {
    var printer = CodePrinter()
    do { try root.walk(&printer) } catch { printer.lines.append("\(error)") }
    return printer.lines.joined(separator: "\n")
  }

  mutating func enter(_ visit: borrowing Visit) throws -> Decision {
    if visit.node is Absent { return .skip }
    if let tensor = visit.tensor, visit.node is Tensor {
      let isTrained = tensor.dtype.isFloatingPoint && visit.role != .buffer
      if isTrained, !open.isEmpty { open[open.count - 1].parameters += tensor.count }
      return .handled
    }
    push(visit)
    return .descend
  }

  mutating func leave(_ visit: borrowing Visit, rebuilt: any Node) throws -> any Node {
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
    lines.append(String(repeating: "  ", count: min(level, CodePrinter.deepestIndentation)) + text)
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
