/// The processor time that control groups allow a process, in processors, rounded up; nil where nothing limits it.
///
/// Containers are limited so: `docker run --cpus 1.5` leaves all processors to be seen. Source: the kernel's
/// `Documentation/admin-guide/cgroup-v2.rst` and `scheduler/sched-bwc.rst`; proc_pid_mountinfo(5), cgroups(7).
package enum ProcessorQuota {
  /// That of this process.
  package static var current: Int? {
    guard let groups = SystemFile.text("/proc/self/cgroup"), let mounts = SystemFile.text("/proc/self/mountinfo")
    else { return nil }
    return least(groups: groups, mounts: mounts, read: SystemFile.text)
  }

  /// The least of all groups that the process is in, and of those around them, in both versions.
  /// - Parameters:
  ///   - groups: what `/proc/self/cgroup` says.
  ///   - mounts: what `/proc/self/mountinfo` says.
  ///   - read: the text of a file, or nil.
  package static func least(groups: String, mounts: String, read: (String) -> String?) -> Int? {
    let paths = Paths(groups)
    var least: Int?
    for mount in mounts.split(separator: "\n").compactMap({ Mount($0) }) {
      guard let path = mount.isSecondVersion ? paths.second : paths.first else { continue }
      for folder in mount.folders(from: path) {
        let quota =
          mount.isSecondVersion
          ? read(folder + "/cpu.max").flatMap { processors(max: $0) }
          : read(folder + "/cpu.cfs_quota_us").flatMap { quota in
            read(folder + "/cpu.cfs_period_us").flatMap { processors(max: "\(quota) \($0)") }
          }
        if let quota { least = min(quota, least ?? quota) }
      }
    }
    return least
  }

  /// From the quota and the period in microseconds, as `cpu.max` has them: `150000 100000` is 2, `max 100000` is nil.
  package static func processors(max text: String) -> Int? {
    let numbers = text.split { $0 == " " || $0.isNewline }.map { Int($0) }
    guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0 else { return nil }
    return (quota - 1) / period + 1
  }

  /// The process's own groups: that of version 2, and that of version 1 which limits processors.
  private struct Paths {
    var first, second: Substring?

    init(_ text: String) {
      for line in text.split(separator: "\n") {
        // Number, controllers, path; the path may have colons in it.
        let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3 else { continue }
        if fields[0] == "0", fields[1].isEmpty { second = fields[2] }
        if fields[1].split(separator: ",").contains("cpu") { first = fields[2] }
      }
    }
  }

  /// Where groups are to be seen as folders.
  private struct Mount {
    let isSecondVersion: Bool
    /// The group that the folder is, and the folder.
    let root, point: String

    /// From a line of `mountinfo`; nil for what has no groups that limit processors.
    init?(_ line: Substring) {
      let fields = line.split(separator: " ")
      guard let end = fields.firstIndex(of: "-"), end >= 6, fields.count > end + 3 else { return nil }
      switch fields[end + 1] {
      case "cgroup2": isSecondVersion = true
      case "cgroup" where fields[end + 3].split(separator: ",").contains("cpu"): isSecondVersion = false
      default: return nil
      }
      (root, point) = (Mount.plain(fields[3]), Mount.plain(fields[4]))
    }

    /// The folders of a group and of those around it; where it cannot be seen, of the outermost alone.
    func folders(from path: Substring) -> [String] {
      let prefix = root == "/" ? "" : root
      guard path == prefix || path.hasPrefix(prefix + "/") else { return [point] }
      let names = path.dropFirst(prefix.count).split(separator: "/")
      guard !names.contains("..") else { return [point] }
      return (0...names.count).map { count in ([point] + names.prefix(count).map(String.init)).joined(separator: "/") }
    }

    /// Spaces and the like are written `\040`.
    private static func plain(_ text: Substring) -> String {
      var bytes: [UInt8] = []
      var rest = Array(text.utf8)[...]
      while let byte = rest.popFirst() {
        let digits = String(decoding: rest.prefix(3), as: UTF8.self)
        if byte == UInt8(ascii: "\\"), digits.count == 3, let code = UInt8(digits, radix: 8) {
          bytes.append(code)
          rest = rest.dropFirst(3)
        } else {
          bytes.append(byte)
        }
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}
