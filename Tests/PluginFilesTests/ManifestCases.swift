import Diagnostics
import Glibc
import PluginHost
import Testing

extension Refusal {
  /// A manifest's text, without a file around it.
  static func text(_ code: ErrorCode, _ name: String, found: String, hint: String, _ json: String) -> Refusal {
    Refusal(code, name, found: found, hint: hint) { folder in
      try faults {
        _ = try PluginManifest(section: Array(json.utf8), of: folder["plugin.so"])
        return []
      }
    }
  }

  /// The smallest manifest with further members.
  static func member(_ code: ErrorCode, _ name: String, found: String, hint: String, _ members: String) -> Refusal {
    text(code, name, found: found, hint: hint, Source.smallest.dropLast() + ", \(members)}")
  }

  static let manifests: [Refusal] = sections + texts + members + identities + functions

  static let sections: [Refusal] = [
    .command(
      .manifestSection, "an empty section", found: "an empty section", hint: "--add-section",
      "objcopy -R .reinit.manifest good.so a.so && : > e && objcopy --add-section .reinit.manifest=e a.so plugin.so"),
    .text(.manifestSection, "NULs alone", found: "without text", hint: "--add-section", "\0\0\0"),
    .command(
      .manifestSection, "too large a section", found: "1048577 bytes", hint: "--add-section",
      "objcopy -R .reinit.manifest good.so a.so && truncate -s 1048577 e "
        + "&& objcopy --add-section .reinit.manifest=e a.so plugin.so"),
    .command(
      .manifestSeveral, "a section twice", found: "2 sections", hint: "--remove-section",
      "echo {} > e && objcopy --add-section .e=e good.so a.so "
        + "&& objcopy --rename-section .e=.reinit.manifest a.so plugin.so"),
    Refusal(.manifestSeveral, "the macro in two sources", found: "NUL", hint: "keep one RI_MANIFEST") { folder in
      try folder.write(Source.manifest("{}"), "second.c")
      return try judge(folder.compile(Source.good, flags: "second.c"))
    },
    .text(.manifestSeveral, "one text behind the other", found: "a second JSON value", hint: "keep one", "{} {}"),
  ]

  static let texts: [Refusal] = [
    .text(.manifestText, "no JSON", found: "'h'", hint: "readelf -p", "hello"),
    .text(.manifestText, "a comma too many", found: "'}'", hint: "readelf -p", #"{"reinit": 1,}"#),
    .text(.manifestText, "a key twice", found: "", hint: "readelf -p", #"{"reinit": 1, "reinit": 1}"#),
    .text(
      .manifestText, "nesting", found: "", hint: "readelf -p", String(repeating: "[", count: 100_000)),
    Refusal(.manifestText, "Latin-1", found: "0xE9", hint: "readelf -p") { folder in
      try faults {
        _ = try PluginManifest(section: Array("{\"id\": \"".utf8) + [0xE9] + Array("\"}".utf8), of: folder["plugin.so"])
        return []
      }
    },
    .text(.manifestVersion, "a newer one", found: "2", hint: "speaks ABI 2", #"{"reinit": 2, "id": 7}"#),
    .text(.manifestVersion, "an older one", found: "0", hint: #""reinit": 1"#, #"{"reinit": 0}"#),
  ]

  static let members: [Refusal] = [
    .text(.manifestMember, "a list", found: "an array", hint: "smallest manifest", "[1]"),
    .text(.manifestMember, "no version of the ABI", found: "nothing", hint: "smallest", "{}"),
    .text(.manifestMember, "an ABI in quotes", found: "a string", hint: "smallest", #"{"reinit": "1"}"#),
    .text(.manifestMember, "no id", found: "nothing", hint: "smallest", #"{"reinit": 1, "version": "1.0"}"#),
    .text(
      .manifestMember, "a version that is a number", found: "a number", hint: "smallest",
      #"{"reinit": 1, "id": "org.a", "version": 1.0}"#),
    .member(.manifestMember, "names in a string", found: "a string", hint: "smallest", #""layers": "Gate""#),
    .member(.manifestMember, "a number as a name", found: "an integer", hint: "smallest", #""initializers": ["a", 7]"#),
    .member(.manifestMember, "functions by name alone", found: "a string", hint: "smallest", #""functions": ["f"]"#),
    .member(.manifestMember, "a function without a name", found: "nothing", hint: "smallest", #""functions": [{}]"#),
    .member(
      .manifestMember, "a symbol that is a number", found: "an integer", hint: "smallest",
      #""functions": [{"name": "f", "symbol": 1}]"#),
    .member(.manifestMember, "null as a summary", found: "null", hint: "smallest", #""summary": null"#),
  ]

  static let identities: [Refusal] =
    ["gabor", "Org.example.x", "org..x", "org.example.", "org.ex_ample", "1org.x", ".org.x", "org.exa mple", ""].map {
      .text(
        .manifestName, "id '\($0)'", found: "'\($0)'", hint: "org.example.gabor",
        #"{"reinit": 1, "id": "\#($0)", "version": "1.0"}"#)
    }
    + ["", "v1.0", "1.", "1.0.0.0.0", "1.0 beta", "1.0-", "1,0"].map {
      .text(
        .manifestName, "version '\($0)'", found: "'\($0)'", hint: "1.2.0",
        #"{"reinit": 1, "id": "org.a", "version": "\#($0)"}"#)
    }
    + [
      .member(
        .manifestName, "an initializer in capitals", found: "'Gabor'", hint: "lecun", #""initializers": ["Gabor"]"#),
      .member(.manifestName, "a layer in small letters", found: "'gate'", hint: "Squeeze", #""layers": ["A", "gate"]"#),
      .member(.manifestName, "a module with a dash", found: "'a-b'", hint: "SirenPlugin", #""module": "a-b""#),
      .member(
        .manifestName, "a summary of two lines", found: #"'a\u{a}b'"#, hint: "Gabor", #""summary": "a\nb""#),
      .member(
        .manifestName, "a summary that colors a terminal", found: #"\u{1b}[31m"#, hint: "Gabor",
        #""summary": "\u001b[31mred""#),
      .member(
        .manifestName, "a symbol with a space", found: "'a b'", hint: "lecun",
        #""functions": [{"name": "f", "symbol": "a b"}]"#),
    ]

  static let functions: [Refusal] = [
    .member(
      .manifestDuplicate, "an initializer twice", found: "'a'", hint: "rename", #""initializers": ["a", "b", "a"]"#),
    .member(.manifestDuplicate, "a layer twice", found: "'A'", hint: "rename", #""layers": ["A", "A"]"#),
    .member(
      .manifestDuplicate, "a function with an initializer's name", found: "'a'", hint: "rename",
      #""initializers": ["a"], "functions": [{"name": "a"}]"#),
    .source(
      .manifestSymbol, "a function that is not there", found: "nothing", hint: "nm -D",
      Source.manifest(withFunction: "lecun", symbol: "lecun_normal")),
    .source(
      .manifestSymbol, "a hidden function", found: "hidden", hint: "RI_EXPORT",
      Source.manifest(withFunction: "lecun", symbol: "lecun_normal")
        + "__attribute__((visibility(\"hidden\"), used)) void lecun_normal(void) {}"),
    .source(
      .manifestSymbol, "a function that is a variable", found: "data", hint: "nm -D",
      Source.manifest(withFunction: "lecun", symbol: "lecun_normal") + "int lecun_normal = 1;"),
  ]
}

extension Source {
  static func manifest(withFunction name: String, symbol: String) -> String {
    manifest(smallest.dropLast() + #", "functions": [{"name": "\#(name)", "symbol": "\#(symbol)"}]}"#)
  }
}
