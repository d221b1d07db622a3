import Diagnostics
import Glibc
import PluginHost
import Testing

/// Plugins are found in a fixed order, each file once, and only where nobody else can put them.
@Suite("Search for plugins", .timeLimit(.minutes(20))) struct SearchTests {
  private func names(_ result: PluginSearchResult) -> [String] {
    result.candidates.map { String($0.path.split(separator: "/").last ?? "") }
  }

  @Test("What is wrong with a place or a file is said, with what to do", arguments: SearchCase.all)
  func complaint(of search: SearchCase) throws {
    let folder = try Folder()
    let complaints = try search.arrange(folder).complaints
    #expect(complaints.map(\.code) == search.codes)
    #expect(complaints.allSatisfy { fault in fault.hints.contains { $0.contains(search.hint) } })
  }

  @Test("Names in a folder are sorted by bytes; others than *.so, hidden ones and subfolders are passed over")
  func order() throws {
    let folder = try Folder()
    for name in ["b.so", "B.so", "a10.so", "a9.so", "ä.so", "x.so.1", "libx.a", ".h.so", "so"] {
      try folder.write([1], name)
    }
    _ = try folder.make("deeper")
    try folder.write([1], "deeper/c.so")
    let result = PluginSearch.run(.only([folder.path]))
    #expect(names(result) == ["B.so", "a10.so", "a9.so", "b.so", "ä.so"])
    #expect(result.complaints.isEmpty)
  }

  @Test("Places come in the order: by hand, variable, user, program, system; the first name of a file counts")
  func places() throws {
    let folder = try Folder()
    try folder.run(
      """
      mkdir -p hand env home/.local/share/reinit/plugins prefix/bin prefix/lib/reinit/plugins system
      touch hand/1.so env/2.so home/.local/share/reinit/plugins/3.so prefix/lib/reinit/plugins/4.so system/5.so
      ln -s ../hand/1.so env/0.so; ln system/5.so hand/9.so; ln -s system again
      """)
    var places = PluginPlaces.only(["\(folder.path)/hand"], variable: ":\(folder.path)/env::", home: folder["home"])
    (places.program, places.system) = (folder["prefix/bin/reinit"], [folder["system"], folder["again"], folder["no"]])
    let result = PluginSearch.run(places)
    #expect(names(result) == ["1.so", "9.so", "2.so", "3.so", "4.so"])
    #expect(result.candidates.map(\.origin) == [.namedFolder, .namedFolder, .environmentFolder, .user, .program])
    #expect(
      result.visits.map(\.outcome) == [.searched, .searched, .searched, .searched, .searched, .repeated, .missing])
    #expect(result.complaints.isEmpty)
  }

  @Test("XDG_DATA_HOME replaces the folder in HOME if it is absolute, and is passed over if it is not")
  func dataHome() {
    var places = PluginPlaces.only(home: "/h")
    let paths = ["/data", "data", ""].map { value in
      places.dataHome = value
      return places.all.map(\.path)
    }
    #expect(
      paths == [["/data/reinit/plugins"], ["/h/.local/share/reinit/plugins"], ["/h/.local/share/reinit/plugins"]])
  }

  @Test("A file named by hand may have any name, and is the one that its links lead to")
  func byHand() throws {
    let folder = try Folder()
    let file = try folder.write([1], "plugin.bin")
    try folder.run("ln -s plugin.bin other")
    let result = PluginSearch.run(.only([folder["other"], file]))
    #expect(result.candidates.map(\.path) == [folder["other"]])
    #expect(result.candidates.map(\.realPath) == [file])
  }

  @Test("A private group of the user may write; a folder below a sticky one is as good as its own permissions")
  func exceptions() throws {
    let folder = try Folder()
    let file = try folder.write([1], "a.so", mode: 0o664)
    let status = try FileStatus(of: file)
    try #require(status.size == 1 && chmod(folder.path, 0o775) == 0)
    let trust = PluginTrust(user: geteuid(), privateGroup: getegid())
    #expect(trust.fault(ofFile: file) == nil)
    #expect(PluginTrust(user: geteuid()).fault(ofFile: file)?.code == .pluginWritableByOthers)
    _ = try folder.make("sticky", mode: 0o1777)
    #expect(trust.fault(ofFolder: try folder.make("sticky/own")) == nil)
    #expect(trust.fault(ofFolder: folder["sticky"])?.code == .pluginFolderUnsafe)
  }

  @Test("Another user's file is refused in a folder, and loaded with a warning where it is named")
  func foreign() throws {
    let folder = try Folder()
    try #require(chmod(folder.path, 0o755) == 0)
    let file = try folder.write([1], "a.so")
    let trust = try stranger(to: file)
    #expect(trust.fault(ofFile: file)?.code == .pluginForeignOwner)
    #expect(PluginSearch.run(.only([folder.path]), trust: trust).candidates.isEmpty)
    #expect(PluginSearch.run(.only([file]), trust: trust).candidates.map(\.origin) == [.named])
  }

  @Test("The places of this process end with those of the system")
  func standard() {
    let places = PluginPlaces(named: ["x.so"]).all
    #expect(places.first == PluginPlaces.only(["x.so"]).all.first)
    #expect(places.suffix(2).map(\.path) == ["/usr/local/lib/reinit/plugins", "/usr/lib/reinit/plugins"])
    #expect(places.contains { $0.origin == .program && $0.path.hasSuffix("/lib/reinit/plugins") })
  }
}
