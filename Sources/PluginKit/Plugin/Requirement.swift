import CReinit

/// What a plugin cannot do without.
public struct Requirement: Sendable {
  private let minor: UInt32
  private let service: (name: StaticString, version: UInt32)?

  /// The least minor version of a host's ABI.
  public static func minor(_ version: UInt32) -> Requirement { Requirement(minor: version, service: nil) }

  /// A service of the host's, in exactly that version, such as `draft.blas`.
  public static func service(_ name: StaticString, version: UInt32) -> Requirement {
    Requirement(minor: 0, service: (name, version))
  }

  /// Says all of it.
  ///
  /// The host reads the list after the entry, and a plugin is never unloaded: it is never freed.
  static func say(_ needs: [Requirement], to plugin: inout ri_plugin) {
    let services = needs.compactMap(\.service).map {
      ri_requirement(service: ri_str($0.name), version: $0.version, reserved: 0)
    }
    plugin.needs_minor = needs.map(\.minor).max() ?? 0
    plugin.n_needs = UInt32(services.count)
    guard !services.isEmpty else { return }
    let list = UnsafeMutableBufferPointer<ri_requirement>.allocate(capacity: services.count)
    _ = list.initialize(from: services)
    plugin.needs = UnsafePointer(list.baseAddress)
  }
}
