import Diagnostics

/// The first 64 bytes: what kind of file it is, and where its tables are.
struct ElfHeader {
  static let size = 64

  let programOffset: UInt64
  let programCount: Int
  let sectionOffset: UInt64
  /// Zero where section 0 has the number, or there is no table.
  let sectionCount: Int
  let sectionNames: Int

  /// The header of a file for this machine.
  ///
  /// - Throws: R0304 to R0310, in that order.
  init(_ file: ByteFile, fault: ElfFault) throws(Diagnostic) {
    if file.status.size == 0 { throw fault.empty() }
    let start = ElfBlock(bytes: try file.bytes(at: 0, count: min(512, file.status.size)))
    guard start.bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { throw fault.notELF(start.bytes) }
    guard start.bytes.count >= Self.size else {
      throw fault.truncated("the header", expected: UInt64(Self.size), found: file.status.size)
    }
    try Self.checkIdentity(start, fault)
    programOffset = start.number(32)
    sectionOffset = start.number(40)
    programCount = Int(start.number(56, as: UInt16.self))
    sectionCount = Int(start.number(60, as: UInt16.self))
    sectionNames = Int(start.number(62, as: UInt16.self))
    try checkEntrySizes(start, fault)
  }

  private static func checkIdentity(_ start: ElfBlock, _ fault: ElfFault) throws(Diagnostic) {
    let (bits, order) = (start.bytes[4], start.bytes[5])
    guard bits == 2, order == 1 else { throw fault.wordSize(bits, order) }
    let machine: UInt16 = start.number(18)
    guard machine == ElfMachine.host, [0, 3].contains(start.bytes[7]) else {
      throw fault.machine(machine, system: start.bytes[7])
    }
    guard start.bytes[6] == 1, start.number(20, as: UInt32.self) == 1 else {
      throw fault.malformed("the version of the ELF format is not 1", found: "version \(start.bytes[6])")
    }
    let type: UInt16 = start.number(16)
    guard type == 3 else { throw fault.notLibrary(type) }
  }

  private func checkEntrySizes(_ start: ElfBlock, _ fault: ElfFault) throws(Diagnostic) {
    let (program, section) = (start.number(54, as: UInt16.self), start.number(58, as: UInt16.self))
    guard program == ElfSegment.size, (1...ElfSegment.limit).contains(programCount) else {
      throw fault.malformed(
        "the table of segments is impossible",
        expected: "1 to \(ElfSegment.limit) entries of \(ElfSegment.size) bytes",
        found: "\(programCount) of \(program) bytes")
    }
    guard sectionOffset == 0 || section == ElfSection.size else {
      throw fault.malformed(
        "the table of sections is impossible", expected: "entries of \(ElfSection.size) bytes",
        found: "entries of \(section) bytes")
    }
  }
}

/// Processors by their numbers in ELF files.
enum ElfMachine {
  /// This process's.
  static var host: UInt16 {
    #if arch(x86_64)
      62
    #elseif arch(arm64)
      183
    #elseif arch(riscv64)
      243
    #else
      0
    #endif
  }

  private static let names: [UInt16: String] = [
    2: "sparc", 3: "i386", 8: "mips", 20: "ppc", 21: "ppc64", 22: "s390x", 40: "arm", 43: "sparc64", 50: "ia64",
    62: "x86_64", 183: "aarch64", 190: "cuda", 224: "amdgpu", 243: "riscv", 247: "bpf", 258: "loongarch",
  ]

  static func name(_ machine: UInt16) -> String { names[machine] ?? "machine number \(machine)" }

  private static let systems: [UInt8: String] = [
    1: "HP-UX", 2: "NetBSD", 6: "Solaris", 7: "AIX", 9: "FreeBSD", 12: "OpenBSD", 64: "ARM EABI", 97: "ARM",
    255: "no system (standalone)",
  ]

  static func system(_ number: UInt8) -> String? {
    [0, 3].contains(number) ? nil : systems[number] ?? "system number \(number)"
  }
}
