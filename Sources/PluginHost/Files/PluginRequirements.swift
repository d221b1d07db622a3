import CReinit
import JSONText

/// What a host must have for a plugin: the manifest's `requires`.
package struct PluginRequirements: Sendable, Equatable {
  /// The least minor version of the ABI.
  package var minor = 0
  /// Services by name, each in exactly this version.
  package var services: [String: Int] = [:]

  package init() {}

  /// `minor 1, draft.blas 1`; empty where nothing is required.
  package var text: String {
    let names = services.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return ((minor > 0 ? ["minor \(minor)"] : []) + names).joined(separator: ", ")
  }

  /// As it stands under `requires`.
  package var json: JSONValue {
    var versions = JSONObject()
    for (name, version) in services.sorted(by: { $0.key < $1.key }) { versions.append(name, .integer(Int64(version))) }
    return ["minor": .integer(Int64(minor)), "services": .object(versions)]
  }

  /// Of what ``json`` gave.
  init(json: JSONValue) {
    minor = json["minor"]?.int ?? 0
    for member in json["services"]?.object?.members ?? [] { services[member.key] = member.value.int }
  }

  /// What both require; of a service, the version that `other` names.
  package func merged(with other: PluginRequirements) -> PluginRequirements {
    var both = self
    both.minor = max(minor, other.minor)
    both.services.merge(other.services) { $1 }
    return both
  }

  /// Whether a host that has what others require may lack what this requires.
  package func exceeds(_ other: PluginRequirements) -> Bool {
    minor > other.minor || services.contains { other.services[$0.key] != $0.value }
  }

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
    table(of: name).map { Int($0.load(fromByteOffset: 4, as: UInt32.self)) }
  }

  /// The table of a service, which begins with its size and its version.
  static func table(of name: String) -> UnsafeRawPointer? {
    switch name {
    case RI_DRAFT_BLAS: MatrixService.table
    case RI_DRAFT_DLPACK: TensorExchange.table
    default: nil
    }
  }
}
