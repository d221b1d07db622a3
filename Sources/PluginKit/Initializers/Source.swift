import CReinit

/// What a fill reads, of a run's state before anything is changed; ``Fill/source(_:)`` has its elements.
public struct Source: Sendable, Hashable {
  /// `[a-z][a-z0-9_]*`, for messages and receipts.
  public let name: String
  let kind: UInt32
  let path: String
  let file: String

  private init(_ kind: Int, _ name: String, path: String = "", file: String = "") {
    self.kind = UInt32(kind)
    self.name = name
    self.path = path
    self.file = file
  }

  /// The values that the tensor has.
  public static func old(_ name: String) -> Source { Source(RI_SOURCE_OLD, name) }

  /// Another tensor of the tree.
  /// - Parameter path: `.base` is beside the tensor that is filled, `..base.weight` beside its layer, `a.b.weight` counts
  ///   from the root, `$p` is the word parameter p.
  public static func tensor(_ name: String, _ path: String) -> Source {
    Source(RI_SOURCE_TENSOR, name, path: path)
  }

  /// A tensor of another checkpoint.
  /// - Parameters:
  ///   - file: the checkpoint's path, or `$p`.
  ///   - path: as of a tensor, in that file; empty for the name of the tensor that is filled.
  public static func file(_ name: String, _ file: String, path: String = "") -> Source {
    Source(RI_SOURCE_FILE, name, path: path, file: file)
  }

  /// The declaration for the host, which borrows it from the arena.
  func declaration(in arena: Arena) -> ri_source {
    var row = ri_source()
    row.struct_size = UInt32(MemoryLayout<ri_source>.size)
    row.kind = kind
    row.name = arena.text(name)
    row.path = arena.text(path)
    row.file = arena.text(file)
    return row
  }
}
