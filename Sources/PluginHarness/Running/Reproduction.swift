import Glibc
import PluginHost

/// The command that repeats one test.
enum Reproduction {
  static func command(_ options: HarnessOptions, _ planned: PlannedTest, _ path: String?) -> String {
    var words = ["reinit", "plugin", "test", ShellText.quoted(options.plugin), "--only", ShellText.quoted(planned.id)]
    if options.seed != 0 { words += ["--seed", "\(options.seed)"] }
    if let path = path ?? options.fuzzCase { words += ["--case", path] }
    for plugin in options.others { words += ["--plugin", ShellText.quoted(plugin)] }
    for example in options.examples { words += ["--with", ShellText.quoted(example)] }
    for (name, shapes) in options.inputs.sorted(by: { $0.key < $1.key }) {
      let text = shapes.map { "[" + $0.map(String.init).joined(separator: ", ") + "]" }.joined(separator: " ")
      words += ["--input", ShellText.quoted("\(name)=\(text)")]
    }
    return words.joined(separator: " ")
  }
}

/// The day, for findings that are expected until one.
enum Today {
  static var text: String {
    var (now, parts) = (time(nil), tm())
    gmtime_r(&now, &parts)
    func digits(_ number: Int32, _ count: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    return "\(parts.tm_year + 1900)-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2))"
  }
}
