import Diagnostics
import Tensors

/// Looks at all candidates: those that are new in processes of their own, several at once.
struct PluginSurvey {
  private let options: PluginOptions
  private let services: PluginServices
  private(set) var plugins: [Plugin] = []
  private(set) var refused: [PluginCatalog.Refused] = []
  private(set) var warnings: [Diagnostic] = []

  init(_ options: PluginOptions, _ services: PluginServices) {
    self.options = options
    self.services = services
  }

  /// Everything that came of looking at one candidate.
  private struct Finding: Sendable {
    var verdict: ScanVerdict
    var loaded: LoadedPlugin?
  }

  mutating func run(_ candidates: [PluginCandidate]) {
    guard !candidates.isEmpty else { return }
    var cache = options.usesCache ? ScanCache.standard(ProcessEnvironment.trusted) : nil
    if !options.looksAgain { cache?.load() }
    let known = candidates.map { cache?.verdict(of: $0.realPath, $0.status) }
    let new = candidates.indices.filter { known[$0] == nil }
    let found = Cells<Finding?>(repeating: nil, count: new.count)
    let looker = PluginLooker(options: options, services: services, cache: cache)
    // Plugins that are loaded here come one after the other: loading is no business of several threads.
    Workers.run(new.count, threads: options.scanner == nil ? 1 : Workers.available) { index in
      let (verdict, loaded) = looker.look(at: candidates[new[index]])
      found[index] = Finding(verdict: verdict, loaded: loaded)
    }
    var findings = known.map { $0.map { Finding(verdict: $0) } }
    for (index, candidate) in new.enumerated() {
      guard let finding = found[index] else { continue }
      findings[candidate] = finding
      cache?.note(finding.verdict, of: candidates[candidate].realPath, candidates[candidate].status)
    }
    for (candidate, finding) in zip(candidates, findings) {
      if let finding { take(finding, candidate) }
    }
    cache?.save()
  }

  /// Takes a plugin, unless another file is it already; the first one in the search's order stays.
  private mutating func take(_ finding: Finding, _ candidate: PluginCandidate) {
    switch finding.verdict.outcome {
    case .failure(let error): refuse(candidate, error)
    case .success(let description):
      if let fault = finding.verdict.relativePath.map(candidate.fault(ofRelativePath:)) {
        guard candidate.origin.isByHand else { return refuse(candidate, fault) }
        warnings.append(fault)
      }
      if plugins.contains(where: { $0.digest == finding.verdict.digest }) { return }
      if let other = rival(of: description, finding.verdict.module) {
        return refuse(candidate, twice(description, other, candidate))
      }
      modules[finding.verdict.module ?? ""] = candidate.path
      plugins.append(
        Plugin(
          description, path: candidate.path, digest: finding.verdict.digest, origin: "\(candidate.origin)",
          services: services, shape: options.shape, loaded: finding.loaded))
    }
  }

  private var modules: [String: String] = [:]

  private func rival(of description: PluginDescription, _ module: String?) -> String? {
    plugins.first { $0.description.id == description.id }?.path ?? module.flatMap { modules[$0] }
  }

  private func twice(
    _ description: PluginDescription, _ other: String, _ candidate: PluginCandidate
  ) -> Diagnostic {
    Diagnostic(
      .pluginTwice, "'\(description.id)' is there already, or its Swift module is", at: candidate.path,
      expected: "one file", found: "'\(other)' before it",
      hints: ["--plugin \(ShellText.quoted(candidate.path)) puts it first"])
  }

  private mutating func refuse(_ candidate: PluginCandidate, _ reason: Diagnostic) {
    refused.append(PluginCatalog.Refused(path: candidate.path, origin: candidate.origin, reason: reason))
  }
}

extension PluginCandidate {
  /// Which code is loaded with it depends on the folder that a command runs in.
  func fault(ofRelativePath relative: String) -> Diagnostic {
    Diagnostic(
      .pluginRelativePath, "the plugin takes libraries from the current folder", at: path,
      expected: "a RUNPATH that is absolute or begins with $ORIGIN", found: "'\(relative)'",
      hints: [
        "link it with -Wl,-rpath,'$ORIGIN'", "to load it all the same: --plugin \(ShellText.quoted(path))",
      ])
  }
}

/// Looks at one candidate.
private struct PluginLooker: Sendable {
  let options: PluginOptions
  let services: PluginServices
  let cache: ScanCache?

  func look(at candidate: PluginCandidate) -> (ScanVerdict, LoadedPlugin?) {
    let file: PluginFile
    do throws(Diagnostic) { file = try PluginFile(reading: candidate.realPath) } catch {
      return (ScanVerdict(digest: "", outcome: .failure(error)), nil)
    }
    let digest = "\(file.digest)"
    func verdict(_ outcome: Result<PluginDescription, Diagnostic>) -> ScanVerdict {
      ScanVerdict(
        digest: digest, module: file.manifest?.module, relativePath: file.elf.relativePath, outcome: outcome)
    }
    if let refusal = file.refusals.first { return (verdict(.failure(refusal)), nil) }
    if let fault = file.elf.relativePath.map(candidate.fault(ofRelativePath:)), !candidate.origin.isByHand {
      return (verdict(.failure(fault)), nil)
    }
    if !options.looksAgain, let known = cache?.verdict(ofBytes: digest) { return (known, nil) }
    do throws(Diagnostic) {
      guard let scanner = options.scanner else {
        let loaded = try PluginLoader(file: file, services: services, shape: options.shape).load()
        return (verdict(.success(loaded.description)), loaded)
      }
      return (verdict(.success(try scanner.look(at: file))), nil)
    } catch {
      return (verdict(.failure(error)), nil)
    }
  }
}
