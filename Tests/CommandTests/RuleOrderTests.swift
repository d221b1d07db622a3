import ArgumentParser
import JSONText
import Reinit
import Testing

@testable import ReinitCommand

/// The parser keeps the order within an option; that between `--fill` and `--keep` is read from the raw arguments.
@Suite("The order of rules on the command line")
struct RuleOrderTests {
  static let lines: [[String]] = [
    ["--fill", "Dense=ones", "--keep", "a", "--fill=Conv=zeros", "--keep=b"],
    ["--keep=b", "--fill", "Conv=zeros", "--keep", "a", "--fill=Dense=ones"],
    ["--recipe=--fill", "--keep", "a", "--at", "x", "--fill", "Dense=ones", "--", "--keep=z"],
    ["--keep", "a", "--seed", "3", "--keep", "b", "--fill", "Dense=ones", "--fill", "Conv=zeros"],
  ]

  @Test("Fills and keeps come as they were written", arguments: lines)
  func order(_ line: [String]) throws {
    let written = Array(line.prefix { $0 != "--" })
    let options = try RuleOptions.parse(written)
    let rules = try options.ordered(.standard, line).map(\.text)
    let words = ["Dense", "Conv", "a", "b"]
    let said = written.compactMap { argument in
      words.first { argument == $0 || argument.hasSuffix("=\($0)") || argument.contains("\($0)=") }
    }
    #expect(rules.count == said.count && said.count >= 2)
    for (rule, word) in zip(rules, said) { #expect(rule.contains(word), "\(rules)") }
  }

  @Test("The parser knows both under one name each, and no option takes them for its value")
  func names() throws {
    let dump = try JSONValue(parsing: try Command.run("--experimental-dump-help").output)
    let options = Self.options(try #require(dump["command"]))
    for name in ["fill", "keep"] {
      let found = options.filter { Self.names($0).contains(name) }
      #expect(found.count >= 2 && found.allSatisfy { Self.names($0) == [name] })
    }
    // Any other strategy lets a value begin with a dash.
    let strategies = Set(options.compactMap { $0["parsingStrategy"]?.string })
    #expect(strategies == ["default"])
  }

  private static func options(_ command: JSONValue) -> [JSONValue] {
    let below = command["subcommands"]?.array ?? []
    return (command["arguments"]?.array ?? []) + below.flatMap(options)
  }

  private static func names(_ option: JSONValue) -> [String] {
    (option["names"]?.array ?? []).compactMap { $0["name"]?.string }
  }
}
