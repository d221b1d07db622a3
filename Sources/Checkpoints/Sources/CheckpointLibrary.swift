import Diagnostics
import Formats
import LayerVocabulary
import Synchronization
import Tensors

/// Opens checkpoints for initializers that read from them, each once.
public final class CheckpointLibrary: SourceLibrary {
  private let open = Mutex<[ByteName: MappedCheckpoint]>([:])

  /// A library that has opened nothing yet.
  public init() {}

  /// A tensor of a checkpoint.
  /// - Throws: opening's codes; ``Diagnostics/ErrorCode/sourceMissing``.
  public func tensor(_ name: String, in file: String) throws(Diagnostic) -> Tensor {
    try checkpoint(at: file).tensor(name)
  }

  private func checkpoint(at path: String) throws(Diagnostic) -> MappedCheckpoint {
    if let known = open.withLock({ $0[ByteName(path)] }) { return known }
    let checkpoint = try MappedCheckpoint(SafeTensorsFile(path))
    open.withLock { $0[ByteName(path)] = checkpoint }
    return checkpoint
  }
}

extension SourceLibrary where Self == CheckpointLibrary {
  /// Checkpoints by the paths of their files.
  public static var checkpoints: CheckpointLibrary { CheckpointLibrary() }
}
