import Diagnostics
import Foundation
import PluginHost
import Testing

@testable import PluginHarness

@Suite("Running the tests of a plugin")
struct RunTests {
  @Test("The plugin is never loaded into the process that tests it")
  func neverLoaded() throws {
    let report = try PluginHarness.run(try Zoo.options("good-initializer"))
    #expect(report.isPassed && report.reached == .certified)
    let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
    #expect(!maps.contains("good-initializer"))
  }

  @Test("A small plugin passes every test of a tier, and reaches it", arguments: [Tier.honest, .certified])
  func tiers(_ tier: Tier) throws {
    let report = try PluginHarness.run(try Zoo.options("good-layer", tier: tier))
    #expect(report.isPassed && report.reached == tier)
    #expect(report.tests.allSatisfy { $0.outcome != .failed })
  }

  @Test("What stands on a test that failed is not run, and says so; what does not is")
  func prerequisites() throws {
    let report = try PluginHarness.run(try Zoo.options("ignores-offset"))
    #expect(report.result("init.shards:zoo")?.outcome == .failed)
    #expect(report.result("init.fans:zoo")?.reason == "not run after init.history:zoo")
    #expect(report.result("init.distribution:zoo")?.reason == "not run after init.fans:zoo")
    #expect(report.result("load.described")?.outcome == .passed)
    #expect(report.reached == .works)
  }

  @Test("Tests are chosen by test, by group, by test and subject, by subject, and left out")
  func selection() throws {
    func ids(_ change: (inout HarnessOptions) -> Void) throws -> [String] {
      var options = try Zoo.options("good-layer")
      change(&options)
      return try PluginHarness.run(options).tests.map(\.id)
    }
    #expect(try ids { $0.only = ["layer.rebuild"] } == ["layer.rebuild:Zoo"])
    #expect(try ids { $0.only = ["layer.processes:Zoo"] } == ["layer.processes:Zoo"])
    #expect(try ids { $0.only = ["load"] }.allSatisfy { $0.hasPrefix("load.") })
    #expect(try ids { $0.only = [":Zoo"] }.allSatisfy { $0.hasSuffix(":Zoo") })
    #expect(try ids { $0.leavingOut = ["layer"] }.allSatisfy { $0.hasPrefix("load.") })
    #expect(try ids { $0.tier = .loads } == ["load.entry", "load.again"])
    for name in ["init.shard", "load.entri", "init.shards:Zo"] {
      let error = #expect(throws: Diagnostic.self) { try ids { $0.only = [name] } }
      #expect(error?.code == .noSuchTest)
    }
  }

  @Test(
    "A program that is not this harness is a failure of the harness, not of the plugin",
    arguments: ["/bin/true", "/bin/echo", Zoo.absent])
  func otherProgram(_ program: String) throws {
    var options = try Zoo.options("good-initializer")
    options.executable = program
    #expect(throws: Diagnostic.self) { try PluginHarness.run(options) }
    do { _ = try PluginHarness.run(options) } catch { #expect((error as Diagnostic).code == .harnessFailed) }
  }

  @Test("A file that is not there is said to be so")
  func noFile() throws {
    let error = #expect(throws: Diagnostic.self) { try PluginHarness.run(HarnessOptions(Zoo.absent + "/gabor.so")) }
    #expect(error?.code == .noSuchFile)
  }

  @Test("What is no plugin is a finding of the first test, and nothing else is run")
  func noPlugin() throws {
    var options = HarnessOptions("/bin/sh")
    options.executable = Zoo.reinit
    let report = try PluginHarness.run(options)
    #expect(report.tests.map(\.id) == ["load.entry"] && report.findings.count == 1 && report.reached == nil)
  }

  @Test(
    "A fuzzed case is made simpler, and its command finds it again", arguments: ["fill-refuses", "crashes-for-some"])
  func shrinking(_ name: String) throws {
    let report = try PluginHarness.run(try Zoo.options(name))
    let finding = try #require(report.findings.first)
    #expect(finding.id == "init.fuzz:zoo")
    let note = try #require(finding.finding?.notes.last { $0.hasPrefix("case ") })
    // One parameter is to blame, and one tensor of few elements is enough.
    #expect(note.contains("(mean: \(name == "fill-refuses" ? "-1000" : "1000"))"), "\(note)")
    let words = finding.reproduction.split(separator: " ").map(String.init)
    let path = words[try #require(words.firstIndex(of: "--case")) + 1]
    #expect(note.hasPrefix("case \(path): "))
    var options = try Zoo.options(name)
    (options.only, options.fuzzCase) = (["init.fuzz:zoo"], path)
    let again = try PluginHarness.run(options)
    #expect(again.codes == report.codes)
  }

  @Test("Another seed makes other choices, and finds the same fault", arguments: [1, 2, 0xFFFF_FFFF_FFFF])
  func seeds(_ seed: UInt64) throws {
    for name in ["good-initializer", "ignores-offset"] {
      var options = try Zoo.options(name)
      options.seed = seed
      #expect(try PluginHarness.run(options).codes == Zoo.beast(name).code)
    }
  }

  @Test("A crash inside of guarded pages says on which side, a crash elsewhere which address")
  func addresses() throws {
    let behind = try PluginHarness.run(try Zoo.options("reads-one-more")).findings.first?.finding
    #expect(behind?.code == .findingOutside && behind?.message == "memory behind the range is touched")
    let crash = try PluginHarness.run(try Zoo.options("crashes-in-forward")).findings.first?.finding
    #expect(crash?.found == "SIGSEGV in forward of 'Zoo'" && crash?.notes.contains("the address is 0x8") == true)
    #expect(crash?.notes.contains { $0.hasPrefix("tests leave no core file: gdb -batch") } == true)
    #expect(crash?.place?.hasPrefix("forward of ") == true)
  }

  @Test("A core file has what is lent in it, and none of the addresses that are kept for that")
  func core() throws {
    let memory = LentMemory.shared
    let block = try #require(memory.take(.scratch, 10_000))
    for _ in 0..<100 { memory.giveBack(try #require(memory.take(.scratch, 5000))) }
    let addresses = memory.addresses(of: .scratch)
    // Of each mapping its addresses, and what the kernel is told of it: "dd" leaves it out of core files.
    let file = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
    let maps = String(decoding: file.readDataToEndOfFile(), as: UTF8.self)
    var (bytes, mappings, mapping): (Int, Int, Range<UInt>?) = (0, 0, nil)
    for line in maps.split(separator: "\n") {
      if let match = line.prefixMatch(of: #/([0-9a-f]+)-([0-9a-f]+) /#) {
        mapping = try #require(UInt(match.1, radix: 16))..<(try #require(UInt(match.2, radix: 16)))
      } else if line.hasPrefix("VmFlags:"), let range = mapping?.clamped(to: addresses), !range.isEmpty {
        mappings += 1
        bytes += line.split(separator: " ").contains("dd") ? 0 : range.count
      }
    }
    memory.giveBack(block)
    #expect(bytes >= 10_000 && bytes < 1 << 20 && mappings > 1 && mappings < 20)
  }

  @Test("A layer of other plugins' layers is given them, and arguments and inputs that cannot be guessed are told")
  func told() throws {
    var options = try Zoo.options("good-layer")
    (options.examples, options.inputs) = (["Zoo(size: 5, bias: false)"], ["Zoo": [[3, 5]]])
    #expect(try PluginHarness.run(options).isPassed)
    // What the user says and the plugin refuses is the user's error.
    func refusal(_ change: (inout HarnessOptions) -> Void) -> Diagnostic? {
      var changed = options
      change(&changed)
      return #expect(throws: Diagnostic.self) { try PluginHarness.run(changed) }
    }
    #expect(refusal { $0.inputs = ["Zoo": [[3, 4]]] }?.code == .usage)
    #expect(refusal { $0.examples = ["Zoo(size: 0)"] }?.code == .argumentOutOfRange)
    #expect(refusal { $0.examples = ["Zoo(sise: 3)"] }?.code == .unknownArgument)
    for (name, input) in [("Zo(size: 3)", "Zoo"), ("Zoo(size: 3)", "Zo")] {
      let error = refusal { ($0.examples, $0.inputs) = ([name], [input: [[3, 3]]]) }
      #expect(error?.code == .noSuchTest && error?.hints.contains { $0.contains("Zoo") } == true)
    }
  }

  @Test("An initializer is offered the shapes that the user says, first")
  func offered() throws {
    var options = try Zoo.options("squares-of-64")
    options.only = ["init.fill", "init.shards", "init.streams"]
    #expect(try PluginHarness.run(options).codes == "R0930")
    options.inputs = ["zoo": [[64, 64]]]
    let report = try PluginHarness.run(options)
    #expect(report.isPassed && report.tests.count { $0.outcome == .passed } == 3)
    options.inputs = ["zoo": [[64, 65]]]
    let error = #expect(throws: Diagnostic.self) { try PluginHarness.run(options) }
    #expect(error?.code == .usage && error?.message.contains("[64, 64] alone") == true)
  }
}
