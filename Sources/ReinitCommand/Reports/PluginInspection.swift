import Diagnostics
import Reinit

/// What is known of a plugin's file without loading it: its bytes, its manifest, and what an earlier look came to.
struct PluginInspection {
  /// A rule, and whether the file keeps it.
  struct Check {
    enum Outcome: String {
      case passed, failed, skipped
    }
    var name: String
    var outcome: Outcome
    var finding: String
    var code: ErrorCode?
  }

  let path: String
  /// The file; nil where it cannot be read as a shared object.
  let file: PluginFile?
  /// What an earlier look at these bytes came to; nil where nobody has looked, or where the bytes refuse it.
  let verdict: KnownVerdict?
  /// The plain functions that the manifest declares, as C declares them.
  let prototypes: [(function: PluginManifest.Function, prototype: String)]
  /// Why it is refused.
  let errors: [Diagnostic]
  private(set) var checks: [Check] = []

  var isRefused: Bool { !errors.isEmpty }

  /// What it registers, where that is known.
  var description: PluginDescription? {
    if case .accepted(let description) = verdict { description } else { nil }
  }

  /// - Throws: ``Diagnostics/ErrorCode/noSuchFile``; all else that is wrong is part of the inspection.
  init(of path: String) throws(Diagnostic) {
    self.path = path
    let (file, fault) = try Self.read(path)
    self.file = file
    let (prototypes, faults) = Self.prototypes(file?.manifest, path)
    self.prototypes = prototypes
    let byBytes = [fault].compactMap { $0 } + (file?.refusals ?? []) + faults
    verdict = byBytes.isEmpty ? file.flatMap { PluginCatalog.known(digest: "\($0.digest)") } : nil
    if case .refused(let error) = verdict { errors = [error] } else { errors = byBytes }
    checks = PluginRule.all.map { check($0, byBytes) } + [look]
  }

  private static func read(_ path: String) throws(Diagnostic) -> (PluginFile?, Diagnostic?) {
    do throws(Diagnostic) { return (try PluginFile(reading: path), nil) } catch {
      guard error.code == .pluginFileMissing else { return (nil, error) }
      // A file that a command is about is an input; a plugin that it needs is something else.
      throw Diagnostic(
        .noSuchFile, error.message, at: error.place, expected: error.expected, found: error.found, hints: error.hints)
    }
  }

  private static func prototypes(
    _ manifest: PluginManifest?, _ path: String
  ) -> ([(function: PluginManifest.Function, prototype: String)], [Diagnostic]) {
    var (prototypes, faults): ([(function: PluginManifest.Function, prototype: String)], [Diagnostic]) = ([], [])
    for function in manifest?.functions ?? [] {
      let place = "\(path): \(PluginManifest.section), function '\(function.name)'"
      do throws(Diagnostic) {
        let signature = try ManifestFunction(function.declaration, at: place).signature
        prototypes.append((function, signature.prototype(named: function.symbol)))
      } catch { faults.append(error) }
    }
    return (prototypes, faults)
  }

  private func check(_ rule: PluginRule, _ errors: [Diagnostic]) -> Check {
    if let error = errors.first(where: { rule.codes.contains($0.code) }) {
      return Check(name: rule.name, outcome: .failed, finding: error.message, code: error.code)
    }
    guard let file else {
      // The rules before the one that failed are those that its failure presupposes.
      let failed = PluginRule.all.firstIndex { rule in errors.contains { rule.codes.contains($0.code) } } ?? 0
      let own = PluginRule.all.firstIndex { $0.name == rule.name } ?? 0
      let isBefore = own < failed
      return Check(
        name: rule.name, outcome: isBefore ? .passed : .skipped,
        finding: isBefore ? rule.finding(nil) : "cannot be told")
    }
    return Check(name: rule.name, outcome: .passed, finding: rule.finding(file))
  }

  private var look: Check {
    switch verdict {
    case .accepted(let description):
      Check(name: "first look", outcome: .passed, finding: "registers \(PluginWords.offers(description))")
    case .refused(let error): Check(name: "first look", outcome: .failed, finding: error.message, code: error.code)
    case nil:
      Check(name: "first look", outcome: .skipped, finding: isRefused ? "none: it is refused" : "not looked at yet")
    }
  }
}

/// A rule that a plugin's bytes must keep.
struct PluginRule {
  let name: String
  /// What breaking it is called.
  let codes: [ErrorCode]
  /// What a file that keeps it has; nil for one that breaks a later rule, so that it cannot be read.
  let finding: (PluginFile?) -> String

  private init(_ name: String, _ codes: [ErrorCode], _ finding: @escaping (PluginFile?) -> String) {
    (self.name, self.codes, self.finding) = (name, codes, finding)
  }

  /// All rules, in the order in which a file is judged by them.
  static var all: [PluginRule] {
    let file: [ErrorCode] = [
      .pluginFileUnreadable, .pluginFileNotRegular, .pluginFileEmpty, .pluginFileTooLarge, .pluginFileChanged,
    ]
    let format: [ErrorCode] = [.pluginFileNotELF, .pluginFileClass, .pluginFileMachine, .pluginFileNotLibrary]
    let manifest: [ErrorCode] = [
      .manifestSection, .manifestSeveral, .manifestText, .manifestVersion, .manifestMember, .manifestName,
      .manifestDuplicate,
    ]
    let functions: [ErrorCode] = [
      .manifestSymbol, .functionDeclaration, .functionArguments, .functionType, .functionArgument, .functionForm,
      .functionParameter,
    ]
    return [
      PluginRule("file", file) { _ in "a regular file" },
      PluginRule("format", format) { _ in "a shared library for this machine" },
      PluginRule("tables", [.pluginFileTruncated, .pluginFileMalformed]) { _ in "whole, and without contradictions" },
      PluginRule("stack", [.pluginExecutableStack]) { _ in "not executable" },
      PluginRule("code", [.pluginTextRelocations]) { _ in "position-independent" },
      PluginRule("manifest", manifest) { $0?.manifest.map { "\($0.id) \($0.version)" } ?? "none" },
      PluginRule("entry", [.pluginEntryMissing, .pluginEntryIsData, .pluginEntryMajor]) {
        $0?.hasEntry == true ? PluginFile.entryName : "none: plain functions alone"
      },
      PluginRule("names", [.pluginInterposes]) { _ in "none of the system's is redefined" },
      PluginRule("sanitizer", [.pluginSanitizer]) { _ in "none" },
      PluginRule("functions", functions) { file in
        let count = file?.manifest?.functions.count ?? 0
        return count == 0 ? "none in the manifest" : "\(count) in the manifest, exported"
      },
    ]
  }
}
