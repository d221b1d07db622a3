import Architectures
import Diagnostics
import Files
import LayerVocabulary

extension ModelConfig {
  /// Reads a file.
  /// - Throws: ``Diagnostics/ErrorCode/noSuchFile``, ``Diagnostics/ErrorCode/malformedConfig``, reading's codes.
  public init(at path: String) throws(Diagnostic) {
    try self.init(parsing: SmallFile.required(at: path), source: path)
  }

  /// The configuration that transformers, diffusers and peft write in a folder, or beside a file of that name; nil where there is
  /// none.
  ///
  /// It is looked for in a folder that is a checkpoint, beside `model*.safetensors` and their index, `diffusion_pytorch_model*` and
  /// `pytorch_model*.bin`, as `config.json`, and beside `adapter_model*`, as `adapter_config.json`: what lies beside a file of any
  /// other name may be another model's.
  /// - Throws: as ``init(at:)``.
  public static func beside(_ path: String) throws(Diagnostic) -> ModelConfig? {
    if FileHandle.status(of: path).0?.isFolder == true {
      let folder = path.hasSuffix("/") ? path : path + "/"
      if let config = try read(folder + "config.json") { return config }
      return try read(folder + "adapter_config.json")
    }
    guard let path = try? FilePath(path), let name = name(beside: path.name) else { return nil }
    return try read(path.sibling(name))
  }

  private static func read(_ file: String) throws(Diagnostic) -> ModelConfig? {
    try SmallFile.text(at: file).map { (text) throws(Diagnostic) in try ModelConfig(parsing: text, source: file) }
  }

  private static func name(beside file: String) -> String? {
    if file.hasPrefix("adapter_model") { return "adapter_config.json" }
    let isModel = file.hasPrefix("model") && file.contains(".safetensors")
    let isWeights = file.hasPrefix("pytorch_model") && file.contains(".bin")
    return isModel || isWeights || file.hasPrefix("diffusion_pytorch_model") ? "config.json" : nil
  }
}

extension ArchitectureNote {
  /// Reads a file.
  /// - Throws: ``Diagnostics/ErrorCode/noSuchFile``, ``Diagnostics/ErrorCode/noteSyntax``, reading's codes.
  public init(at path: String) throws(Diagnostic) { try self.init(parsing: SmallFile.required(at: path), source: path) }
}

extension SmallFile {
  /// The text of a file that must be there.
  fileprivate static func required(at path: String) throws(Diagnostic) -> String {
    guard let text = try text(at: path) else { throw Diagnostic(.noSuchFile, "there is no such file", at: path) }
    return text
  }
}
