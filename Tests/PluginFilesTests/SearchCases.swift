import Diagnostics
import Glibc
import PluginHost
import Testing

/// A search in folders that somebody arranged, and what it must complain of.
struct SearchCase: Sendable, CustomTestStringConvertible {
  let name: String
  let codes: [ErrorCode]
  let hint: String
  let arrange: @Sendable (Folder) throws -> PluginSearchResult

  init(
    _ name: String, _ codes: [ErrorCode], hint: String = "",
    _ arrange: @escaping @Sendable (Folder) throws -> PluginSearchResult
  ) {
    (self.name, self.codes, self.hint, self.arrange) = (name, codes, hint, arrange)
  }

  var testDescription: String { name }
}

extension PluginPlaces {
  /// Nothing but what a test names.
  static func only(_ named: [String] = [], variable: String? = nil, home: String? = nil) -> PluginPlaces {
    var places = PluginPlaces(named: named)
    (places.variable, places.home, places.dataHome, places.program, places.system) = (variable, home, nil, nil, [])
    return places
  }
}

extension PluginSearchResult {
  var complaints: [Diagnostic] { refusals.map(\.reason) + warnings + candidates.flatMap(\.warnings) }
}

/// Rules for whom a file of this process's user is a stranger's: of another user, or of root after a change of owner.
func stranger(to path: String) throws -> PluginTrust {
  guard geteuid() == 0 else { return PluginTrust(user: geteuid() + 1) }
  try #require(chown(path, 12345, 12345) == 0)
  return PluginTrust(user: 0)
}

extension SearchCase {
  static let all: [SearchCase] = [
    SearchCase("a file that anybody may write to", [.pluginWritableByOthers], hint: "chmod go-w") { folder in
      try folder.write([1], "a.so", mode: 0o666)
      return PluginSearch.run(.only([folder.path]))
    },
    SearchCase("a file that its group may write to", [.pluginWritableByOthers], hint: "--plugin") { folder in
      try folder.write([1], "a.so", mode: 0o664)
      return PluginSearch.run(.only([folder.path]), trust: PluginTrust(user: geteuid()))
    },
    SearchCase("a file of another user, named by hand", [.pluginForeignOwner], hint: "chown") { folder in
      let file = try folder.write([1], "a.so")
      return PluginSearch.run(.only([file]), trust: try stranger(to: file))
    },
    SearchCase("a folder that anybody may write to", [.pluginFolderUnsafe], hint: "chmod go-w") { folder in
      PluginSearch.run(.only([try folder.make("open", mode: 0o777)]))
    },
    SearchCase("a sticky folder that anybody may write to", [.pluginFolderUnsafe], hint: "chmod go-w") { folder in
      PluginSearch.run(.only([try folder.make("open", mode: 0o1777)]))
    },
    SearchCase("a folder below one that anybody may write to", [.pluginFolderUnsafe], hint: "/open") { folder in
      _ = try folder.make("open", mode: 0o777)
      return PluginSearch.run(.only(variable: try folder.make("open/inner")))
    },
    SearchCase("a link to a file in an open folder", [.pluginFolderUnsafe], hint: "/open") { folder in
      _ = try folder.make("open", mode: 0o777)
      try folder.write([1], "open/a.so")
      try folder.run("mkdir safe && ln -s ../open/a.so safe/a.so")
      return PluginSearch.run(.only([folder["safe"]]))
    },
    SearchCase("/tmp itself", [.pluginFolderUnsafe], hint: "chmod go-w /tmp") { _ in
      PluginSearch.run(.only(variable: "/tmp"))
    },
    SearchCase("a variable that names nothing", [.pluginFolderMissing], hint: "ls -l") { folder in
      PluginSearch.run(.only(variable: folder["nothing"]))
    },
    SearchCase("a variable that names a missing file", [.pluginFileMissing], hint: "gabor.so") { folder in
      try folder.write([1], "gabor.so")
      return PluginSearch.run(.only(variable: folder["gabr.so"]))
    },
    SearchCase("a variable that names a text", [.pluginFolderUnreadable], hint: "namei -l") { folder in
      PluginSearch.run(.only(variable: try folder.write("x", "notes.txt")))
    },
    SearchCase("a folder that may not be read", [.pluginFolderUnreadable], hint: "namei -l") { folder in
      let inner = try folder.make("closed", mode: 0o311)
      try #require(chmod(folder.path, 0o755) == 0)
      return withoutPrivileges { PluginSearch.run(.only(variable: inner)) }
    },
    SearchCase("a file with a name in Latin-1", [.pluginPathNotText], hint: "ls -b") { folder in
      try folder.run("touch \"$(printf 'caf\\351.so')\"")
      return PluginSearch.run(.only([folder.path]))
    },
    SearchCase("a pipe in a folder", [.pluginFileNotRegular], hint: "ls -l") { folder in
      try #require(mkfifo(folder["a.so"], 0o644) == 0)
      return PluginSearch.run(.only([folder.path]))
    },
  ]
}
