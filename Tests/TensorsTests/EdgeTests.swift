import Diagnostics
import Tensors
import Testing

private func code(_ body: () throws -> Void) -> ErrorCode? {
  do { try body() } catch { return (error as? Diagnostic)?.code }
  return nil
}

@Suite("Tensors at their edges")
struct EdgeTests {
  @Test("Equality and identity have shape and type")
  func equality() throws {
    let six = Tensor([1, 2, 3, 4, 5, 6])
    let matrix = six.reshaped([2, 3])
    #expect(matrix != six && !matrix.isIdentical(to: six))
    #expect(matrix.reshaped([6]) == six && matrix.reshaped([6]).isIdentical(to: six))
    let owner = Keeper()
    let storage = Storage(borrowing: owner.bytes, owner: owner)
    let (f32, i32) = (
      try Tensor(viewing: storage, at: 0, shape: [2], dtype: .f32),
      try Tensor(viewing: storage, at: 0, shape: [2], dtype: .i32)
    )
    #expect(f32 != i32 && !f32.isIdentical(to: i32))
    #expect(try f32 == Tensor(viewing: storage, at: 0, shape: [2], dtype: .f32))
  }

  private final class Keeper: StorageOwner {
    private static let memory: [UInt8] = Array(repeating: 7, count: 8)
    nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

    init() {
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 8)
      copy.copyBytes(from: Self.memory)
      bytes = UnsafeRawBufferPointer(copy)
    }
    deinit { bytes.deallocate() }
    func validate() throws(Diagnostic) {}
  }

  @Test("A sum of what has no values, or another shape, is an error")
  func sums() throws {
    let (a, lazy) = (Tensor([1, 2]), Tensor(lazy: [2]))
    #expect(try (a + a).floats == [2, 4])
    #expect(code { _ = try a + lazy } == .valueMissing)
    #expect(code { _ = try lazy + a } == .valueMissing)
    #expect(code { _ = try a + Tensor(opaque: [2], byteCount: 1) } == .valueMissing)
    #expect(code { _ = try a + Tensor([1, 2, 3]) } == .shapeMismatch)
  }

  @Test("Memory that is not there is an error, not the end of the process", arguments: [1 << 45, 1 << 57])
  func memory(_ count: Int) {
    #expect(code { _ = try Tensor(allocating: Shape([count])) } == .outOfMemory)
    #expect(code { _ = try Memory.allocate(of: Double.self, count: count) } == .outOfMemory)
    #expect(code { _ = try Memory.allocate(of: Double.self, count: .max) } == .outOfMemory)
  }

  @Test("A shape whose bytes cannot be counted is none")
  func hugeShapes() {
    #expect(Shape(checking: [1 << 40, 1 << 20]) == nil && Shape(checking: [1 << 59]) != nil)
    #expect(Shape(checking: [1 << 62, 0])?.count == 0)
    #expect(Tensor(lazy: [1 << 58], dtype: .f64).byteCount == 1 << 61)
  }

  @Test("Every number has a nearest integer")
  func clamping() {
    #expect(Int(clamping: Double.nan) == 0 && Int(clamping: 1e300) == .max && Int(clamping: -Double.infinity) == .min)
    #expect(Int(clamping: 2.9) == 2 && Int(clamping: -2.9) == -2 && UInt8(clamping: -1.0) == 0)
    #expect(Int(clamping: 0x1p63) == .max && Int(clamping: -0x1p63) == .min && UInt8(clamping: 256.0) == 255)
  }

  @Test("Conversion in blocks is that of each element", arguments: [0, 1, 1023, 1024, 1025, 5000])
  func blocks(_ count: Int) {
    // All of them are numbers in every type.
    let values = (0..<count).map { Float($0 % 1400) * 0.37 - 100 }
    let tensor = Tensor(values)
    for dtype in [DType.f64, .f16, .bf16, .f8e4m3, .f8e5m2, .i16, .u8] {
      let converted = tensor.converted(to: dtype)
      #expect(converted.elements == values.map { Tensor([$0]).converted(to: dtype).elements[0] })
      #expect(converted.floats == converted.elements.map(Float.init))
    }
    #expect(tensor.mapElements { 2 * $0 }.floats == values.map { 2 * $0 })
  }
}
