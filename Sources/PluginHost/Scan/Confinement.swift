import CPluginCalls
import Glibc

/// What a process that looks at a plugin, or tests one, can no longer do, as far as the kernel offers it.
///
/// It keeps the faults of a plugin from files and networks. It is no guard against malice: a plugin is loaded later
/// with all rights of the user.
package struct Confinement: Sendable, Equatable {
  private let flags: UInt32

  private init(_ flags: UInt32) { self.flags = flags }

  /// What this kernel offers.
  package static var offered: Confinement { Confinement(rp_confinement_offered()) }

  /// Confines this process, for good: files are changed below these places alone, and there is no network.
  /// - Parameter isWatched: Whether what is refused is noted, for ``attempts``.
  @discardableResult package static func begin(writable: [String], isWatched: Bool) -> Confinement {
    let copies = writable.map { $0.withCString { UnsafePointer(strdup($0)) } } + [nil]
    defer { copies.forEach { free(UnsafeMutableRawPointer(mutating: $0)) } }
    return Confinement(copies.withUnsafeBufferPointer { rp_confine($0.baseAddress, isWatched) })
  }

  /// What was tried and refused, in words: `opens '/etc/x' to write`.
  package static var attempts: [String] {
    (0..<8).compactMap { rp_attempt($0).map { String(cString: $0) } }
  }

  /// Whether files are out of reach.
  package var files: Bool { flags & UInt32(RP_CONFINED_FILES) != 0 }
  /// Whether other processes are out of reach of signals.
  package var signals: Bool { flags & UInt32(RP_CONFINED_SIGNALS) != 0 }
  /// Whether the Internet is.
  package var network: Bool { flags & UInt32(RP_CONFINED_NETWORK) != 0 }
  /// Whether what is refused is noted.
  package var isWatched: Bool { flags & UInt32(RP_CONFINED_WATCHED) != 0 }

  /// What is out of reach: `files, signals, network`; empty where nothing is.
  package var words: String {
    [(files, "files"), (signals, "signals"), (network, "network")].filter(\.0).map(\.1).joined(separator: ", ")
  }
}
