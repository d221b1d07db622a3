import CCodePages

extension ErrorCode {
  /// The process's exit status when this failure ends a command.
  public var exit: ExitStatus {
    Int32(CodePage(self)["exit"]).flatMap(ExitStatus.init(rawValue:)) ?? .internal
  }

  /// One line that names the failure.
  public var title: String { CodePage(self).title }

  /// Why it happens.
  public var cause: String { CodePage(self)["cause"] }

  /// What to do about it.
  public var fix: String { CodePage(self)["fix"] }

  /// What to do about it in each language that plugins are written in; nil for what is no finding of a plugin test.
  public var advice: Advice? {
    let page = CodePage(self)
    guard page.has("c") else { return nil }
    return Advice(c: page["c"], cxx: page["c++"], rust: page["rust"], swift: page["swift"])
  }

  /// The cure of a fault in a plugin, by language.
  public struct Advice: Sendable {
    /// In C.
    public let c: String
    /// In C++ with the kit.
    public let cxx: String
    /// In Rust with the kit.
    public let rust: String
    /// In Swift with the kit.
    public let swift: String
  }
}

/// A page of `docs/codes`, read when somebody asks for it.
private struct CodePage {
  private(set) var title = ""
  private var fields: [(name: Substring, text: String)] = []

  init(_ code: ErrorCode) {
    var lines = Self.text(of: code).split(separator: "\n")[...]
    title = lines.popFirst().map(String.init) ?? ""
    for line in lines {
      if line.hasPrefix("  "), !fields.isEmpty {
        // One of the two spaces stands between the words.
        fields[fields.count - 1].text += line.dropFirst()
      } else {
        let name = line.prefix { $0 != ":" }
        fields.append((name, String(line.dropFirst(name.count + 2))))
      }
    }
  }

  func has(_ name: String) -> Bool { fields.contains { $0.name == name } }

  subscript(name: String) -> String { fields.first { $0.name == name }?.text ?? "" }

  private static func text(of code: ErrorCode) -> String {
    var size = 0
    guard let start = reinit_code_page(code.id, &size) else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: start, count: size), as: UTF8.self)
  }
}
