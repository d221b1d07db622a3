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
}
