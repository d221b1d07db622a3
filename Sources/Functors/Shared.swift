import Diagnostics
import Synchronization
import Tensors

/// The name of a tie; unique in the process.
public struct TieID: Sendable, Hashable {
  private static let counter = Atomic<UInt64>(0)
  private let number: UInt64

  /// A new tie.
  public init() { number = TieID.counter.add(1, ordering: .relaxed).newValue }
}

/// A value that occurs at several places of a model and is one: the embedding and the head of a language
/// model.
///
/// A tie is declared, and it is a value: the tie's name and what is tied. Copying a model copies it, and
/// equal values without a tie stay independent. Walks visit a tied value once, at the place they come to
/// first.
public struct Shared<Value: Node>: Node {
  /// Never.
  public var mayRefuseParts: Bool { false }
  /// Which tie this is an occurrence of.
  public let tie: TieID
  /// What is tied.
  public var value: Value

  /// Starts a tie; use copies of the result at the other places.
  public init(_ value: Value) {
    tie = TieID()
    self.value = value
  }

  private init(tie: TieID, value: Value) {
    self.tie = tie
    self.value = value
  }

  /// The value, unnamed: a tie leaves no trace in a path.
  public var children: [NodeChild] { [NodeChild("", value.presented)] }
  /// The same tie around another value.
  public func rebuilt(from parts: [any Node]) throws(Diagnostic) -> Shared<Value> {
    guard let part = parts.first else { throw .missingParts(of: "Shared", expected: 1, found: 0) }
    return Shared(tie: tie, value: try part.present(as: Value.self, named: "value"))
  }
  /// The tie.
  public var identity: NodeIdentity? { NodeIdentity(tie) }
}

/// A value that rules leave alone unless they name it: the base of an adapter, a frozen backbone.
public struct Frozen<Value: Node>: Node {
  /// Never.
  public var mayRefuseParts: Bool { false }
  /// What is frozen.
  public var value: Value

  /// What is below is left alone.
  public var isFreezing: Bool { true }

  /// Freezes a value.
  public init(_ value: Value) { self.value = value }

  /// The value, unnamed.
  public var children: [NodeChild] { [NodeChild("", value.presented)] }
  /// Another value, frozen as well.
  public func rebuilt(from parts: [any Node]) throws(Diagnostic) -> Frozen<Value> {
    guard let part = parts.first else { throw .missingParts(of: "Frozen", expected: 1, found: 0) }
    return Frozen(try part.present(as: Value.self, named: "value"))
  }
}

extension Diagnostic {
  /// A node was rebuilt from another number of parts than it has.
  package static func missingParts(of name: String, expected: Int, found: Int) -> Diagnostic {
    Diagnostic(
      .rebuildMismatch, "'\(name)' is rebuilt from another number of parts", expected: "\(expected)",
      found: "\(found)")
  }
}
