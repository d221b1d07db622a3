import CPluginCalls
import Diagnostics
import Functors
import Glibc
import Initializers
import JSONText
import LayerVocabulary
import PluginHost

/// All of a plugin that its users can notice, told by a process of its own: what it registers, and hashes of the values
/// that its initializers give with their defaults.
public struct PluginPortrait: Sendable {
  /// The values of one initializer.
  package struct Values: Sendable, Equatable {
    /// The arguments for parameters without a default.
    package var arguments: String
    /// A hash by tensor, `weight [24, 10]`, in the order in which they were offered.
    package var hashes: [(tensor: String, hash: String)]
    /// Why there are none.
    package var reason: String?

    package static func == (a: Values, b: Values) -> Bool {
      a.arguments == b.arguments && a.reason == b.reason && a.hashes.elementsEqual(b.hashes, by: ==)
    }
  }

  /// The file.
  package let file: PluginFile
  /// What it registers.
  package let description: PluginDescription
  /// Values by the initializer's name; none for one that ended the process.
  package let values: [String: Values]

  package init(file: PluginFile, description: PluginDescription, values: [String: Values]) {
    (self.file, self.description, self.values) = (file, description, values)
  }

  /// A plugin's, by a process that is confined as tests are.
  ///
  /// - Parameter executable: The program `reinit` of this release; nil for the running one, or the one of PATH.
  /// - Throws: the codes of files and of loading; ``Diagnostics/ErrorCode/harnessFailed``.
  public init(of path: String, executable: String? = nil) throws(Diagnostic) {
    file = try PluginFile.accepted(path)
    guard let program = executable ?? PluginScanner.standard?.executable else {
      throw Diagnostic(.harnessFailed, "there is no reinit on PATH", expected: "the reinit of this release")
    }
    // What is wrong with loading it is said as everywhere.
    _ = try PluginScanner(executable: program).look(at: file)
    let nonce = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    let folder = try EmptyFolder()
    var request = ChildRequest(program, [PortraitProcess.command, nonce, FilePaths.absolute(path)])
    request.environment = TestEnvironment.variables(folder: folder.path, callLimit: .seconds(10), isOther: false)
    request.folder = folder.path
    request.wallLimit = .seconds(120)
    request.openFiles = 256
    let result = try ChildProcess.run(request)
    let lines = PortraitProcess.lines(result.record.text, nonce)
    guard let about = lines["plugin"]?.first else { throw Self.silent(program, result) }
    if let error = about["error"] { throw try Diagnostic(json: error) }
    guard about["digest"]?.string == "\(file.digest)" else {
      throw Diagnostic(.pluginFileChanged, "another file took the plugin's place", at: path)
    }
    description = try PluginDescription(json: try about.require("description", "an object", { $0 }))
    values = Dictionary((lines["values"] ?? []).compactMap(Self.values)) { first, _ in first }
  }

  private static func values(_ json: JSONValue) -> (String, Values)? {
    guard let name = json["name"]?.string else { return nil }
    let hashes = (json["hashes"]?.array ?? []).compactMap { item in
      item["tensor"]?.string.flatMap { tensor in item["hash"]?.string.map { (tensor: tensor, hash: $0) } }
    }
    return (name, Values(arguments: json["arguments"]?.string ?? "", hashes: hashes, reason: json["reason"]?.string))
  }

  private static func silent(_ program: String, _ result: ChildResult) -> Diagnostic {
    Diagnostic(
      .harnessFailed, "the process that was to load the plugin says nothing of it", at: program,
      expected: "the reinit of this release", found: "\(result.end)",
      notes: PluginSight.lastWords(in: result.errors.text).map { ["it said: \($0)"] } ?? [])
  }
}

/// What happens in the process that makes a portrait.
public enum PortraitProcess {
  /// The hidden command: `reinit __portray NONCE FILE`.
  public static let command = "__portray"

  /// Loads a plugin, fills, and reports; the process should end after it.
  public static func run(_ nonce: String, _ path: String) {
    _ = rp_spare_parent()
    Confinement.begin(writable: ["."], isWatched: false)
    PluginLimits.guardProcess(reportsJSON: true)
    var object: JSONObject = ["nonce": .string(nonce)]
    do throws(Diagnostic) {
      let bench = bench(path, nil)
      let plugin = try bench.plugin()
      object.append("digest", .string(plugin.digest))
      object.append("description", plugin.description.json)
      write("plugin", object)
      for item in plugin.description.initializers { write("values", values(path, item.name, nonce)) }
    } catch {
      object.append("error", error.json)
      write("plugin", object)
    }
  }

  private static func bench(_ path: String, _ subject: String?) -> Bench {
    let order = TestOrder(plugin: path, test: "values", subject: subject)
    return Bench(order, Announcer(nonce: "", descriptor: -1))
  }

  private static func values(_ path: String, _ name: String, _ nonce: String) -> JSONObject {
    var object: JSONObject = ["nonce": .string(nonce), "name": .string(name)]
    do throws(Diagnostic) {
      let (arguments, cases) = try accepted(bench(path, name))
      object.append("arguments", .string(arguments.map { "\($0.name): \($0.value)" }.joined(separator: ", ")))
      var hashes: [JSONValue] = []
      for item in cases {
        let bits = try item.whole(seed: 1)
        var print = Fingerprint()
        bits.withUnsafeBytes { print.add($0) }
        hashes.append(["tensor": .string(item.name), "hash": .string(print.text)])
      }
      object.append("hashes", .array(hashes))
    } catch { object.append("reason", .string("\(error.code.id): \(error.message)")) }
    return object
  }

  /// The tensors of ``offers`` that an initializer fills, and the arguments that it needs for it.
  private static func accepted(_ bench: Bench) throws(Diagnostic) -> ([InitializerArgument], [FillCase]) {
    var refusal: Diagnostic?
    for arguments in try bench.candidates(bench.initializer().parameters) {
      let (cases, refusals) = try bench.accepted(offers, by: arguments)
      if !cases.isEmpty { return (arguments, cases) }
      refusal = refusal ?? refusals.first
    }
    throw refusal ?? Diagnostic(.findingDefaults, "it fills nothing that it is offered")
  }

  /// The same in all releases, so that what is written down of one can be held against another's.
  private static let offers: [ParameterContext] = [
    FillOffers.weight([24, 10]), FillOffers.weight([16, 16]), FillOffers.weight([8, 6, 3, 3]),
    FillOffers.weight([31, 17, 9]), FillOffers.plain([24], .bias), FillOffers.plain([24], .scale),
  ]

  private static func write(_ word: String, _ object: JSONObject) {
    var bytes = Array("\(word) \(JSONValue.object(object).compact)\n".utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(3, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  /// The lines of a record that have the nonce, by their first word.
  static func lines(_ record: String, _ nonce: String) -> [String: [JSONValue]] {
    var result: [String: [JSONValue]] = [:]
    for line in record.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, let json = try? JSONValue(parsing: Array(parts[1].utf8), source: "the record"),
        json["nonce"]?.string == nonce
      else { continue }
      result[String(parts[0]), default: []].append(json)
    }
    return result
  }
}
