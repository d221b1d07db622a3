import Diagnostics
import Files

/// A format of files, told by the first bytes (of TensorFlow's index by the last): what people have where a checkpoint is
/// expected.
enum ForeignFormat: CaseIterable {
  case safetensors
  case torchArchive
  case torchLegacy
  case pickle
  case gguf
  case ggml
  case hdf5
  case npy
  case npz
  case keras
  case onnx
  case savedModel
  case tensorFlowIndex
  case tfLite
  case msgpack
  case gitLFS
  case webPage
  case serverMessage
  case shardIndex
  case json
  case gzip
  case xz
  case zstd
  case bzip2
  case sevenZip
  case zip
  case tar

  /// How many of a file's first and last bytes are looked at.
  static let frontSize = 1024
  static let tailSize = 8

  /// The error for an open file that is not of the format that is read; nil where its format is not known.
  ///
  /// - Parameter wanted: ``safetensors`` or ``torchArchive``.
  static func fault(_ handle: FileHandle, reading wanted: ForeignFormat) throws(Diagnostic)
    -> Diagnostic?
  {
    let size = handle.status.size
    let front = try handle.bytes(0..<min(frontSize, size))
    let tail = try handle.bytes(max(0, size - tailSize)..<size)
    return recognized(front, tail: tail).flatMap {
      $0 == wanted ? nil : $0.fault(handle.path, reading: wanted)
    }
  }

  /// The error for a file in this format.
  func fault(_ path: String, reading wanted: ForeignFormat) -> Diagnostic {
    let file = FilePath.pasteable(path)
    return Diagnostic(
      code, isDownload ? "this is \(name), not the file itself" : "this is \(name)",
      at: "\(path), byte 0",
      expected: "\(wanted.name)", hints: [advice(file)])
  }

  private var isDownload: Bool { code == .failedDownload }

  /// The kind of failure that it is to meet this format.
  var code: ErrorCode {
    switch self {
    case .gitLFS, .webPage, .serverMessage: .failedDownload
    case .torchLegacy: .legacyTorchFormat
    default: .foreignFormat
    }
  }

  /// What it is, for a sentence.
  var name: String {
    switch self {
    case .safetensors: "a safetensors file"
    case .torchArchive: "a PyTorch file (a zip archive with a pickle)"
    case .torchLegacy: "a PyTorch file of the old form, before torch 1.6"
    case .pickle: "a pickle"
    case .gguf: "a GGUF file"
    case .ggml: "a GGML file"
    case .hdf5: "an HDF5 file (Keras writes them as .h5)"
    case .npy: "a NumPy array (.npy)"
    case .npz: "an archive of NumPy arrays (.npz)"
    case .keras: "a Keras file (.keras)"
    case .onnx: "an ONNX model"
    case .savedModel: "a TensorFlow SavedModel"
    case .tensorFlowIndex: "the index of a TensorFlow checkpoint"
    case .tfLite: "a TensorFlow Lite model"
    case .msgpack: "a MessagePack file (Flax writes them as .msgpack)"
    case .gitLFS: "a Git LFS pointer"
    case .webPage: "a web page"
    case .serverMessage: "a short text, as servers send in place of a file"
    case .shardIndex: "the index of a model in several files"
    case .json: "a JSON file"
    case .gzip: "a file compressed with gzip"
    case .xz: "a file compressed with xz"
    case .zstd: "a file compressed with zstd"
    case .bzip2: "a file compressed with bzip2"
    case .sevenZip: "a 7z archive"
    case .zip: "a zip archive"
    case .tar: "a tar archive"
    }
  }
}
