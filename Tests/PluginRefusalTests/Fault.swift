import Diagnostics
import Foundation
import Testing

/// One thing that is wrong with a plugin, and what the host has to say of it.
struct Fault: Sendable, CustomTestStringConvertible {
  /// The file's stem; the plugin's id is `org.example.` and this.
  let name: String
  let code: ErrorCode
  /// What message, expectation, finding and notes together have to contain.
  var says: [String]
  /// The plugin; nil where a file is made otherwise.
  var source: Source?
  /// Makes the file from what was compiled.
  var place: @Sendable (_ folder: Folder, _ file: String, _ compiled: String?) throws -> Void
  /// Whether it may be loaded into the test's own process.
  var isHarmless = false

  var testDescription: String { name }

  private static func copy(_ folder: Folder, _ file: String, _ compiled: String?) throws {
    try folder.copy(try #require(compiled), file)
  }

  /// A descriptor that breaks a rule: statements before `add_initializer(host, &half)`.
  static func initializer(_ name: String, _ statements: String, _ says: String..., code: ErrorCode = .pluginDescriptor)
    -> Fault
  {
    entry(name, statements + " return host->add_initializer(host, &half);", code, says, isHarmless: true)
  }

  /// A parameter that breaks a rule.
  static func parameter(_ name: String, _ statements: String, _ says: String...) -> Fault {
    let all = ["'half.params"] + says
    return entry(
      "param-" + name, statements + " return host->add_initializer(host, &half);", .pluginDescriptor, all,
      isHarmless: true)
  }

  /// A source that breaks a rule.
  static func sources(_ name: String, _ statements: String, _ says: String...) -> Fault {
    let old = """
      static ri_source old[] = {{.struct_size = sizeof *old, .kind = RI_SOURCE_OLD, .name = RI_S("old")}}; \
      half.sources = old; half.n_sources = 1;
      """
    return entry(
      "source-" + name, "\(old) \(statements) return host->add_initializer(host, &half);", .pluginDescriptor, says,
      isHarmless: true)
  }

  static func layer(_ name: String, _ statements: String, _ says: String...) -> Fault {
    entry(
      "layer-" + name, statements + " return host->add_layer(host, &empty);", .pluginDescriptor, says, isHarmless: true)
  }

  /// A row of a described layer that breaks a rule.
  static func row(_ name: String, _ statements: String, _ says: String...) -> Fault {
    let described = """
      static ri_child_row rows[2] = {{.struct_size = sizeof(ri_child_row), .kind = RI_CHILD_TENSOR, \
        .role = RI_ROLE_WEIGHT, .name = RI_S("weight"), .shape = RI_S("[2, 3]")}};
      empty.create = NULL; empty.destroy = NULL; empty.child_count = NULL; empty.child_at = NULL; empty.rebuild = NULL;
      empty.params = &size; empty.n_params = 1; empty.children = rows; empty.n_children = 1;

      """
    return entry(
      "row-" + name, described + statements + " return host->add_layer(host, &empty);", .pluginDescriptor, says,
      isHarmless: true)
  }

  /// A table of how a nested layer begins that is none.
  static func nested(_ name: String, _ table: String, _ says: String...) -> Fault {
    var fault = row(
      "fresh-of-layer-" + name,
      "rows[0].kind = RI_CHILD_LAYER; rows[0].shape.len = 0; rows[0].layer = ri_text(\"Dense(in: 3, out: {size})\"); "
        + "rows[0].fresh = ri_text(\"\(table)\");")
    fault.says += says
    return fault
  }

  static func function(_ name: String, _ statements: String, _ says: String..., code: ErrorCode = .pluginDescriptor)
    -> Fault
  {
    entry("function-" + name, statements + " return host->add_function(host, &plain);", code, says, isHarmless: true)
  }

  /// Statements that are all of the entry.
  static func entry(
    _ name: String, _ statements: String, _ code: ErrorCode, _ says: [String] = [], before: String = "",
    isHarmless: Bool = false, flags: String = ""
  ) -> Fault {
    source(
      Source(name: name, text: Piece.plugin(name, statements, before: before), flags: flags), code, says, isHarmless)
  }

  static func source(_ source: Source, _ code: ErrorCode, _ says: [String] = [], _ isHarmless: Bool = false) -> Fault {
    Fault(name: source.name, code: code, says: says, source: source, place: copy, isHarmless: isHarmless)
  }

  /// A file that is no plugin.
  static func file(
    _ name: String, _ code: ErrorCode, _ says: String...,
    place: @escaping @Sendable (_ folder: Folder, _ file: String, _ good: Data) throws -> Void
  ) -> Fault {
    Fault(name: name, code: code, says: says, source: Source(name: "good", text: good("good"))) {
      folder, file, compiled in
      try place(folder, file, try Data(contentsOf: URL(fileURLWithPath: try #require(compiled))))
    }
  }

  /// A plugin without any fault.
  static func good(_ name: String) -> String {
    Piece.plugin(name, "return host->add_initializer(host, &half) | host->add_layer(host, &empty);")
  }
}
