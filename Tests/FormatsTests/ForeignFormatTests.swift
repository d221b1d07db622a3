import Diagnostics
import Files
import Formats
import Testing

/// Files in other formats are named, with what to do, where a safetensors file or one of torch is opened.
@Suite("Other formats") struct ForeignFormatTests {
  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  private static func tar(_ name: String) -> [UInt8] {
    text(name) + [UInt8](repeating: 0, count: 257 - name.utf8.count) + text("ustar")
      + [UInt8](repeating: 0, count: 300)
  }

  private static func zip(_ name: String) -> [UInt8] {
    Zip([Zip.Member(name: name, bytes: [1, 2, 3])]).bytes
  }

  static let files: [(String, [UInt8], ErrorCode)] = [
    ("a GGUF file", text("GGUF") + [3, 0, 0, 0, 5, 0, 0, 0], .foreignFormat),
    ("a GGML file", text("tjgg") + [1, 0, 0, 0, 1], .foreignFormat),
    ("an HDF5 file", [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0], .foreignFormat),
    ("a NumPy array", [0x93] + text("NUMPY\u{1}\0v\0{'descr': '<f4'}"), .foreignFormat),
    ("an archive of NumPy arrays", zip("w.npy"), .foreignFormat),
    ("a Keras file", zip("metadata.json"), .foreignFormat),
    ("a zip archive", zip("README.md"), .foreignFormat),
    ("a zip archive", Zip([]).bytes, .foreignFormat),
    ("an ONNX model", [8, 7, 0x12, 7] + text("pytorch") + [0x1A, 5], .foreignFormat),
    ("an ONNX model", [8, 9, 0x3A, 0xB2, 3, 0x0A], .foreignFormat),
    ("a TensorFlow SavedModel", [8, 1, 0x12, 0xD6, 0x12, 0x0A, 1], .foreignFormat),
    (
      "the index of a TensorFlow checkpoint",
      [0, 0, 9, 8, 1, 0x1A, 2, 8, 1] + [UInt8](repeating: 1, count: 30) + [
        0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB,
      ], .foreignFormat
    ),
    ("a TensorFlow Lite model", [0x1C, 0, 0, 0] + text("TFL3") + [0, 0, 0], .foreignFormat),
    ("a MessagePack file", [0x81, 0xA6] + text("params") + [0x82], .foreignFormat),
    ("a MessagePack file", [0xDE, 0, 20, 0xA2] + text("w1") + [1, 2, 3, 4], .foreignFormat),
    (
      "a Git LFS pointer",
      text("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"),
      .failedDownload
    ),
    ("a web page", text("\n  <!DOCTYPE html><html lang=\"en\">"), .failedDownload),
    ("a web page", text("<?xml version=\"1.0\"?><Error>"), .failedDownload),
    ("a short text", text("Entry not found"), .failedDownload),
    ("a short text", text("{\"error\":\"Repository not found\"}"), .failedDownload),
    (
      "the index of a model", text("{\"metadata\": {\"total_size\": 1}, \"weight_map\": {}}"),
      .foreignFormat
    ),
    ("a JSON file", text("{\"model_type\": \"llama\"}"), .foreignFormat),
    ("compressed with gzip", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], .foreignFormat),
    ("compressed with xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0, 4], .foreignFormat),
    ("compressed with zstd", [0x28, 0xB5, 0x2F, 0xFD, 4, 0, 1, 2], .foreignFormat),
    ("compressed with bzip2", text("BZh91AY&SY"), .foreignFormat),
    ("a 7z archive", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4], .foreignFormat),
    ("a tar archive", tar("model/weights"), .foreignFormat),
    ("a PyTorch file of the old form", tar("sys_info"), .legacyTorchFormat),
    ("a pickle", [0x80, 4, 0x95, 9, 0, 0, 0, 0, 0, 0, 0, 0x7D, 0x2E], .foreignFormat),
    (
      "a PyTorch file of the old form",
      [0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E],
      .legacyTorchFormat
    ),
  ]

  static func open(_ path: String) -> Diagnostic? {
    do throws(Diagnostic) {
      _ = try SafeTensorsFile(FileHandle.open(path))
      return nil
    } catch {
      return error
    }
  }

  @Test("Each is named where a safetensors file, or one of torch, is opened", arguments: files)
  func named(given: (name: String, bytes: [UInt8], code: ErrorCode)) throws {
    let scratch = try Scratch()
    try scratch.write(given.bytes)
    for error in [Self.open(scratch.path), try scratch.fault(given.bytes)] {
      #expect(
        error?.code == given.code && error?.message.contains(given.name) == true,
        "\(error?.description ?? "opened")")
      #expect(error?.hints.count == 1)
    }
  }

  @Test(
    "A file of torch is named where a safetensors file is opened, and the other way round",
    arguments: Reference.versions)
  func each(version: String) throws {
    let error = Self.open("\(Reference.folder)\(version)/types.pt")
    #expect(
      error?.code == .foreignFormat
        && error?.message == "this is a PyTorch file (a zip archive with a pickle)")
    let old = Self.open("\(Reference.folder)\(version)/old_form.pt")
    #expect(old?.code == .legacyTorchFormat)
    let header = try SafeTensorsHeader(layingOut: [("w", "F32", [2])])
    let other = try Scratch().fault(header.encoded() + [UInt8](repeating: 0, count: 8))
    #expect(other?.code == .foreignFormat && other?.message == "this is a safetensors file")
  }

  @Test("What is no format that is known keeps its code, and a file that was cut off says so")
  func unknown() throws {
    let scratch = try Scratch()
    let header = try SafeTensorsHeader(layingOut: [("w", "F32", [2])]).encoded()
    let cases: [([UInt8], ErrorCode, String)] = [
      ([], .headerMissing, "the file is empty"),
      ([1, 2, 3], .headerMissing, "the file is too short for a header"),
      ([1, 2, 3, 4, 5, 6, 7, 8, 9], .headerTooLong, "the header is longer than the format allows"),
      (
        Array(header.prefix(20)), .headerBeyondFile, "the header reaches beyond the end of the file"
      ),
      (header, .dataBeyondFile, "the file ends before tensor 'w' does"),
    ]
    for (bytes, code, message) in cases {
      try scratch.write(bytes)
      let error = Self.open(scratch.path)
      #expect(error?.code == code && error?.message == message, "\(error?.description ?? "opened")")
      if code == .headerBeyondFile {
        #expect(error?.hints == ["the file was cut off: download or write it again"])
      }
    }
  }
}
