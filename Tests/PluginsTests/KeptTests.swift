import Foundation
import Reinit
import Testing

/// Plugins of Tests/Kept, one in each language, an initializer and a layer each.
enum Kept {
  static let folder = Fixtures.root.appendingPathComponent("Tests/Kept").path

  /// Compiled with the headers of version 1.0, and never built again.
  static let old = folder + "/1.0"

  /// The same sources, built with today's headers and kits.
  static let today = Result { try build("today", [:]) }

  /// The same with headers and kits of a later minor version, whose structs have all grown.
  static let grown = Result {
    let place = products + "/headers"
    try GrownHeaders.make(place)
    return try build("grown", ["HEADERS": place + "/include", "RUST_KIT": place + "/Rust"])
  }

  private static let products = Bundle(for: Anchor.self).bundleURL.deletingLastPathComponent().path + "/kept"
  private final class Anchor {}

  private static func build(_ name: String, _ variables: [String: String]) throws -> String {
    let make = Process()
    make.executableURL = URL(fileURLWithPath: "/usr/bin/make")
    make.arguments = ["-s", "-C", folder, "OUT=\(products)/\(name)"] + variables.map { "\($0)=\($1)" }.sorted()
    try make.run()
    make.waitUntilExit()
    try #require(make.terminationStatus == 0, "the kept plugins cannot be built")
    return "\(products)/\(name)"
  }
}

/// A copy of the headers, and of the Rust kit, in which every struct that may grow has one more field at its end.
enum GrownHeaders {
  static func make(_ place: String) throws {
    let files = FileManager.default
    try? files.removeItem(atPath: place)
    try files.createDirectory(atPath: place, withIntermediateDirectories: true)
    let root = Fixtures.root.path
    try files.copyItem(atPath: root + "/Sources/CReinit/include", toPath: place + "/include")
    try files.createDirectory(atPath: place + "/Rust", withIntermediateDirectories: true)
    try files.copyItem(atPath: root + "/Plugins/Kit/Rust/src", toPath: place + "/Rust/src")
    let headers = try edit(place + "/include/reinit", ".h") { text in
      text.replacing("#define RI_ABI_MINOR 0", with: "#define RI_ABI_MINOR 1")
        .replacing(/(struct (ri_\w+) \{\n  uint32_t struct_size(?:.|\n)*?)\n\}( ri_\w+)?;/) {
          "\($0.1)\n  uint64_t grown;\n}\($0.3 ?? "");"
        }
    }
    let kit = try edit(place + "/Rust/src", ".rs") { text in
      text.replacing("RI_ABI_MINOR: u16 = 0", with: "RI_ABI_MINOR: u16 = 1")
        .replacing("pub struct_size: u32,", with: "pub struct_size: u32, /* grows */")
        .replacing(/(\/\* grows \*\/(?:.|\n)*?)\n\}/) { "\($0.1)\n    pub grown: u64,\n}" }
        .replacing(/(sys::ri_\w+ \{\n)( +struct_size:)/) { "\($0.1)grown: 0,\n\($0.2)" }
    }
    // Version 1.0 has 17 structs that may grow; a few of those the kit only reads.
    try #require(headers == 17 && kit >= 17 + 8, "\(headers) structs and \(kit) places of the kit have grown")
  }

  /// Changes all files of a folder; how many fields that made.
  private static func edit(_ folder: String, _ suffix: String, _ change: (String) -> String) throws -> Int {
    var count = 0
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) where path.hasSuffix(suffix) {
      let file = "\(folder)/\(path)"
      guard !path.hasPrefix("draft/"), !path.hasSuffix("/draft.rs") else { continue }
      let text = change(try String(contentsOfFile: file, encoding: .utf8))
      count += text.matches(of: /grown: |uint64_t grown/).count
      try text.write(toFile: file, atomically: true, encoding: .utf8)
    }
    return count
  }
}

@Suite("Plugins that were compiled with other headers", .serialized)
struct KeptTests {
  /// What the plugins of version 1.0 gave when they were built: weights of [2, 3] from N(0, 1.7/√3), seed 7.
  static let weights: [UInt32] = [1066058180, 3196642641, 3213960915, 3221556045, 1058849238, 1072468975]

  private func works(_ file: String, _ language: String, minor: Int) throws {
    let catalog = try PluginCatalog(
      PluginOptions(named: [file], searchesFolders: false, scanner: nil, usesCache: false))
    let plugin = try #require(catalog.plugins.first)
    #expect(catalog.refused.isEmpty && plugin.description.abi.minor == minor)
    let id = "org.example.kept-\(language)"
    var dense = Dense(in: 3, out: 2)
    try dense.reinitialize(seed: 7) { try rule("weight=\(id)/kept(gain: 1.7)", catalog.initializers) }
    #expect(dense.weight.floats.map(\.bitPattern) == Self.weights)
    // What is there, and the tensor beside it, are read.
    dense.bias = Tensor([10, 20])
    try dense.reinitialize(seed: 7) { try rule("weight=\(id)/kept_mix(factor: 0.25)", catalog.initializers) }
    let mixed = zip(Self.weights, [10, 10, 10, 20, 20, 20] as [Float]).map { 0.25 * Float(bitPattern: $0) + $1 }
    #expect(dense.weight.floats == mixed)
    // y = x + x/2 without a bias, and x + (2x + 1)/2 + 10 with one and a layer inside.
    let input = Tensor([1, 2, 3, -4], shape: [2, 2])
    var bare = try AnyNode(catalog.layer("\(id)/Kept(size: 2, bias: false)"))
    try bare.reinitialize(with: .default, seed: 1)
    #expect(try bare.applied(to: [input])[0].floats == [1.5, 3, 4.5, -6])
    let inner = Dense(weight: Tensor([2, 0, 0, 2], shape: [2, 2]), bias: Tensor([1, 1]))
    var whole = try AnyNode(catalog.layer("\(id)/Kept(size: 2)", children: [inner]))
    try whole.reinitialize(seed: 1) {
      try rule("Kept.weight=default")
      try rule("Kept.bias=constant(10)")
    }
    #expect(try whole.applied(to: [input])[0].floats == [12.5, 14.5, 16.5, 2.5])
    #expect(try whole.shapes(for: [[5, 2]]) == [[5, 2]])
  }

  /// Of the files' bytes, by FNV-1a: whoever builds one again breaks the promise that they keep.
  static let digests: [String: UInt64] = [
    "c": 0x0051C414FA3B5DDE,
    "cxx": 0xD51E94EA6BE654C3,
    "rust": 0xDB5B26FA5EE82183,
    "swift": 0x6D3CBAC631EDDE5C,
  ]

  @Test("Those that are kept are the very files of then, which no one ever builds again", arguments: Fixtures.languages)
  func files(language: String) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(Kept.old)/\(language).so"))
    let digest = bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    #expect(Self.digests[language] == digest, "a newer set has a folder of its own: make keep VERSION=…")
  }

  @Test(
    "Those of version 1.0 that are kept load in today's host and give what they gave", arguments: Fixtures.languages)
  func old(language: String) throws { try works("\(Kept.old)/\(language).so", language, minor: 0) }

  @Test("Those of today's headers and kits give what those of version 1.0 gave", arguments: Fixtures.languages)
  func today(language: String) throws { try works("\(Kept.today.get())/\(language).so", language, minor: 0) }

  @Test("Those of a kit whose structs have all grown load in today's host and work", arguments: Fixtures.languages)
  func grown(language: String) throws { try works("\(Kept.grown.get())/\(language).so", language, minor: 1) }
}
