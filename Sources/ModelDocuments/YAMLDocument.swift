import CYAML
import Diagnostics

/// A text in YAML, of which JSON is a part, read by libyaml.
final class YAMLDocument {
  private var document = yaml_document_t()
  private let name: String

  /// Reads a text.
  /// - Parameter name: what errors call the document.
  /// - Throws: ``Diagnostics/ErrorCode/malformedModel``, with line and column.
  init(_ text: String, named name: String) throws(Diagnostic) {
    self.name = name
    let fault = Array(text.utf8).withUnsafeBufferPointer { read($0) }
    if let fault { throw fault }
    try checkKeys()
  }

  deinit { yaml_document_delete(&document) }

  /// The outermost node; nil for a text that holds none.
  var root: YAMLNode? { count > 0 ? YAMLNode(document: self, index: 0) : nil }

  private var count: Int { document.nodes.start.map { document.nodes.top - $0 } ?? 0 }

  fileprivate func node(_ index: Int) -> yaml_node_t { document.nodes.start[index] }

  /// The document, and nothing behind it; or what is wrong.
  private func read(_ text: UnsafeBufferPointer<UInt8>) -> Diagnostic? {
    if let fault = checkDepth(text) { return fault }
    // It points to itself, so it stays where it is.
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    defer { parser.deallocate() }
    guard yaml_parser_initialize(parser) == 1 else { return malformed("there is not enough memory") }
    defer { yaml_parser_delete(parser) }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    var another = yaml_document_t()
    guard yaml_parser_load(parser, &document) == 1 else { return fault(parser.pointee) }
    // A stream that has ended cannot be asked again.
    guard count > 0 else { return nil }
    guard yaml_parser_load(parser, &another) == 1 else { return fault(parser.pointee) }
    defer { yaml_document_delete(&another) }
    guard let first = yaml_document_get_root_node(&another) else { return nil }
    return malformed("one document is expected, but there is another", first.pointee.start_mark)
  }

  /// Lists and mappings in each other at most: for each token libyaml looks at all that are open.
  private static let deepest = 512

  /// Refuses what is nested too deeply, by a pass that ends there.
  private func checkDepth(_ text: UnsafeBufferPointer<UInt8>) -> Diagnostic? {
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    defer { parser.deallocate() }
    guard yaml_parser_initialize(parser) == 1 else { return malformed("there is not enough memory") }
    defer { yaml_parser_delete(parser) }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    var depth = 0
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(parser, &event) == 1 else { return fault(parser.pointee) }
      defer { yaml_event_delete(&event) }
      switch event.type {
      case YAML_SEQUENCE_START_EVENT, YAML_MAPPING_START_EVENT: depth += 1
      case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: depth -= 1
      case YAML_STREAM_END_EVENT: return nil
      default: break
      }
      if depth > YAMLDocument.deepest {
        return malformed(
          "it is nested too deeply", event.start_mark, found: "more than \(YAMLDocument.deepest) lists and mappings")
      }
    }
  }

  private func fault(_ parser: yaml_parser_t) -> Diagnostic {
    let problem = parser.problem.map { String(cString: $0) } ?? "it is no YAML"
    return malformed(problem, parser.error == YAML_READER_ERROR ? nil : parser.problem_mark)
  }

  private func checkKeys() throws(Diagnostic) {
    for index in 0..<count {
      var seen: Set<ByteName> = []
      for key in YAMLNode(document: self, index: index).pairs?.map(\.key) ?? [] {
        guard let text = key.text, !seen.insert(ByteName(text)).inserted else { continue }
        throw malformed("a key occurs twice", node(key.index).start_mark, found: "'\(text)'")
      }
    }
  }

  private func malformed(_ problem: String, _ mark: yaml_mark_t? = nil, found: String? = nil) -> Diagnostic {
    let place = mark.map { ":\($0.line + 1):\($0.column + 1)" } ?? ""
    return Diagnostic(.malformedModel, "the model file cannot be read: \(problem)", at: name + place, found: found)
  }
}

/// A node of a document: a text, a list or a mapping.
///
/// What an alias stands for is the same node at several places, and may be inside of itself.
struct YAMLNode {
  fileprivate let document: YAMLDocument
  fileprivate let index: Int

  /// Where it begins, from 1.
  var place: (line: Int, column: Int) {
    let mark = document.node(index).start_mark
    return (Int(mark.line) + 1, Int(mark.column) + 1)
  }

  /// The text, if it is one; numbers are texts as well.
  var text: String? {
    let node = document.node(index)
    guard node.type == YAML_SCALAR_NODE else { return nil }
    return String(
      decoding: UnsafeBufferPointer(start: node.data.scalar.value, count: Int(node.data.scalar.length)), as: UTF8.self)
  }

  /// The items of a list.
  var items: [YAMLNode]? {
    let node = document.node(index)
    guard node.type == YAML_SEQUENCE_NODE else { return nil }
    let items = node.data.sequence.items
    return (0..<(items.top - items.start)).map { numbered(items.start[$0]) }
  }

  /// The keys and values of a mapping, in order.
  var pairs: [(key: YAMLNode, value: YAMLNode)]? {
    let node = document.node(index)
    guard node.type == YAML_MAPPING_NODE else { return nil }
    let pairs = node.data.mapping.pairs
    return (0..<(pairs.top - pairs.start)).map { (numbered(pairs.start[$0].key), numbered(pairs.start[$0].value)) }
  }

  /// The value of a key; nil where there is none, or no mapping.
  subscript(key: String) -> YAMLNode? { pairs?.first { $0.key.text == key }?.value }

  /// libyaml counts from 1.
  private func numbered(_ number: Int32) -> YAMLNode { YAMLNode(document: document, index: Int(number) - 1) }
}
