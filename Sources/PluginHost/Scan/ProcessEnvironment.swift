import Glibc

/// The environment of this process.
package enum ProcessEnvironment {
  /// All variables that are UTF-8, by name.
  package static var variables: [String: String] {
    var result: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      entry += 1
      guard let line = String(validatingCString: text), let equals = line.firstIndex(of: "=") else { continue }
      result[String(line[..<equals])] = String(line[line.index(after: equals)...])
    }
    return result
  }

  /// What the user may decide: nothing where the program has more rights than its user.
  package static var trusted: [String: String] { hasMoreRights ? [:] : variables }

  /// Whether the program runs with the rights of its file's owner or group.
  static var hasMoreRights: Bool {
    hasMoreRights(real: (getuid(), getgid()), effective: (geteuid(), getegid()))
  }

  static func hasMoreRights(real: (uid_t, gid_t), effective: (uid_t, gid_t)) -> Bool { real != effective }
}
