import Diagnostics

/// The errors about the bytes of one file.
struct ElfFault {
  let path: String

  private var quoted: String { ShellText.quoted(path) }

  func empty() -> Diagnostic {
    Diagnostic(
      .pluginFileEmpty, "the file is empty", at: path, expected: "a shared object", found: "0 bytes",
      hints: ["build or copy it again: make -B -C \(ShellText.quoted(ShellText.folder(of: path)))"])
  }

  func notELF(_ start: [UInt8]) -> Diagnostic {
    let (what, hint) = FileKind.guess(start)
    return Diagnostic(
      .pluginFileNotELF, "the file is not a shared object", at: path, expected: "ELF (7F 45 4C 46)", found: what,
      hints: [hint ?? "file \(quoted)"])
  }

  func wordSize(_ bits: UInt8, _ order: UInt8) -> Diagnostic {
    let width = bits == 1 ? "32-bit" : bits == 2 ? "64-bit" : "of unknown word size \(bits)"
    let endian = order == 1 ? "little-endian" : order == 2 ? "big-endian" : "of unknown byte order \(order)"
    return Diagnostic(
      .pluginFileClass, "the file has another word size or byte order", at: path,
      expected: "64-bit, little-endian", found: "\(width), \(endian)",
      hints: ["build it for this machine: without -m32, without a cross compiler"])
  }

  func machine(_ machine: UInt16, system: UInt8) -> Diagnostic {
    let found = ElfMachine.name(machine) + (ElfMachine.system(system).map { ", \($0)" } ?? "")
    return Diagnostic(
      .pluginFileMachine, "the file is built for another machine", at: path,
      expected: "\(ElfMachine.name(ElfMachine.host)), Linux", found: found,
      hints: ["build it on this machine (uname -m)"])
  }

  func notLibrary(_ type: UInt16) -> Diagnostic {
    let names: [UInt16: String] = [1: "an object file (.o)", 2: "a program", 4: "a core dump"]
    let hint = type == 1 ? "cc -shared -o plugin.so \(quoted)" : nil
    return notLibrary(names[type] ?? "a file of type \(type)", hint: hint)
  }

  func notLibrary(_ found: String, hint: String? = nil) -> Diagnostic {
    Diagnostic(
      .pluginFileNotLibrary, "the file is not a shared library", at: path, expected: "a shared library (ET_DYN)",
      found: found, hints: [hint ?? "link it with -shared -fPIC, without -pie"])
  }

  func truncated(_ what: String, expected: UInt64, found: Int) -> Diagnostic {
    Diagnostic(
      .pluginFileTruncated, "the file ends before \(what)", at: path, expected: "at least \(expected) bytes",
      found: "\(found) bytes", hints: ["copy it again, and compare: sha256sum \(quoted)"])
  }

  func malformed(_ what: String, expected: String? = nil, found: String? = nil) -> Diagnostic {
    Diagnostic(
      .pluginFileMalformed, "the file is damaged: \(what)", at: path, expected: expected, found: found,
      hints: ["readelf -aW \(quoted)"])
  }
}

/// What a file that is no ELF file seems to be.
enum FileKind {
  static func guess(_ start: [UInt8]) -> (what: String, hint: String?) {
    for (magic, what, hint) in known where start.starts(with: magic) { return (what, hint) }
    let words = start.prefix(24)
    if start.starts(with: "#!".utf8) {
      let line = ShellText.printable(start.prefix { $0 != 0x0A }.prefix(40))
      return ("a script that begins with '\(line)'", "name the .so file that the build makes")
    }
    if start.allSatisfy({ $0 == 9 || $0 == 10 || $0 == 13 || (0x20...0x7E).contains($0) || $0 >= 0x80 }) {
      return ("a text that begins with '\(ShellText.printable(words.prefix { $0 != 0x0A }))'", nil)
    }
    let hex = start.prefix(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
    return ("bytes " + hex.joined(separator: " "), nil)
  }

  private static let known: [(magic: [UInt8], what: String, hint: String?)] = [
    (Array("!<arch>".utf8), "a static library (.a)", "link a shared one: cc -shared -fPIC"),
    (Array("!<thin>".utf8), "a thin static library (.a)", "link a shared one: cc -shared -fPIC"),
    (Array("/* GNU ld script".utf8), "a linker script", "name the library that the script names"),
    (Array("INPUT".utf8), "a linker script", "name the library that the script names"),
    (Array("GROUP".utf8), "a linker script", "name the library that the script names"),
    (Array("version https://git-lfs".utf8), "a pointer of Git LFS", "git lfs pull"),
    (Array("BC".utf8) + [0xC0, 0xDE], "LLVM bitcode", "compile without -emit-llvm and -flto"),
    (Array("MZ".utf8), "a Windows library or program", "build it for Linux"),
    ([0xCF, 0xFA, 0xED, 0xFE], "a Mach-O file of macOS", "build it for Linux"),
    ([0xCA, 0xFE, 0xBA, 0xBE], "a Mach-O file of macOS", "build it for Linux"),
    ([0x1F, 0x8B], "a gzip archive", "unpack it first: tar xzf, or gunzip"),
    (Array("PK".utf8) + [3, 4], "a ZIP archive", "unpack it first: unzip"),
    ([0x00, 0x61, 0x73, 0x6D], "WebAssembly", "build it for Linux"),
  ]
}
