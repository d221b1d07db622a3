import Checkpoints
import Diagnostics
import Formats
import Foundation
import Reinit
import Testing

/// A file that torch wrote is a checkpoint as others are; what comes of it is a safetensors file.
@Suite("PyTorch files as checkpoints") struct PyTorchFormTests {
  /// The files of torch's that the tests of their reader have.
  static let files: [String] = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("FormatsTests/Reference")
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: root.path)) ?? []
    return names.filter { $0.hasSuffix(".pt") }.sorted().map { root.appendingPathComponent($0).path }
  }()

  private func bytes(_ file: PyTorchFile) throws -> [String: [UInt8]] {
    var values: [String: [UInt8]] = [:]
    for entry in file.entries { values[entry.name] = try file.bytes(of: entry) }
    return values
  }

  @Test("All tensors of a file come out as they are, with no rule but a keep", arguments: files)
  func converted(path: String) throws {
    guard let file = try? PyTorchFile(path) else { return }
    let folder = try Folder()
    let checkpoint = try Checkpoint(opening: path)
    let plan = try checkpoint.plan([Rule(Selector(parsing: "**"), fill: nil)], seed: 0)
    let storable = file.entries.allSatisfy { SafeTensorsDType.bits($0.dtype) != nil }
    guard storable else {
      #expect(code { try checkpoint.apply(plan, writing: folder["out.safetensors"]) } == .unknownSize)
      return
    }
    try checkpoint.apply(plan, writing: folder["out.safetensors"])
    #expect(try values(folder["out.safetensors"]) == bytes(file))
    let header = try SafeTensorsFile(folder["out.safetensors"]).header
    #expect(header.metadata["format"] == "pt")
    for entry in header.entries {
      let size = (entry.bitsPerElement ?? 8) / 8
      #expect((header.dataStart + entry.range.lowerBound) % max(size, 1) == 0, "\(entry.name)")
    }
    for entry in file.entries {
      #expect(header[entry.name]?.dtype == entry.dtype && header[entry.name]?.shape == entry.shape)
    }
  }

  @Test("There are files to convert")
  func count() { #expect(Self.files.count > 40) }

  @Test("A tensor that a file has under two names is filled under both, and by either", arguments: [0, 1])
  func tied(way: Int) throws {
    let path = try #require(Self.files.first { $0.hasSuffix("torch-2.15/tied.pt") })
    let file = try PyTorchFile(path)
    let pair = try #require(
      file.sharedStorages.first { $0.count > 1 && file.entries[$0[0]].isSameView(as: file.entries[$0[1]]) })
    let names = pair.prefix(2).map { file.entries[$0].name }
    let folder = try Folder()
    let checkpoint = try Checkpoint(opening: path)
    let plan = try checkpoint.plan([Rule(Selector(parsing: ".\(names[way])"), fill: .normal(std: 1))], seed: 3)
    #expect(plan.steps.count == 1 && plan.steps[0].name == names[0])
    try checkpoint.apply(plan, writing: folder["out.safetensors"])
    let new = try values(folder["out.safetensors"])
    #expect(new[names[0]] == new[names[1]])
    #expect(try new[names[0]] != bytes(file)[names[0]])
    #expect(try Checkpoint(opening: folder["out.safetensors"]).verify().allSatisfy { $0.outcome == .identical })
  }

  @Test("A PyTorch file is not changed in place")
  func inPlace() throws {
    let path = try #require(Self.files.first { $0.hasSuffix("state_dict.pt") })
    let folder = try Folder()
    try FileManager.default.copyItem(atPath: path, toPath: folder["x.pt"])
    #expect(code { _ = try InPlaceCheckpoint(folder["x.pt"]) } == .notChangeable)
    #expect(code { _ = try Checkpoint.finishInPlace(folder["x.pt"]) } == nil)
  }
}
