import Diagnostics
import Formats
import Functors
import Reinitialization
import Synchronization
import Tensors

/// The values of a checkpoint, for parts that are chosen by them; opened when the first is asked for, and as long as a
/// plan is made.
final class CheckpointValues: PartValues {
  private let checkpoint: Checkpoint
  private let own = Mutex<CheckpointFiles?>(nil)
  private let masks = CheckpointLibrary()
  let keepsMasks = false

  init(of checkpoint: Checkpoint) { self.checkpoint = checkpoint }

  func read(_ leaf: Int, from offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    try files().read(checkpoint.entry(ofLeaf: leaf), from: offset, into: buffer)
  }

  func mask(of leaf: Int, in file: String) throws(Diagnostic) -> (name: String, tensor: Tensor) {
    let name = checkpoint.entry(ofLeaf: leaf).name
    do { return (name, try masks.tensor(name, in: file)) } catch {
      guard error.code == .sourceMissing else { throw error }
      throw Diagnostic.maskMissing(name, in: file)
    }
  }

  private func files() throws(Diagnostic) -> CheckpointFiles {
    try own.withLock { (files) throws(Diagnostic) in
      if let files { return files }
      let opened = try checkpoint.files()
      files = opened
      return opened
    }
  }
}
