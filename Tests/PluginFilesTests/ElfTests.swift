import Diagnostics
import Glibc
import PluginHost
import Testing

/// What a file says is what the system's own tools say of it.
@Suite("ELF files") struct ElfTests {
  /// The libraries of this process: C, C++, Swift, linked by several linkers.
  static let libraries: [String] = {
    guard let file = fopen("/proc/self/maps", "r") else { return [] }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 8192)
    var paths: Set<String> = []
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard let path = text.split(separator: " ").last?.split(separator: "\n").first, path.hasPrefix("/"),
        path.contains(".so") || path.contains(".so.")
      else { continue }
      paths.insert(String(path))
    }
    return paths.sorted()
  }()

  @Test("Exports of every library of this process are those that nm lists", arguments: libraries)
  func exports(path: String) throws {
    let lines = try Folder().run("nm -D --defined-only '\(path)'").split(separator: "\n")
    let names = lines.compactMap { line -> String? in
      let parts = line.split(separator: " ")
      // Small letters are local names, but for weak, unique and indirect ones.
      guard parts.count == 3, parts[1].allSatisfy({ $0.isUppercase || "iuvw".contains($0) }),
        let name = parts[2].split(separator: "@").first
      else { return nil }
      return String(name)
    }
    let elf = try ElfFile(path: path)
    #expect(Set(elf.exports.map(\.name)) == Set(names))
  }

  @Test("Needed libraries and build ids are those that readelf lists", arguments: libraries)
  func facts(path: String) throws {
    let folder = try Folder()
    let elf = try ElfFile(path: path)
    let needed = try folder.run("readelf -dW '\(path)'").split(separator: "\n").filter { $0.contains("(NEEDED)") }
      .compactMap { $0.split(separator: "[").last?.split(separator: "]").first.map(String.init) }
    let id = try folder.run("readelf -nW '\(path)'").split(separator: "\n").first { $0.contains("Build ID: ") }
    #expect(elf.needed == needed)
    #expect(elf.buildID == id?.split(separator: " ").last.map(String.init))
  }

  @Test("Versions that are needed of libraries are those that readelf lists", arguments: libraries)
  func versions(path: String) throws {
    let text = try Folder().run("LC_ALL=C readelf -VW '\(path)'")
    let needs = text.split(separator: "Version needs section").dropFirst().first ?? ""
    let names = needs.split(separator: "\n").compactMap { line -> String? in
      guard line.contains("Flags:"), let name = line.split(separator: "Name: ").last else { return nil }
      return name.split(separator: " ").first.map(String.init)
    }
    let elf = try ElfFile(path: path)
    #expect(Set(elf.neededVersions) == Set(names))
    let folder = try Folder()
    for library in ["GLIBC", "GLIBCXX"] {
      let own = names.filter { $0.hasPrefix(library + "_") && $0.dropFirst(library.count + 1).first?.isNumber == true }
      try folder.write(own.joined(separator: "\n"), "versions")
      let highest = try folder.run("sort -V versions | tail -n 1").split(separator: "_").last?.filter { $0 != "\n" }
      #expect(elf.highestVersion(of: library) == highest)
    }
  }

  @Test("A name that the process has stays the process's for calls that the loader binds, and is the file's for others")
  func twoDefinitions() throws {
    let folder = try Folder()
    let source = "int raise(int signal) { return 42; } int raised(void) { return raise(0); }"
    for (flags, expected) in [("", Int32(0)), ("-Wl,-Bsymbolic", 42)] {
      let path = try folder.compile(source, "raise\(expected).so", flags: flags)
      let library = try #require(dlopen(path, RTLD_NOW | RTLD_LOCAL))
      let raised = try #require(dlsym(library, "raised"))
      #expect(unsafeBitCast(raised, to: (@convention(c) () -> Int32).self)() == expected)
    }
  }

  @Test("Facts of a C file: no runtime, one compiler, no text relocations")
  func plain() throws {
    let folder = try Folder()
    let elf = try ElfFile(path: folder.compile(Source.good, flags: "-Wl,-rpath,'$ORIGIN:/opt/lib' -Wl,-soname,good"))
    #expect(!elf.hasSwift && !elf.hasCxxRuntime && !elf.hasStaticTLS && !elf.hasTextRelocations)
    #expect(elf.soname == "good" && elf.runpath == ["$ORIGIN", "/opt/lib"])
    #expect(elf.compilers.count == 1 && elf.compilers.allSatisfy { $0.contains("GCC") || $0.contains("clang") })
    #expect(elf.exports == [ElfSymbol(name: PluginFile.entryName, kind: .function)])
  }

  @Test("Constructors, thread-local memory and a C++ runtime are seen")
  func special() throws {
    let folder = try Folder()
    let plain = try ElfFile(path: folder.compile(Source.good))
    let source =
      Source.good + """
        __attribute__((constructor)) static void start(void) {}
        __thread __attribute__((tls_model("initial-exec"))) long mine[4]; long *get(void) { return mine; }
        void __cxa_throw(void); void f(void) { __cxa_throw(); }
        """
    let elf = try ElfFile(path: folder.compile(source, "special.so"))
    #expect(elf.initializerCount == plain.initializerCount + 1)
    #expect(elf.hasStaticTLS && elf.threadLocalSize == 32 && elf.hasCxxRuntime)
    #expect(elf.exports.contains(ElfSymbol(name: "mine", kind: .threadLocal)))
  }

  @Test("A library with Swift in it is known by its runtime")
  func swift() throws {
    let core = try #require(Self.libraries.first { $0.hasSuffix("libswiftCore.so") } ?? Self.libraries.first)
    #expect(try ElfFile(path: core).hasSwift == core.hasSuffix("libswiftCore.so"))
  }

  @Test("A file without sections, and one with the older hash table, are read alike")
  func otherTables() throws {
    let folder = try Folder()
    let stripped = try ElfFile(path: folder.patched { $0.replaceSubrange(40..<48, with: repeatElement(0, count: 8)) })
    let older = try ElfFile(path: folder.compile(Source.good, "old.so", flags: "-Wl,--hash-style=sysv"))
    #expect(stripped.exports.map(\.name) == [PluginFile.entryName])
    #expect(older.exports.map(\.name) == [PluginFile.entryName])
  }

  @Test("A manifest in a file without sections is not found, and the notes say so")
  func notes() throws {
    let folder = try Folder()
    let bare = try PluginFile(
      reading: folder.patched { $0.replaceSubrange(40..<48, with: repeatElement(0, count: 8)) })
    #expect(bare.manifest == nil && bare.hasEntry && bare.refusals.isEmpty)
    #expect(bare.notes.contains { $0.contains("no table of sections") })
    let chatty = try PluginFile(
      reading: folder.compile(Source.good + "int helper(void) { return 1; }", flags: "-Wl,-rpath,lib"))
    #expect(chatty.notes.contains { $0.contains("exports 1 name that nobody asks for: helper") })
    #expect(chatty.notes.contains { $0.contains("'lib'") && $0.contains("RUNPATH") })
    let beside = try PluginFile(reading: folder.compile(Source.good, flags: "-Wl,-rpath,'$ORIGIN/lib'"))
    #expect(beside.notes.contains { $0.contains("$ORIGIN/lib first: its RUNPATH") } && beside.elf.relativePath == nil)
  }
}

/// The digest is XXH3-128 of the whole file.
///
/// Numbers: python-xxhash 4.1.0, `xxh3_128_hexdigest`.
@Suite("Digests of files") struct DigestTests {
  @Test(
    "Files of all sizes have the reference's hash",
    arguments: [
      (0, "99aa06d3014798d86001c324468d497f"), (1, "885f487031a569684a4139caf4136257"),
      (240, "60776a21568c1469e3382cc948003965"), (241, "8fe4da37d29ec7b9859dc8ab6dd85c7c"),
      (1 << 20, "e12fb86e206e3030f69cba6feb780800"),
      (3_000_001, "e2f2cf618a3102d07ad28ce62a488e78"),
    ])
  func digest(size: Int, expected: String) throws {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
    let folder = try Folder()
    let path = try folder.write(bytes, "data")
    #expect(try ByteFile(path).digest().description == expected)
  }
}
