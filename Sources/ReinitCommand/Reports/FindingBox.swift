import Diagnostics
import PluginHarness
import Presentation
import Reinit

/// One finding in a frame: what it is, where, what was expected, what to do, how to see it again.
struct FindingBox {
  private let result: TestResult
  private let language: PluginLanguage

  init(_ result: TestResult, language: PluginLanguage) {
    self.result = result
    self.language = language
  }

  func lines(in style: Style, width: Int) -> [String] {
    let symbols = style.symbols
    let (side, corner, end) = symbols.isASCII ? ("|", "+", "+") : ("│", "┌", "└")
    let rule = String(repeating: symbols.rule, count: 3)
    let width = max(40, min(width, 110)) - 2
    var lines = [style("\(Text(corner + rule), .failed) \(result.finding?.code.id ?? "", .failed) \(result.id)")]
    for (heading, text) in content {
      let body: Text = heading.isEmpty ? Text(text) : "\(Text(heading + ":"), .secondary) \(text)"
      for line in HelpText.wrap(body, width: width, indent: 0, hanging: heading.isEmpty ? 0 : 2, in: style) {
        lines.append(style(Text(side).styled(.failed)) + " " + line)
      }
    }
    lines += commands.map { heading, command in
      style("\(Text(side), .failed) \(Text(heading + ":"), .secondary) \(command)")
    }
    return lines + [style(Text(end + rule).styled(.failed))]
  }

  private var content: [(String, String)] {
    guard let finding = result.finding else { return [] }
    var content = [("", finding.message)]
    for (heading, text) in [("at", finding.place), ("expected", finding.expected), ("found", finding.found)] {
      if let text { content.append((heading, text)) }
    }
    content += finding.notes.map { ("note", $0) }
    content.append(("the test", result.test.proves))
    content.append(("the rule", finding.code.title))
    if let advice = finding.code.advice {
      content.append(("in \(language.rawValue)", language.advice(advice)))
    } else {
      content.append(("fix", finding.code.fix))
    }
    return content
  }

  /// What is to be pasted: each in one line, whatever the width.
  private var commands: [(String, String)] {
    guard let finding = result.finding else { return [] }
    return [("more", "reinit explain \(finding.code.id)"), ("again", result.reproduction)]
  }
}

/// The language that a plugin was likely written in.
enum PluginLanguage: String {
  case c = "C", cxx = "C++", rust = "Rust", swift = "Swift"

  /// From what the plugin says of its compiler; C where nothing is known.
  static func of(_ description: PluginDescription?) -> PluginLanguage {
    let build = description?.build.lowercased() ?? ""
    if build.contains("rust") { return .rust }
    if build.contains("swift") { return .swift }
    return build.contains("++") ? .cxx : .c
  }

  func advice(_ advice: ErrorCode.Advice) -> String {
    switch self {
    case .c: advice.c
    case .cxx: advice.cxx
    case .rust: advice.rust
    case .swift: advice.swift
    }
  }
}
