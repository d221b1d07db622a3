import Foundation
import Testing

/// Plugins that say which host they see, compiled with the headers as they are and with those of a later minor version.
enum Lonely {
  static let sources = [
    Source(name: "today", text: Piece.plugin("today", report + register)),
    Source(
      name: "tomorrow",
      text: Piece.plugin("tomorrow", tomorrow + report + register, before: brighter).replacing(
        "range->count; i++)", "range->count && !(RI_HAS(range, ri_fill, oil) && range->oil); i++)"),
      headers: newer),
  ]

  /// The summary tells the size of the host's table, its version, and whether it reaches as far as `service`.
  private static let report = """
    static char text[100];
    snprintf(text, sizeof text, "size %u, minor %u, service %d", host->struct_size, host->abi_minor,
             RI_HAS(host, ri_host, service) && host->service(host, ri_text("nothing"), 1) == NULL);
    half.summary = ri_text(text);

    """
  private static let register = "return host->add_initializer(host, &half) | host->add_layer(host, &empty);"

  /// Uses what is new where the host has it, and tells so in the plugin's summary.
  private static let tomorrow = """
    half.polish = polish;
    empty.lamps = 7;
    self->summary = ri_text(RI_HAS(host, ri_host, lamps) && host->lamps ? "lamps" : "no lamps");

    """
  private static let brighter = "static ri_status polish(const ri_fill *range, void *user) { return RI_INTERNAL; }"

  private static let newer = Workshop.store + "/headers-1.1"

  /// A copy of the headers in which structs have grown at their ends.
  static func makeHeaders() throws {
    let target = newer + "/reinit"
    try? FileManager.default.removeItem(atPath: newer)
    try FileManager.default.createDirectory(atPath: newer, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Workshop.headers + "/reinit", toPath: target)
    try edit("\(target)/base.h", ["#define RI_ABI_MINOR 0": "#define RI_ABI_MINOR 1"])
    try edit(
      "\(target)/host.h",
      ["name, uint32_t version);": "name, uint32_t version);\n  int32_t (*lamps)(const ri_host *);"])
    try edit(
      "\(target)/initializer.h",
      [
        "n_sources;\n} ri_fill;": "n_sources;\n  uint64_t oil;\n} ri_fill;",
        "n_sources;\n} ri_initializer;":
          "n_sources;\n  ri_status (*polish)(const ri_fill *, void *);\n} ri_initializer;",
      ])
    try edit(
      "\(target)/layer.h",
      ["n_children;\n} ri_layer_type;": "n_children;\n  uint64_t lamps;\n} ri_layer_type;"])
  }

  private static func edit(_ path: String, _ changes: [String: String]) throws {
    var text = try String(contentsOfFile: path, encoding: .utf8)
    for (old, new) in changes {
      guard text.contains(old) else { throw Failure(text: "\(path) has no '\(old)'") }
      text = text.replacing(old, new)
    }
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }
}

extension String {
  func replacing(_ old: String, _ new: String) -> String { replacingOccurrences(of: old, with: new) }
}
