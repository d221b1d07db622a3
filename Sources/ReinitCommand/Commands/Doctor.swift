import ArgumentParser
import Diagnostics
import Glibc
import Inference
import JSONText
import LinearAlgebra
import Presentation
import Reinit

/// The command `reinit doctor`.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what this machine offers, and what is missing.",
    discussion: "Exit code 1 where something that a command needs is missing.")

  @OptionGroup(title: "Output") var show: OutputOptions

  private struct Check {
    var name: String
    var isFine: Bool
    var finding: String
    var hint: String?
  }

  func run() throws {
    let checks = [processor, threads, library, pictures, calls, confinement, try plugins(), memory, terminal]
    try show.print(json: json(checks)) { lines(checks, $0) }
    if !checks.allSatisfy(\.isFine) { throw NegativeAnswer() }
  }

  private var processor: Check {
    Check(name: "kernels", isFine: true, finding: "\(RandomStream.kernelLevel) instructions")
  }

  private var threads: Check {
    Check(name: "threads", isFine: true, finding: "\(ApplyOptions().threads) processors")
  }

  private var library: Check {
    do {
      try LinearAlgebra.requireLibrary()
      return Check(name: "BLAS", isFine: true, finding: "OpenBLAS")
    } catch {
      return Check(
        name: "BLAS", isFine: false, finding: "not found; orthogonal and delta_orthogonal need it",
        hint: "apt-get install libopenblas0")
    }
  }

  /// Forward passes do without it.
  private var pictures: Check {
    let finding = OneDNN.version ?? "not in use: \(OneDNN.reason ?? "it cannot be opened")"
    return Check(name: "oneDNN", isFine: true, finding: finding)
  }

  /// The library that calls plain C functions of plugins; it is linked, so its file tells its version.
  private var calls: Check {
    let files = kernelText("/proc/self/maps")?.split { $0 == "\n" || $0 == "/" } ?? []
    let name = files.first { $0.hasPrefix("libffi.so") }.map(String.init)
    return Check(name: "libffi", isFine: true, finding: name ?? "built in")
  }

  /// What a plugin cannot do when it is first looked at and tested.
  private var confinement: Check {
    let kept = Confinement.offered
    let missing = kept.files && kept.network ? "" : "; a plugin that is looked at or tested can reach the rest"
    return Check(
      name: "confinement", isFine: true,
      finding: (kept.words.isEmpty ? "not offered by this kernel" : "\(kept.words) (Landlock, seccomp)") + missing)
  }

  private func plugins() throws -> Check {
    let catalog = try PluginCatalog()
    let refused = catalog.refused.count
    return Check(
      name: "plugins", isFine: refused == 0,
      finding: "\(catalog.plugins.count) found, \(refused) refused",
      hint: refused > 0 ? "reinit plugin list" : nil)
  }

  private var memory: Check {
    let isOffered =
      kernelText("/sys/kernel/mm/transparent_hugepage/enabled").map { !$0.contains("[never]") } ?? false
    return Check(
      name: "huge pages", isFine: true,
      finding: isOffered ? "offered" : "not offered: large fresh tensors take longer to touch")
  }

  /// A file of the kernel's, whose size says nothing; at most its first MiB.
  private func kernelText(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var text: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: 4096)
    while text.count < 1 << 20 {
      let count = read(descriptor, &bytes, bytes.count)
      guard count >= 0 else { return nil }
      if count == 0 { break }
      text += bytes[..<count]
    }
    return String(decoding: text, as: UTF8.self)
  }

  private var terminal: Check {
    let style = show.console.style
    let parts = [style.showsUnicode ? "Unicode" : "ASCII", style.usesColor ? "color" : "no color"]
    return Check(
      name: "terminal", isFine: true, finding: "\(parts.joined(separator: ", ")), \(show.console.width) columns")
  }

  private func json(_ checks: [Check]) -> JSONValue {
    [
      "schema": "reinit.doctor/1", "version": .string(Version.text), "ok": .bool(checks.allSatisfy(\.isFine)),
      "checks": .array(
        checks.map { ["name": .string($0.name), "ok": .bool($0.isFine), "finding": .string($0.finding)] }),
    ]
  }

  private func lines(_ checks: [Check], _ console: Console) -> [String] {
    let style = console.style
    var table = Table([.init(), .init(), .init()], rules: [])
    for check in checks {
      table.add([
        Text(check.isFine ? style.symbols.passed : style.symbols.failed).styled(check.isFine ? .passed : .failed),
        Text(check.name), Text(check.finding),
      ])
    }
    let hints = checks.compactMap(\.hint).map { style("  \("hint:", .initializer) \($0)") }
    return [style("\("reinit \(Version.text)", .total)")] + table.lines(in: style, width: console.tableWidth) + hints
  }
}
