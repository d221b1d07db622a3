import CPluginCalls
import CReinit
import Dispatch
import PluginHost
import Testing

@Suite("Calls through libffi")
struct ForeignCallTests {
  /// Calls a function with these cells; the result's eight bytes.
  private static func call(_ signature: RandomSignature, _ code: UInt, _ values: [UInt64]) -> UInt64? {
    let types = signature.types.map(\.rawValue)
    guard let prepared = rp_function_prepare(types, types.count, signature.result.rawValue, nil, 0) else { return nil }
    var (cells, result, outcome) = (values + [0], UInt64(0xAAAA_AAAA_AAAA_AAAA), rp_outcome())
    let site = makeSite()
    cells.withUnsafeMutableBufferPointer { cells in
      var frame = cells.indices.map { index in cells.baseAddress.map { UnsafeMutableRawPointer($0 + index) } }
      _ = rp_function_call(prepared, site, unsafeBitCast(code, to: rp_code?.self), &frame, &result, &outcome)
    }
    return outcome.status == 0 && outcome.flags == 0 ? result : nil
  }

  /// Whether the result's bytes are those of the checksum, as its type has them.
  private static func isRight(_ type: FunctionType, _ result: UInt64, _ checksum: UInt64) -> Bool {
    var result = result
    let fraction = Double(checksum >> 40) * 0x1p-24
    switch type {
    case .f32: return Float(bitPattern: UInt32(truncatingIfNeeded: result)) == Float(fraction)
    case .f64: return Double(bitPattern: result) == fraction
    case .u64: return result == checksum
    case .void: return true
    default:
      let narrow = rp_load_integer(type.rawValue, &result)
      var wanted = checksum
      return narrow == rp_load_integer(type.rawValue, &wanted) && narrow == Self.narrowed(type, checksum)
    }
  }

  private static func narrowed(_ type: FunctionType, _ bits: UInt64) -> Int64 {
    switch type {
    case .i8: Int64(Int8(truncatingIfNeeded: bits))
    case .u8: Int64(UInt8(truncatingIfNeeded: bits))
    case .i16: Int64(Int16(truncatingIfNeeded: bits))
    case .u16: Int64(UInt16(truncatingIfNeeded: bits))
    case .i32: Int64(Int32(truncatingIfNeeded: bits))
    case .u32: Int64(UInt32(truncatingIfNeeded: bits))
    default: Int64(bitPattern: bits)
    }
  }

  /// The signatures whose calls give something else than C's own arithmetic, in several calls each.
  private static func wrong(_ library: Library, seed: UInt64) throws -> [Int] {
    var generator = SmallGenerator(state: seed)
    let void = try library.code("void_result")
    return try RandomSignature.all.filter { signature in
      let code = try library.code("call\(signature.number)")
      return !(0..<4).allSatisfy { _ in
        let cells = signature.types.map { _ in generator.next() }
        guard let result = call(signature, code, cells) else { return false }
        let seen = signature.result == .void ? UnsafePointer<UInt64>(bitPattern: void)?.pointee : nil
        let checksum = signature.checksum(cells)
        return isRight(signature.result, result, checksum) && (seen ?? checksum) == checksum
      }
    }.map(\.number)
  }

  @Test("Every argument of 300 random signatures arrives, and every result comes back")
  func signatures() throws {
    #expect(try Self.wrong(try Library(RandomSignature.library), seed: 1) == [])
    #expect(Set(RandomSignature.all.map(\.types.count)) == Set(0...32))
    #expect(Set(RandomSignature.all.map(\.result)) == Set(FunctionType.allCases).subtracting([.pointer]))
  }

  @Test("Four threads at once, with shared signatures, disturb nothing")
  func threads() throws {
    let library = Shared(try Library(RandomSignature.library))
    let valued = RandomSignature.all.filter { $0.result != .void }
    let failures = UnsafeMutablePointer<Int>.allocate(capacity: 4)
    defer { failures.deallocate() }
    let counts = Shared(failures)
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      var (generator, count) = (SmallGenerator(state: UInt64(thread)), 0)
      for round in 0..<4000 {
        let signature = valued[round % valued.count]
        let cells = signature.types.map { _ in generator.next() }
        let result = (try? library.value.code("call\(signature.number)")).flatMap { Self.call(signature, $0, cells) }
        if result.map({ Self.isRight(signature.result, $0, signature.checksum(cells)) }) != true { count += 1 }
      }
      counts.value[thread] = count
    }
    #expect((0..<4).map { failures[$0] } == [0, 0, 0, 0])
  }

  @Test("What is no signature is refused with a reason")
  func refused() {
    func reason(_ types: [UInt32], _ result: UInt32) -> String? {
      var text = [CChar](repeating: 0, count: 100)
      let prepared = rp_function_prepare(types, types.count, result, &text, text.count)
      return prepared == nil
        ? String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
    #expect(reason([1, 12], 0) == "12 is no type of an argument")
    #expect(reason([0], 0) == "0 is no type of an argument")
    #expect(reason([1], 77) == "77 is no type of a result")
    #expect(reason([UInt32](repeating: 9, count: 33), 0) == "33 arguments are too many")
    #expect(reason([UInt32](repeating: 9, count: 32), 10) == nil)
  }

  @Test("Equal signatures are the same object")
  func interned() {
    let (a, b, c): ([UInt32], [UInt32], [UInt32]) = ([1, 9], [1, 9], [9, 1])
    #expect(rp_function_prepare(a, 2, 3, nil, 0) == rp_function_prepare(b, 2, 3, nil, 0))
    #expect(rp_function_prepare(a, 2, 3, nil, 0) != rp_function_prepare(c, 2, 3, nil, 0))
    #expect(rp_function_prepare(a, 2, 3, nil, 0) != rp_function_prepare(b, 2, 4, nil, 0))
  }
}

/// What several threads share by construction.
struct Shared<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
