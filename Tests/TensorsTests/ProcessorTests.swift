import Glibc
import Testing

@testable import Tensors

/// What control groups allow, from texts as Linux writes them: cgroup-v2.rst, sched-bwc.rst, proc_pid_mountinfo(5).
@Suite("Processors")
struct ProcessorTests {
  @Test(
    "a quota is rounded up to whole processors",
    arguments: [
      ("max 100000\n", nil), ("100000 100000\n", 1), ("100001 100000\n", 2), ("150000 100000\n", 2),
      ("50000 100000", 1),
      ("1000 1000000\n", 1), ("400000 50000\n", 8), ("-1\n 100000\n", nil), ("0 100000", nil), ("100000 0", nil),
      ("9223372036854775807 1", Int.max), ("", nil), ("max", nil), ("100000", nil), ("1 2 3", nil),
      ("99999999999999999999 1", nil), ("a b", nil),
    ] as [(String, Int?)])
  func quotas(text: String, processors: Int?) { #expect(ProcessorQuota.processors(max: text) == processors) }

  struct Place: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let groups: String
    let mounts: [String]
    let files: [String: String]
    let processors: Int?
  }

  static let unified = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate"
  static let places = [
    Place(
      testDescription: "no limit", groups: "0::/user.slice/a.scope\n", mounts: [unified],
      files: ["/sys/fs/cgroup/user.slice/a.scope/cpu.max": "max 100000\n"], processors: nil),
    Place(
      testDescription: "the group's own", groups: "0::/user.slice/a.scope\n", mounts: [unified],
      files: ["/sys/fs/cgroup/user.slice/a.scope/cpu.max": "250000 100000\n"], processors: 3),
    Place(
      testDescription: "that of a group around it", groups: "0::/a.slice/b:c.slice/d.scope\n", mounts: [unified],
      files: [
        "/sys/fs/cgroup/a.slice/cpu.max": "200000 100000\n", "/sys/fs/cgroup/a.slice/b:c.slice/cpu.max": "max 100000\n",
        "/sys/fs/cgroup/a.slice/b:c.slice/d.scope/cpu.max": "500000 100000\n",
      ], processors: 2),
    Place(
      testDescription: "a container with a namespace of its own", groups: "0::/\n", mounts: [unified],
      files: ["/sys/fs/cgroup/cpu.max": "50000 100000\n"], processors: 1),
    Place(
      testDescription: "a container that sees only its own group", groups: "4:cpu,cpuacct:/docker/1a\n0::/docker/1a\n",
      mounts: [
        "37 36 0:33 /docker/1a /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct",
        "38 36 0:34 /docker/1a /sys/fs/cgroup/cpuset ro - cgroup cgroup rw,cpuset",
      ],
      files: [
        "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "300000\n",
        "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        "/sys/fs/cgroup/cpuset/cpu.cfs_quota_us": "100000\n", "/sys/fs/cgroup/cpuset/cpu.cfs_period_us": "100000\n",
      ], processors: 3),
    Place(
      testDescription: "both versions", groups: "1:cpu:/a\n0::/a\n",
      mounts: [
        "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu",
        "41 31 0:38 / /cg/my\\040unified rw - cgroup2 none rw",
      ],
      files: [
        "/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "-1\n", "/sys/fs/cgroup/cpu/a/cpu.cfs_period_us": "100000\n",
        "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "700000\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
        "/cg/my unified/a/cpu.max": "600000 100000\n",
      ], processors: 6),
    Place(
      testDescription: "a group that cannot be seen from here", groups: "0::/../other\n", mounts: [unified],
      files: ["/sys/fs/cgroup/cpu.max": "400000 100000\n", "/sys/fs/cgroup/other/cpu.max": "100000 100000\n"],
      processors: 4),
    Place(
      testDescription: "a group beside what is mounted", groups: "0::/docker/1abc\n",
      mounts: ["30 24 0:26 /docker/1a /sys/fs/cgroup rw - cgroup2 cgroup2 rw"],
      files: ["/sys/fs/cgroup/cpu.max": "400000 100000\n", "/sys/fs/cgroupbc/cpu.max": "100000 100000\n"],
      processors: 4),
    Place(
      testDescription: "lines that are none", groups: "\n::\n0:\nx\n",
      mounts: ["", "- cgroup2", "1 2 3 4 5 6 - cgroup2"],
      files: [:], processors: nil),
  ]

  @Test("the least quota of all groups around a process counts", arguments: places)
  func groups(place: Place) {
    let mounts = place.mounts.joined(separator: "\n")
    #expect(ProcessorQuota.least(groups: place.groups, mounts: mounts) { place.files[$0] } == place.processors)
  }

  /// `sched_getaffinity` and `sched_setaffinity`, which Glibc's module does not have.
  private typealias Affinity = @convention(c) (pid_t, Int, UnsafeMutableRawPointer) -> Int32

  private func affinity(_ name: String) throws -> Affinity {
    unsafeBitCast(try #require(dlsym(nil, name)), to: Affinity.self)
  }

  @Test("a thread that may run on one processor has one")
  func affinity() throws {
    let (get, set) = (try affinity("sched_getaffinity"), try affinity("sched_setaffinity"))
    var all = [UInt8](repeating: 0, count: 8192)
    try #require(get(0, all.count, &all) == 0)
    let first = try #require(all.firstIndex { $0 != 0 })
    var one = [UInt8](repeating: 0, count: all.count)
    one[first] = all[first] & ~(all[first] &- 1)
    try #require(set(0, one.count, &one) == 0)
    let (permitted, available) = (Processors.permitted, Processors.available)
    try #require(set(0, all.count, &all) == 0)
    #expect(permitted == 1 && available == 1)
    #expect(Processors.permitted == all.reduce(0) { $0 + $1.nonzeroBitCount })
    #expect(Processors.available <= Processors.permitted)
  }
}
