import Glibc
import JSONText
import Presentation

/// What `plugin new` prints: the files, and what to type next.
struct PluginNewReport {
  let name: PluginName
  let template: PluginTemplate
  let files: [String]

  private var id: String { "org.example.\(name.kebab)" }
  private var offer: String { template.kind == .layer ? name.camel : name.snake }

  func lines(_ console: Console) -> [String] {
    let style = console.style
    let kind: Text =
      switch template.kind {
      case .layer: "a layer"
      case .initializer: "an initializer"
      case .function: "a plain function"
      }
    let made: Text =
      "Made \(name.given, .total): \(kind) in \(template.language.name), \("\(id)/\(offer)", .initializer)."
    return [style(made), ""] + files.map { style("  \($0)") } + ["", style("Next:")] + next.map { style("  \($0)") }
  }

  private var next: [String] {
    let library = "build/\(name.given).so"
    let fill = "--fill 'Dense=\(offer)(gain: 1.4)'"
    let use =
      template.kind == .layer
      ? "reinit explain \(offer) --plugin \(library)"
      : "reinit apply model.safetensors --plugin \(library) \(fill) --seed 1 -o new.safetensors"
    return ["cd \(name.given)", make, "reinit plugin test \(library)", use]
  }

  /// `make` finds an installation by itself where pkg-config knows it, or the variable says it.
  private var make: String {
    let isSaid = getenv("REINIT_PREFIX") != nil
    guard !isSaid, let prefix = Self.prefix, !["/usr", "/usr/local"].contains(prefix) else { return "make" }
    return "make REINIT_PREFIX=\(PluginWords.quoted(prefix))"
  }

  /// The installation that the running program belongs to, if there are headers in it.
  private static var prefix: String? {
    guard let program = realpath("/proc/self/exe", nil) else { return nil }
    defer { free(program) }
    let parts = String(cString: program).split(separator: "/")
    guard parts.count > 2, parts[parts.count - 2] == "bin" else { return nil }
    let prefix = "/" + parts.dropLast(2).joined(separator: "/")
    return access(prefix + "/include/reinit/reinit.h", R_OK) == 0 ? prefix : nil
  }

  /// Schema `reinit.plugin-new/1`.
  var json: JSONValue {
    [
      "schema": "reinit.plugin-new/1", "folder": .string(name.given), "id": .string(id), "name": .string(offer),
      "kind": .string(template.kind.rawValue), "language": .string(template.language.rawValue),
      "library": .string("build/\(name.given).so"), "files": .array(files.map { .string($0) }),
      "next": .array(next.map { .string($0) }),
    ]
  }
}
