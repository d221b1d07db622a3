import Diagnostics
import Files
import Foundation
import Reinit
import Testing

@testable import Checkpoints

/// What in a folder is the checkpoint, and how a new folder takes its place.
@Suite("Folders") struct FolderTests {
  @Test(
    "The checkpoint of a folder is found as transformers finds it",
    arguments: [
      (["model.safetensors", "pytorch_model.bin"], ["model.safetensors"]),
      (["model.safetensors", "model.safetensors.index.json", "other.safetensors"], ["model.safetensors"]),
      (["adapter_model.safetensors", "README.md"], ["adapter_model.safetensors"]),
      (["diffusion_pytorch_model.safetensors", "x.safetensors"], ["diffusion_pytorch_model.safetensors"]),
      (["weights.safetensors", "training_args.bin"], ["weights.safetensors"]),
      (
        ["part-00002-of-00002.safetensors", "part-00001-of-00002.safetensors"],
        ["part-00001-of-00002.safetensors", "part-00002-of-00002.safetensors"]
      ),
      ([".hidden.safetensors", "net.pt"], ["net.pt"]),
      (["pytorch_model.bin", "training_args.bin"], ["pytorch_model.bin"]),
    ] as [([String], [String])])
  func found(names: [String], expected: [String]) throws {
    let folder = try Folder()
    for name in names { try folder.write("", name) }
    #expect(try FolderContents(folder.path).checkpoint() == .files(expected))
  }

  @Test("An index is found before files of other names, and PyTorch's last")
  func foundIndex() throws {
    let folder = try Folder()
    for name in ["model.safetensors.index.json", "consolidated.safetensors", "pytorch_model.bin.index.json"] {
      try folder.write("", name)
    }
    #expect(try FolderContents(folder.path).checkpoint() == .index("model.safetensors.index.json"))
    unlink(folder["model.safetensors.index.json"])
    unlink(folder["consolidated.safetensors"])
    #expect(try FolderContents(folder.path).checkpoint() == .index("pytorch_model.bin.index.json"))
  }

  @Test("A folder without a checkpoint, and one with several, are errors with their names")
  func undecided() throws {
    let folder = try Folder()
    #expect(code { _ = try Checkpoint(opening: folder.path) } == .noCheckpoint)
    try folder.write("", "README.md")
    #expect(fault { _ = try Checkpoint(opening: folder.path) }?.found == "README.md")
    try folder.write("", "a.safetensors")
    try folder.write("", "b.safetensors")
    let error = fault { _ = try Checkpoint(opening: folder.path) }
    #expect(error?.code == .checkpointUndecided && error?.found == "a.safetensors, b.safetensors")
    #expect(error?.hints.first == "name one: \(folder["a.safetensors"])")
    #expect(code { _ = try Checkpoint(opening: folder["none"]) } == .noSuchFile)
    #expect(code { _ = try Checkpoint(opening: folder["none.index.json"]) } == .noSuchFile)
  }

  private func checkpoint(in folder: Folder, _ name: String = "in") throws {
    var generator = Seeded(state: 9)
    try Sample.random(&generator).writeShards(2, in: folder, name, using: &generator)
  }

  @Test("A folder with a single file is written as a folder, with the receipt in the file")
  func single() throws {
    let folder = try Folder()
    var generator = Seeded(state: 2)
    try folder.write("{}", "in/config.json")
    try Sample.write(Sample.random(&generator).tensors, to: folder["in/model.safetensors"])
    let (checkpoint, plan) = try fill(folder["in"])
    try checkpoint.apply(plan, writing: folder["out"])
    #expect(try Set(folder.contents("out").keys) == ["config.json", "model.safetensors"])
    #expect(try SafeTensorsFile(folder["out/model.safetensors"]).header.metadata["reinit.receipt"] != nil)
    #expect(try Checkpoint(opening: folder["out"]).verify().allSatisfy(\.isRight))
    try checkpoint.applyInPlace(plan)
    #expect(try values(folder["in"]) == values(folder["out"]))
  }

  @Test("What stands at the output's name is not replaced unless that was said, and only by a checkpoint's folder")
  func replacing() throws {
    let folder = try Folder()
    try checkpoint(in: folder)
    let (checkpoint, plan) = try fill(folder["in"])
    func apply(_ output: String, force: Bool = false) -> Diagnostic? {
      fault { try checkpoint.apply(plan, writing: folder[output], options: ApplyOptions(force: force)) }
    }
    try folder.write("", "file")
    #expect(apply("file")?.code == .cannotCreate)
    #expect(apply("none/out")?.code == .folderMissing)
    #expect(apply("in", force: true)?.code == .outputIsInput)
    #expect(apply("", force: true)?.code == .outputIsInput)
    try folder.write("mine", "diary/today.txt")
    #expect(apply("diary")?.code == .outputExists)
    #expect(apply("diary", force: true)?.code == .folderNotOurs)
    #expect(try folder.contents("diary") == ["today.txt": Data("mine".utf8)])
    mkdir(folder["empty"], 0o755)
    #expect(apply("empty/") == nil)
    let written = try folder.contents("empty")
    #expect(apply("empty")?.code == .outputExists)
    try folder.write("old", "empty/old.txt")
    #expect(apply("empty", force: true) == nil)
    #expect(try folder.contents("empty") == written)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix(".") }.isEmpty)
  }

  @Test("A run that fails leaves no folder, and what a dead process left goes away")
  func leftOvers() throws {
    let folder = try Folder()
    try checkpoint(in: folder)
    try folder.write("half", ".out.reinit-abcdef/model.safetensors")
    try folder.write("half", ".out.reinit-abcdef/deep/er/file")
    try folder.write("another's", ".other.reinit-abcdef/file")
    let (checkpoint, plan) = try fill(folder["in"])
    mkfifo(folder["in/pipe"], 0o600)
    #expect(code { try checkpoint.apply(plan, writing: folder["out"]) } == .notRegularFile)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [".other.reinit-abcdef", "in"])
    unlink(folder["in/pipe"])
    try checkpoint.apply(plan, writing: folder["out"])
  }

  @Test("Other files are copied as they are: links to files as files, links that lead nowhere as links")
  func others() throws {
    let folder = try Folder()
    try checkpoint(in: folder)
    try folder.write("blob", "blobs/1")
    symlink("../blobs/1", folder["in/tokenizer.json"])
    symlink("nowhere", folder["in/broken"])
    try folder.write("#!", "in/run.sh")
    chmod(folder["in/run.sh"], 0o750)
    let (checkpoint, plan) = try fill(folder["in"])
    try checkpoint.apply(plan, writing: folder["out"])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder["out/broken"]) == "nowhere")
    #expect(try folder.contents("out")["tokenizer.json"] == Data("blob".utf8))
    let attributes = try FileManager.default.attributesOfItem(atPath: folder["out/run.sh"])
    #expect(attributes[.posixPermissions] as? Int == 0o750)
    #expect(
      try FileManager.default.attributesOfItem(atPath: folder["out/tokenizer.json"])[.type] as? FileAttributeType
        == .typeRegular)
  }
}
