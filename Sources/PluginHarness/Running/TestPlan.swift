import CallText
import Diagnostics
import PluginHost

/// One test for one subject.
struct PlannedTest: Sendable {
  let test: PluginTest
  let subject: String?

  var id: String { TestResult.id(test, subject) }

  /// The tests that must have passed before.
  var prerequisites: [String] {
    test.requires.compactMap(PluginTest.named).map { TestResult.id($0, $0.target == .plugin ? nil : subject) }
  }

  /// The test whose result this one has to come to as well.
  var reference: String? {
    test.reference.flatMap(PluginTest.named).map { TestResult.id($0, $0.target == .plugin ? nil : subject) }
  }
}

extension TestOrder {
  /// What a process is told of a test.
  init(_ options: HarnessOptions, _ planned: PlannedTest) {
    self.init(plugin: FilePaths.absolute(options.plugin), test: planned.test.id, subject: planned.subject)
    (seed, fuzzCase, examples, inputs) = (options.seed, options.fuzzCase, options.examples, options.inputs)
    others = options.others.map(FilePaths.absolute)
  }
}

/// Which tests are run for which parts of a plugin.
enum TestPlan {
  /// All that the options ask for, in the order of the list; what needs another process's time comes last.
  static func tests(for description: PluginDescription, _ options: HarnessOptions) -> [PlannedTest] {
    let all = PluginTest.all.flatMap { test in
      subjects(of: test, description).map { PlannedTest(test: test, subject: $0) }
    }
    return all.filter { isWanted($0, options) }
  }

  private static func subjects(of test: PluginTest, _ description: PluginDescription) -> [String?] {
    switch test.target {
    case .plugin: [nil]
    case .initializer: description.initializers.map(\.name)
    case .layer: description.layers.map(\.name)
    }
  }

  private static func isWanted(_ planned: PlannedTest, _ options: HarnessOptions) -> Bool {
    guard !options.leavingOut.contains(where: { matches($0, planned) }) else { return false }
    guard options.only.isEmpty else { return options.only.contains { matches($0, planned) } }
    return planned.test.tier <= options.tier
  }

  /// `init.shards`, `init.shards:gabor`, `:gabor`, `init`.
  private static func matches(_ name: String, _ planned: PlannedTest) -> Bool {
    name == planned.id || name == planned.test.id || planned.test.id.hasPrefix(name + ".")
      || name.hasPrefix(":") && planned.subject == String(name.dropFirst())
  }

  /// Refuses examples and inputs of what the plugin does not have, and arguments that its declarations do not allow.
  /// - Throws: ``Diagnostics/ErrorCode/noSuchTest``; the codes of texts and arguments.
  static func check(_ options: HarnessOptions, _ description: PluginDescription) throws(Diagnostic) {
    for name in options.inputs.keys.sorted() { try require(name, option: "--input", description) }
    for text in options.examples {
      let call = try CallText(text, as: .layer)
      let name = String(call.name.split(separator: "/").last ?? "")
      try require(name, option: "--with", description)
      let parameters =
        description.layers.first { $0.name == name }?.parameters
        ?? description.initializers.first { $0.name == name }?.parameters ?? []
      for argument in call.arguments { try check(argument, of: name, in: parameters, text) }
    }
  }

  private static func require(
    _ name: String, option: String, _ description: PluginDescription
  ) throws(Diagnostic) {
    let known = description.initializers.map(\.name) + description.layers.map(\.name)
    guard !known.contains(name) else { return }
    throw Diagnostic(
      .noSuchTest, "the plugin has nothing named '\(name)', which \(option) speaks of",
      expected: known.joined(separator: ", "), found: "'\(name)'", hints: Suggestion.hint(for: name, in: known))
  }

  private static func check(
    _ argument: CallText.Argument, of owner: String, in parameters: [PluginParameter], _ text: String
  ) throws(Diagnostic) {
    guard let name = argument.name, let parameter = parameters.first(where: { $0.name == name }) else {
      let found = argument.name ?? argument.value.description
      throw Diagnostic(
        .unknownArgument, "'\(owner)' has no argument '\(found)'", at: "--with '\(text)'",
        expected: parameters.map(\.name).joined(separator: ", "), found: "'\(found)'",
        hints: Suggestion.hint(for: found, in: parameters.map(\.name)))
    }
    let value = argument.value.known ?? .word(argument.value.description)
    do throws(Diagnostic) { try parameter.check(value, of: owner) } catch {
      throw error.at("--with '\(text)'")
    }
  }

  /// Refuses names of no test.
  /// - Throws: ``Diagnostics/ErrorCode/noSuchTest``.
  static func check(_ names: [String], _ description: PluginDescription?) throws(Diagnostic) {
    let groups = Set(PluginTest.all.compactMap { $0.id.split(separator: ".").first.map(String.init) })
    for name in names {
      let test = String(name.prefix { $0 != ":" })
      let subject = name.contains(":") ? String(name.drop { $0 != ":" }.dropFirst()) : nil
      guard test.isEmpty && subject != nil || groups.contains(test) || PluginTest.named(test) != nil else {
        throw Diagnostic(
          .noSuchTest, "no test is named '\(test)'",
          hints: Suggestion.hint(for: test, in: PluginTest.all.map(\.id)) + ["reinit plugin test --list"])
      }
      guard let subject, let description else { continue }
      let known = description.initializers.map(\.name) + description.layers.map(\.name)
      guard known.contains(subject) else {
        throw Diagnostic(
          .noSuchTest, "the plugin has nothing named '\(subject)'", expected: known.joined(separator: ", "),
          found: "'\(name)'", hints: Suggestion.hint(for: subject, in: known))
      }
    }
  }
}
