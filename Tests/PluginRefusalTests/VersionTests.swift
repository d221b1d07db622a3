import Foundation
import Reinit
import Testing

/// A host and a plugin of different minor versions.
@Suite("Hosts and plugins of other minor versions", .serialized) struct VersionTests {
  /// The table up to `service`, as it is, and as a later version has it.
  static let shapes = [
    HostShape(size: 240, minor: 0), .current, HostShape(size: 256, minor: 1), HostShape(size: 4096, minor: 9),
  ]

  @Test("A plugin sees the table as far as it reaches, and works", arguments: ["today", "tomorrow"], shapes)
  func meet(name: String, shape: HostShape) throws {
    let folder = try Folder()
    try folder.copy(Stage.file(name), "plugin.so")
    let catalog = try Stage.catalog(folder, scanner: nil, shape: shape)
    let plugin = try #require(catalog.plugins.first)
    #expect(catalog.refused.isEmpty && plugin.description.abi.minor == (name == "today" ? 0 : 1))
    let summary = plugin.description.initializers.first?.summary
    #expect(summary == "size \(shape.size), minor \(shape.minor), service \(shape.size > 240 ? 1 : 0)")
    #expect(plugin.description.summary == (name == "today" ? "a fixture" : "no lamps"))
    try works(catalog, "org.example.\(name)")
  }

  @Test("A plugin of a later minor version is found by today's command line, and works")
  func scanned() throws {
    let folder = try Folder()
    try folder.copy(Stage.file("tomorrow"), "plugin.so")
    let catalog = try Stage.catalog(folder)
    try works(catalog, "org.example.tomorrow")
  }

  private func works(_ catalog: PluginCatalog, _ id: String) throws {
    var model = Dense(in: 2, out: 3)
    try model.reinitialize(seed: 1) { try Rule(RuleText(.fill("weight=\(id)/half")), registry: catalog.initializers) }
    #expect(model.weight.withBytes { Array($0.bindMemory(to: Float.self)) } == Array(repeating: 0.5, count: 6))
    #expect(try catalog.layer("\(id)/Empty()").children.isEmpty)
  }
}
