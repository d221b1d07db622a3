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
    let checkpoint = try MappedCheckpoint(CheckpointFiles(path))
    open.withLock { $0[ByteName(path)] = checkpoint }
    return checkpoint
  }
}

/// What tensors of other checkpoints look like.
///
/// No file stays open: a plan may be for one of them, or stand while another run changes one.
final class CheckpointHeaders: SourceLibrary {
  private let known = Mutex<[ByteName: SafeTensorsHeader]>([:])

  func tensor(_ name: String, in file: String) throws(Diagnostic) -> Tensor {
    let (_, shape, dtype) = try header(of: file).readable(name, at: file)
    return Tensor(lazy: shape, dtype: dtype)
  }

  private func header(of path: String) throws(Diagnostic) -> SafeTensorsHeader {
    if let header = known.withLock({ $0[ByteName(path)] }) { return header }
    let header = try CheckpointFiles(path).header
    known.withLock { $0[ByteName(path)] = header }
    return header
  }
}

extension SourceLibrary where Self == CheckpointLibrary {
  /// Checkpoints by their paths.
  public static var checkpoints: CheckpointLibrary { CheckpointLibrary() }
}
