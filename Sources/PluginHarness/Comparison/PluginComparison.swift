import PluginHost

/// What a plugin's new build does otherwise than its old one.
public struct PluginComparison: Sendable {
  /// The two.
  package let old, new: PluginPortrait
  /// The differences: of the plugin, of its initializers, of its layers, of the file.
  public let changes: [PluginChange]

  /// A comparison of two portraits.
  public init(_ old: PluginPortrait, _ new: PluginPortrait) {
    (self.old, self.new) = (old, new)
    let (before, after) = (old.description, new.description)
    let initializers = Self.pairs(before.initializers, after.initializers, \.name) { name, a, b in
      InitializerComparison(name, a, b, old.values[name], new.values[name]).changes
    }
    let layers = Self.pairs(before.layers, after.layers, \.name) { LayerComparison(name: $0, old: $1, new: $2).changes }
    changes = Self.identity(before, after) + initializers + layers + Self.file(old.file, new.file)
  }

  /// Whether a user of the plugin would notice.
  public var isNoticed: Bool { changes.contains(where: \.isNoticed) }

  private static func identity(_ old: PluginDescription, _ new: PluginDescription) -> [PluginChange] {
    PluginChange.change("plugin", "id", old.id, new.id, isNoticed: true)
      + PluginChange.change("plugin", "version", old.version, new.version, isNoticed: false)
      + PluginChange.change("plugin", "license", old.license, new.license, isNoticed: true)
      + PluginChange.change("plugin", "summary", old.summary, new.summary, isNoticed: false)
      + PluginChange.change(
        "plugin", "ABI", "\(old.abi.major).\(old.abi.minor)", "\(new.abi.major).\(new.abi.minor)",
        isNoticed: old.abi.major != new.abi.major)
  }

  private static func pairs<Item>(
    _ old: [Item], _ new: [Item], _ name: (Item) -> String, _ compare: (String, Item?, Item?) -> [PluginChange]
  ) -> [PluginChange] {
    let names = old.map(name) + new.map(name).filter { name2 in !old.contains { name($0) == name2 } }
    return names.flatMap { wanted in
      compare(wanted, old.first { name($0) == wanted }, new.first { name($0) == wanted })
    }
  }

  private static func file(_ old: PluginFile, _ new: PluginFile) -> [PluginChange] {
    var changes: [PluginChange] = []
    for library in ["GLIBC", "GLIBCXX"] {
      let (before, after) = (old.elf.highestVersion(of: library), new.elf.highestVersion(of: library))
      let isHigher = Versions.isLower(before ?? "0", after ?? "0")
      changes += PluginChange.change("file", library, before ?? "none", after ?? "none", isNoticed: isHigher)
    }
    let required = old.manifest?.required ?? PluginRequirements()
    let requires = new.manifest?.required ?? PluginRequirements()
    changes += PluginChange.change(
      "file", "requires", required.text, requires.text, isNoticed: requires.exceeds(required))
    changes += lists("library", old.elf.needed, new.elf.needed, isNoticed: true)
    changes += lists("RUNPATH", old.elf.runpath, new.elf.runpath, isNoticed: false)
    return changes + lists("symbol", old.elf.exports.map(\.name), new.elf.exports.map(\.name), isNoticed: false)
  }

  /// - Parameter isNoticed: Whether one that is new is noticed.
  private static func lists(_ what: String, _ old: [String], _ new: [String], isNoticed: Bool) -> [PluginChange] {
    let (before, after) = (Set(old), Set(new))
    return old.filter { !after.contains($0) }.map { PluginChange("file", .removed, "\(what) \($0)", isNoticed: false) }
      + new.filter { !before.contains($0) }.map { PluginChange("file", .added, "\(what) \($0)", isNoticed: isNoticed) }
  }
}

enum Versions {
  /// Whether a version of numbers with dots comes before another.
  static func isLower(_ a: String, _ b: String) -> Bool {
    numbers(a).lexicographicallyPrecedes(numbers(b))
  }

  private static func numbers(_ version: String) -> [Int] { version.split(separator: ".").map { Int($0) ?? 0 } }
}
