import Diagnostics
import Functors
import Inference
import Initializers
import LayerVocabulary
import Layers
import Tensors
import Testing

private let x = numbers([3, 4], salt: 7, scale: 4)

private func dense() throws -> Dense { try #require(try filled(Dense(in: 4, out: 4)) as? Dense) }

/// A structure that only holds a layer.
private struct Holder: Layer {
  var inner = Dense(in: 4, out: 4)
  static let fields = FieldList(\Self.inner)
}

/// A layer that holds itself.
private final class Ouroboros: Node {
  var children: [NodeChild] { [NodeChild("", self)] }
  func rebuilt(from parts: [any Node]) throws(Diagnostic) -> Ouroboros { self }
  var identity: NodeIdentity? { NodeIdentity(self) }
}

@Test("Ties, frozen values, boxes and optionals are seen through, in any order")
func wrappers() throws {
  let dense = try dense()
  let expected = try dense.applied(to: [x])
  let wrapped: [any Node] = [
    Shared(dense), Frozen(dense), AnyNode(dense), Optional(dense), AnyNode(Shared(Frozen(dense))),
    Frozen(Optional(AnyNode(dense))), Chain(dense), try Chain(["a": Shared(Chain(dense))]),
    NodeList([("", dense)]),
  ]
  for node in wrapped {
    #expect(try node.applied(to: [x]) == expected, "\(type(of: node))")
    #expect(try node.shapes(for: [x.shape]) == expected.map(\.shape))
  }
}

@Test("A tie can be applied twice in a row, and an absent layer of a container is left out")
func tiesAndAbsence() throws {
  let (dense, none) = (try dense(), Dense?.none)
  let twice = try dense.applied(to: try dense.applied(to: [x]))
  let shared = Shared(dense)
  #expect(try Chain(["a": shared, "b": none, "c": shared]).applied(to: [x]) == twice)
  let doubled = try Parallel(.add, ["a": PassThrough(), "b": none, "c": PassThrough()]).applied(to: [x])
  #expect(doubled == [x * 2])
}

@Test("A hundred thousand levels are applied")
func depth() throws {
  var model: any Node = Activation(.relu)
  for level in 0..<100_000 {
    switch level % 4 {
    case 0: model = try Chain([("0", model)])
    case 1: model = Frozen(AnyNode(model))
    case 2: model = try SkipConnection(.multiply, [("0", model)])
    default: model = try Parallel(.add, [("0", model)])
    }
  }
  let ones = Tensor([1, 1])
  #expect(try model.applied(to: [ones]) == [ones])
  #expect(try model.shapes(for: [[2]]) == [[2]])
}

@Test("A parameter gives its value to a container")
func parameters() throws {
  let position = Parameter(numbers([4], salt: 3))
  #expect(try position.applied(to: []) == [position.value])
  let sum = try Parallel(.add, PassThrough(), position).applied(to: [x])
  let expected = x.elements.enumerated().map { $0.element + position.value.elements[$0.offset % 4] }
  #expect(distance(sum.first, expected, shape: [3, 4]) < 1e-6)
  let half = Parameter(position.value.converted(to: .f16))
  #expect(try half.applied(to: [x]) == [position.value.converted(to: .f16).converted(to: .f32)])
}

@Test(
  "Other floating-point types are computed with as 32-bit floats",
  arguments: [DType.f64, .f16, .bf16, .f8e4m3, .f8e5m2])
private func types(_ dtype: DType) throws {
  let stored = try filled(Dense(in: 4, out: 4, dtype: dtype))
  let loaded = try stored.converted()
  #expect(try stored.applied(to: [x]) == loaded.applied(to: [x]))
  #expect(
    try loaded.applied(to: [x.converted(to: dtype)])
      == loaded.applied(to: [x.converted(to: dtype).converted(to: .f32)]))
}

extension Node {
  fileprivate func converted() throws -> any Node { try map { $0.converted(to: .f32) } }
}

/// Bytes that are not where floats should be.
private final class Bytes: StorageOwner, @unchecked Sendable {
  let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 16)
  let isCutOff: Bool
  init(isCutOff: Bool) { self.isCutOff = isCutOff }
  deinit { memory.deallocate() }
  func validate() throws(Diagnostic) {
    if isCutOff { throw Diagnostic(.noContents, "the file was cut off") }
  }
  func tensor(_ source: Tensor, at offset: Int) throws -> Tensor {
    source.withBytes { UnsafeMutableRawBufferPointer(rebasing: memory[offset...]).copyMemory(from: $0) }
    return try Tensor(
      viewing: Storage(borrowing: UnsafeRawBufferPointer(memory), owner: self), at: offset, shape: source.shape,
      dtype: .f32)
  }
}

@Test("Views of files are computed with, unaligned ones too; one cut off meanwhile is an error", arguments: [1, 4])
func views(offset: Int) throws {
  let dense = try dense()
  let view = try Bytes(isCutOff: false).tensor(x, at: offset)
  #expect(try dense.applied(to: [view]) == dense.applied(to: [x]))
  let cut = try Bytes(isCutOff: true).tensor(x, at: offset)
  #expect(expectError(.noContents) { try dense.applied(to: [cut]) }.contains("cut off"))
}

@Test("What has no forward pass is named with its path")
func noForwardPass() throws {
  let model = try Chain(["stem": Chain(PassThrough(), Holder()), "head": dense()])
  let text = expectError(.noForwardPass) { try model.applied(to: [x]) }
  #expect(text.contains("'Holder' has no forward pass") && text.contains("at stem.1"))
  expectError(.noForwardPass) { try Dense?.none.applied(to: [x]) }
  expectError(.noForwardPass) { try x.applied(to: [x]) }
  expectError(.noForwardPass) { try Shared(x).applied(to: [x]) }
  expectError(.noForwardPass) { try [try dense()].applied(to: [x]) }
  expectError(.noForwardPass) { try model.shapes(for: [x.shape]) }
}

@Test("A model that contains itself is refused, not followed")
func cycles() throws {
  let text = expectError(.cycle) { try Chain(["a": PassThrough(), "b": Ouroboros()]).applied(to: [x]) }
  #expect(text.contains("at b"))
}
