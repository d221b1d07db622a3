import Diagnostics
import Glibc
import PluginHost
import Testing

/// A file with one fault, what it must be refused for, and what the message has to say.
struct Refusal: Sendable, CustomTestStringConvertible {
  let code: ErrorCode
  let name: String
  /// A part of what was found, and of a hint.
  let found: String
  let hint: String
  let diagnose: @Sendable (Folder) throws -> [Diagnostic]

  init(
    _ code: ErrorCode, _ name: String, found: String, hint: String,
    _ diagnose: @escaping @Sendable (Folder) throws -> [Diagnostic]
  ) {
    (self.code, self.name, self.found, self.hint, self.diagnose) = (code, name, found, hint, diagnose)
  }

  var testDescription: String { "\(code.id) \(name)" }

  /// A file of these bytes.
  static func bytes(_ code: ErrorCode, _ name: String, found: String, hint: String, _ bytes: [UInt8]) -> Refusal {
    Refusal(code, name, found: found, hint: hint) { try judge($0.write(bytes, "plugin.so")) }
  }

  /// A good plugin with a few bytes changed.
  static func patch(
    _ code: ErrorCode, _ name: String, found: String, hint: String, _ changes: [Int: UInt8]
  ) -> Refusal {
    Refusal(code, name, found: found, hint: hint) { folder in
      try judge(folder.patched { for (place, byte) in changes { $0[place] = byte } })
    }
  }

  /// A plugin in C.
  static func source(
    _ code: ErrorCode, _ name: String, found: String, hint: String, _ text: String,
    with compiler: String = "cc -shared -fPIC", flags: String = ""
  ) -> Refusal {
    Refusal(code, name, found: found, hint: hint) { try judge($0.compile(text, with: compiler, flags: flags)) }
  }

  /// A plugin that a command makes of `good.so`.
  static func command(_ code: ErrorCode, _ name: String, found: String, hint: String, _ text: String) -> Refusal {
    Refusal(code, name, found: found, hint: hint) { folder in
      try folder.write(try Source.goodBytes.get(), "good.so")
      try folder.run(text)
      return try judge(folder["plugin.so"])
    }
  }
}

extension Refusal {
  static let all = files + elf + entries + names + manifests + requirements + paths

  /// Paths that lead to no regular file, or to none that can be read.
  static let files: [Refusal] = [
    Refusal(.pluginFileMissing, "nothing there", found: "No such file", hint: "ls -l") { try judge($0["plugin.so"]) },
    Refusal(.pluginFileMissing, "a link to itself", found: "symbolic links", hint: "ls -l") { folder in
      try folder.run("ln -s plugin.so plugin.so")
      return try judge(folder["plugin.so"])
    },
    Refusal(.pluginFileUnreadable, "no permission", found: "Permission denied", hint: "namei -l") { folder in
      let path = try folder.write(try Source.goodBytes.get(), "plugin.so", mode: 0)
      return try withoutPrivileges { try judge(path) }
    },
    Refusal(.pluginFileNotRegular, "a folder", found: "a folder", hint: "reinit plugin list --plugin") {
      try judge($0.make("plugin.so"))
    },
    Refusal(.pluginFileNotRegular, "a pipe", found: "FIFO", hint: "ls -l") { folder in
      try #require(mkfifo(folder["plugin.so"], 0o644) == 0)
      return try judge(folder["plugin.so"])
    },
    Refusal(.pluginFileNotRegular, "a device", found: "a character device", hint: "ls -l") { folder in
      try folder.run("ln -s /dev/zero plugin.so")
      return try judge(folder["plugin.so"])
    },
    Refusal(.pluginFileTooLarge, "three GiB", found: "3221225472 bytes", hint: "strip --strip-debug") { folder in
      try folder.run("truncate -s 3G plugin.so")
      return try judge(folder["plugin.so"])
    },
    Refusal(.pluginFileChanged, "cut off while it is read", found: "100 bytes", hint: "wait until") { folder in
      let file = try ByteFile(folder.patched { _ in })
      try #require(truncate(file.path, 100) == 0)
      return try faults {
        _ = try ElfFile(file)
        return []
      }
    },
    .bytes(.pluginFileEmpty, "no bytes", found: "0 bytes", hint: "make", []),
    .bytes(.pluginFileNotELF, "a script", found: "'#!/bin/sh'", hint: "name the .so", Array("#!/bin/sh\nexit\n".utf8)),
    .bytes(.pluginFileNotELF, "a text", found: "a text that begins with 'hello'", hint: "file ", Array("hello\n".utf8)),
    .bytes(
      .pluginFileNotELF, "a linker script", found: "a linker script", hint: "that the script names",
      Array("INPUT(libx.so.1)".utf8)),
    .bytes(.pluginFileNotELF, "an archive", found: "static library", hint: "-shared", Array("!<arch>\n".utf8)),
    .bytes(.pluginFileNotELF, "noise", found: "bytes 00 01 FE FF", hint: "file ", [0, 1, 0xFE, 0xFF, 7]),
  ]

  /// Machine code that cannot be loaded, or should not be.
  static let elf: [Refusal] = [
    .patch(.pluginFileClass, "32 bits", found: "32-bit, little-endian", hint: "-m32", [4: 1]),
    .patch(.pluginFileClass, "big-endian", found: "64-bit, big-endian", hint: "cross compiler", [5: 2]),
    .patch(.pluginFileMachine, "another processor", found: Machine.otherName, hint: "uname -m", [18: Machine.other]),
    .patch(.pluginFileMachine, "another system", found: "FreeBSD", hint: "on this machine", [7: 9]),
    .patch(.pluginFileNotLibrary, "a core dump", found: "core dump", hint: "-shared", [16: 4]),
    .source(.pluginFileNotLibrary, "an object file", found: "object file", hint: "cc -shared", "int x;", with: "cc -c"),
    .source(
      .pluginFileNotLibrary, "a program", found: "a program", hint: "-shared", "int main(void) { return 0; }",
      with: "cc -no-pie"),
    .source(
      .pluginFileNotLibrary, "a position-independent program", found: "position-independent", hint: "-shared",
      "int main(void) { return 0; }", with: "cc -fPIE -pie"),
    .command(
      .pluginFileNotLibrary, "detached debugging information", found: "debugging information", hint: "stripped",
      "objcopy --only-keep-debug good.so plugin.so"),
    .command(
      .pluginFileTruncated, "half a file", found: "8000 bytes", hint: "sha256sum", "head -c 8000 good.so > plugin.so"),
    .patch(.pluginFileMalformed, "no segments", found: "0 of 56 bytes", hint: "readelf", [56: 0, 57: 0]),
    .patch(.pluginFileMalformed, "too many segments", found: "129 of 56 bytes", hint: "readelf", [56: 129]),
    Refusal(.pluginFileMalformed, "too many sections", found: "65536 entries", hint: "readelf") { folder in
      try judge(
        folder.patched { bytes in
          let table = (0..<8).reduce(0) { $0 | Int(bytes[40 + $1]) << (8 * $1) }
          bytes.replaceSubrange(60..<62, with: [0, 0])
          bytes.replaceSubrange(table + 32..<table + 40, with: [0, 0, 1, 0, 0, 0, 0, 0])
        })
    },
    .source(
      .pluginFileMalformed, "a name of more than 4 KiB", found: "more, at", hint: "readelf",
      Source.good + "int \(String(repeating: "x", count: 4097))(void) { return 1; }"),
    .patch(.pluginFileMalformed, "segments of a wrong size", found: "of 57 bytes", hint: "readelf", [54: 57]),
    .patch(
      .pluginFileMalformed, "a table behind the end of the world", found: "bytes from", hint: "readelf", [39: 0x7F]),
    .source(
      .pluginExecutableStack, "an executable stack", found: "PT_GNU_STACK with X", hint: "noexecstack", Source.good,
      flags: "-Wl,-z,execstack"),
    Refusal(.pluginExecutableStack, "nothing said of the stack", found: "no PT_GNU_STACK", hint: "noexecstack") {
      folder in
      let type: [UInt8] = [0x51, 0xE5, 0x74, 0x64]
      return try judge(
        folder.patched { bytes in
          for place in 64..<1024 where bytes[place...].starts(with: type) {
            bytes.replaceSubrange(place..<place + 4, with: [0, 0, 0, 0])
          }
        })
    },
    .source(
      .pluginTextRelocations, "text relocations", found: "DT_TEXTREL", hint: "-fPIC",
      Source.good + #"int there; __asm__(".text\n.globl spot\nspot: .quad there\n");"#, flags: "-Wl,-z,notext"),
  ]

  /// Shared objects that are no plugins of this version.
  static let entries: [Refusal] = [
    .source(.pluginEntryMissing, "nothing", found: "no exported function", hint: "nm -D", "static int x;"),
    .source(.pluginEntryMissing, "other functions", found: "'sum'", hint: "nm -D", "int sum(void) { return 1; }"),
    .source(
      .pluginEntryMissing, "a hidden entry", found: "a hidden or static", hint: "RI_EXPORT",
      "int ri_plugin_entry_v1(void) { return 0; }", flags: "-fvisibility=hidden"),
    .command(
      .pluginEntryMissing, "an entry that only the table of symbols hides", found: "a hidden or static",
      hint: "RI_EXPORT",
      """
      cp good.so plugin.so
      table=$(readelf -SW good.so | sed -n 's/.* \\.dynsym *DYNSYM *[0-9a-f]* \\([0-9a-f]*\\).*/\\1/p')
      row=$(readelf -W --dyn-syms good.so | sed -n 's/^ *\\([0-9]*\\):.* ri_plugin_entry_v1$/\\1/p')
      printf '\\002' | dd of=plugin.so bs=1 seek=$((0x$table + 24 * row + 5)) conv=notrunc
      """),
    .source(
      .pluginEntryMissing, "a C++ name", found: "a mangled name", hint: "extern \"C\"",
      "int ri_plugin_entry_v1(int x) { return x; }", with: "cc -shared -fPIC -x c++"),
    .source(
      .pluginEntryMissing, "an entry that is not linked in", found: "used but not defined", hint: "link the source",
      "int ri_plugin_entry_v1(void); int f(void) { return ri_plugin_entry_v1(); }"),
    .source(.pluginEntryIsData, "a variable", found: "data", hint: "ri_status", "int ri_plugin_entry_v1 = 3;"),
    .source(
      .pluginEntryIsData, "a variable of each thread", found: "thread-local", hint: "ri_status",
      "__thread int ri_plugin_entry_v1 = 3;"),
    .source(
      .pluginEntryMajor, "a newer version alone", found: "ri_plugin_entry_v2",
      hint: "install a reinit that speaks ABI 2",
      "int ri_plugin_entry_v2(void) { return 0; }"),
    .source(
      .pluginEntryMajor, "an older version alone", found: "ri_plugin_entry_v0", hint: "build the plugin again",
      "int ri_plugin_entry_v0(void) { return 0; }"),
  ]

  /// What a host must have.
  static let requirements: [Refusal] =
    [
      (#""minor": 1000"#, "ABI 1.0", "1000"), (#""services": {"draft.lamps": 1}"#, "no such service", "draft.lamps"),
    ].map { member, found, expected in
      Refusal(
        .manifestRequirement, "\(member) that this host does not have", found: found == "ABI 1.0" ? "1." : found,
        hint: "a newer reinit"
      ) {
        folder in
        let faults = try judge(
          folder.compile(
            Source.entry + Source.manifest(String(Source.smallest.dropLast()) + ", \"requires\": {\(member)}}")))
        #expect(faults.allSatisfy { $0.expected?.contains(expected) == true })
        return faults
      }
    } + [
      .member(
        .manifestRequirement, "something unknown that is required", found: "'minro'", hint: "minor",
        #""requires": {"minro": 1}"#),
      .member(
        .manifestMember, "requires as a list", found: "an array", hint: "smallest", #""requires": ["draft.blas"]"#),
      .member(
        .manifestMember, "a minor version in quotes", found: "a string", hint: "smallest",
        #""requires": {"minor": "1"}"#),
      .member(
        .manifestMember, "a service without a version", found: "a truth value", hint: "smallest",
        #""requires": {"services": {"draft.blas": true}}"#),
    ]

  /// Libraries from wherever a command runs.
  static let paths: [Refusal] =
    [("-Wl,-rpath,lib", "'lib'"), ("-Wl,-rpath,'$ORIGIN:'", "''"), ("-Wl,-rpath,'$LIB'", "'$LIB'")].map { flag, found in
      inFolder("RUNPATH \(flag)", found) { try $0.compile(Source.good, flags: flag) }
    } + [
      inFolder("a needed library by a relative path", "'lib/lamp.so'") { folder in
        _ = try folder.make("lib")
        _ = try folder.compile("int lamp;", "lib/lamp.so")
        try folder.run("rm lib/lamp.so.c")
        return try folder.compile(Source.good + "extern int lamp; int *f(void) { return &lamp; }", flags: "lib/lamp.so")
      }
    ]

  /// A plugin that is refused where it lies in a folder that is searched, before anything of it runs.
  private static func inFolder(
    _ name: String, _ found: String, _ make: @escaping @Sendable (Folder) throws -> String
  ) -> Refusal {
    Refusal(.pluginRelativePath, name, found: found, hint: "$ORIGIN") { folder in
      #expect(try judge(make(folder)).isEmpty)
      let options = PluginOptions(named: [folder.path], searchesFolders: false, scanner: nil, usesCache: false)
      return try PluginCatalog(options).refused.map(\.reason)
    }
  }

  /// Names that belong to others, and what sanitizers leave.
  static let names: [Refusal] =
    ["malloc", "free", "_exit", "memcpy", "swift_retain", "ri_host_new"].map { name in
      .source(
        .pluginInterposes, name, found: "'\(name)'", hint: "-fvisibility=hidden",
        Source.good + "int redefined(void) __asm__(\"\(name)\"); int redefined(void) { return 0; }")
    } + [
      .source(
        .pluginSanitizer, "the address sanitizer", found: "'__asan_init'", hint: "libclang_rt.asan",
        Source.good + "void __asan_init(void); void f(void) { __asan_init(); }"),
      .source(
        .pluginSanitizer, "the thread sanitizer", found: "'__tsan_init'", hint: "libclang_rt.tsan",
        Source.good + "void __tsan_init(void); void f(void) { __tsan_init(); }"),
    ]
}

/// A processor that this one is not.
enum Machine {
  #if arch(arm64)
    static let (other, otherName): (UInt8, String) = (62, "x86_64")
  #else
    static let (other, otherName): (UInt8, String) = (183, "aarch64")
  #endif
}
