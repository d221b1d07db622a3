import CReinit

/// A table that a newer host may ask for.
struct Extension {
  private let name: ri_str
  private let version: UInt32
  private let table: UnsafeRawPointer

  init<Table: BitwiseCopyable>(_ name: StaticString, _ version: UInt32, _ table: Table) {
    (self.name, self.version) = (ri_str(name), version)
    // Never unloaded, so never freed.
    let copy = UnsafeMutablePointer<Table>.allocate(capacity: 1)
    copy.initialize(to: table)
    self.table = UnsafeRawPointer(copy)
  }

  /// Written once, in the first entry, before any host can ask.
  private nonisolated(unsafe) static var published: [Extension] = []

  static func publish(_ extensions: [Extension], by plugin: inout ri_plugin) {
    guard !extensions.isEmpty else { return }
    if published.isEmpty { published = extensions }
    plugin.extension = { name, version in
      Extension.published.first { $0.version == version && Extension.isEqual($0.name, name) }?.table
    }
  }

  private static func isEqual(_ one: ri_str, _ other: ri_str) -> Bool {
    let (bytes, others) = (
      UnsafeBufferPointer(lent: one.ptr, count: Int(clamping: one.len)),
      UnsafeBufferPointer(lent: other.ptr, count: Int(clamping: other.len))
    )
    return bytes.elementsEqual(others)
  }
}
