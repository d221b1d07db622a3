import Diagnostics
import Functors
import LayerVocabulary
import Reinitialization

extension Checkpoint {
  /// The elements that a part means of a parameter; nil where its condition holds nowhere, or its mask is empty.
  /// - Throws: R0222 to R0227, R0122.
  public func region(of part: Part, ofLeaf leaf: Int) throws(Diagnostic) -> Region? {
    try inventory.region(of: part, ofLeaf: leaf, values: CheckpointValues(of: self), config: config)
  }
}
