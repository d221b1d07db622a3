import CReinit

/// What a host must have for a plugin: the manifest's `requires`.
struct PluginRequirements: Sendable, Equatable {
  /// The least minor version of the ABI.
  var minor = 0
  /// Services by name, each in exactly this version.
  var services: [String: Int] = [:]

  /// The first thing that this host does not have, and what it has; nil where nothing is missing.
  func missing(
    minor hostMinor: Int = Int(RI_ABI_MINOR), service: (String) -> Int? = HostServices.version
  ) -> (expected: String, found: String)? {
    if minor > hostMinor {
      return ("ABI \(RI_ABI_MAJOR).\(minor) or later", "\(RI_ABI_MAJOR).\(hostMinor)")
    }
    for (name, version) in services.sorted(by: { $0.key < $1.key }) {
      let found = service(name)
      guard found != version else { continue }
      return (
        "the service '\(ShellText.printable(name.utf8.prefix(60)))' in version \(version)",
        found.map { "version \($0)" } ?? "no such service"
      )
    }
    return nil
  }
}

/// The services of this host.
enum HostServices {
  /// The version of a service; nil where there is none, as where a library of the system is missing.
  static func version(of name: String) -> Int? {
    name == "draft.blas" ? MatrixService.table.map { Int($0.load(fromByteOffset: 4, as: UInt32.self)) } : nil
  }
}
