import CPluginCalls
import CReinit
import Diagnostics
import Dispatch
import Glibc
import PluginHost
import Testing

/// Functions as their authors would write them, and the loops that they stand for.
enum FunctionFixture {
  static let library = Workbench.library("functions", source)

  private static let source = """
    #include <fenv.h>
    #include <math.h>
    #include <stdint.h>
    float wave(int64_t i, double scale, float shift) { return (float)(sin(i * scale) + shift); }
    double wave64(double scale, uint32_t i) { return cos(i * scale) / 3; }
    int16_t steps(uint16_t i, int8_t by) { return (int16_t)(i * by); }
    uint64_t large(uint64_t i) { return ~i; }
    void wave_loop(float *out, int64_t n, int64_t offset, double scale, float shift) { for (int64_t k = 0; k < n; k++) out[k] = wave(offset + k, scale, shift); }
    void wave64_loop(double *out, uint64_t offset, uint64_t n, double scale) { for (uint64_t k = 0; k < n; k++) out[k] = wave64(scale, (uint32_t)(offset + k)); }
    void everything(uint64_t seed, float *out, uint32_t rank, const int64_t *shape, double fan_in, float fan_out, int64_t total, int16_t block, uint8_t blocks, uint64_t n, uint64_t offset, const double *user, int8_t small, uint8_t flag) {
      double values[] = {(double)(seed >> 40), rank, shape[0], shape[rank - 1], fan_in, fan_out, total, block, blocks, n, offset, *user, small, flag};
      for (uint64_t k = 0; k < n; k++) out[k] = (float)values[(offset + k) % 14];
    }
    int32_t status(float *out, uint64_t n, uint64_t offset, int32_t code) { return code; }
    int8_t small_status(float *out, uint64_t n) { return -1; }
    void whole(float *out, uint64_t total) { for (uint64_t k = 0; k < total; k++) out[k] = (float)(total - k); }
    void narrow(float *out, uint8_t n, uint64_t offset) { for (int k = 0; k < n; k++) out[k] = n; }
    void up(float *out, uint64_t n, uint64_t offset) { fesetround(FE_UPWARD); }
    """

  static func ri(_ type: FunctionType, _ role: FunctionRole, _ parameter: UInt32 = 0) -> ri_arg {
    ri_arg(type: type.rawValue, role: role.rawValue, param: parameter, reserved: 0)
  }

  /// A function of the fixture with this signature.
  static func function(
    _ name: String, _ result: FunctionType, _ arguments: [ri_arg], parameters: [PluginParameter.Kind] = [],
    user: UInt = 0
  ) throws -> ForeignFunction {
    let declared = parameters.enumerated().map {
      PluginParameter(name: "p\($0)", summary: "", kind: $1, defaultValue: nil)
    }
    let signature = try FunctionSignature(
      arguments: arguments, result: ri(result, .result), parameters: declared, name: name)
    let site = makeSite("function", of: name).pointee
    return try ForeignFunction(signature, code: try Library(library).code(name), user: user, site: site)
  }
}

@Suite("Tensors filled by plain functions")
struct FunctionTests {
  typealias Fixture = FunctionFixture

  private func filled(_ function: ForeignFunction, _ count: Int, _ request: FunctionRequest) throws -> [Float] {
    var values = [Float](repeating: .nan, count: count)
    try values.withUnsafeMutableBufferPointer { try function.fill(request, into: $0) }
    return values
  }

  private func request(_ offset: Int = 0, _ total: Int = 1000, _ parameters: [Double] = []) -> FunctionRequest {
    FunctionRequest(offset: offset, total: total, shape: [total], parameters: parameters)
  }

  private func wave() throws -> ForeignFunction {
    try Fixture.function(
      "wave", .f32,
      [Fixture.ri(.i64, .index), Fixture.ri(.f64, .parameter, 0), Fixture.ri(.f32, .parameter, 1)],
      parameters: [.real, .real])
  }

  @Test(
    "An elementwise function equals C's own loop bit for bit, from any offset", arguments: [0, 1, 999_999, 1 << 40])
  func elementwise(_ offset: Int) throws {
    typealias Loop = @convention(c) (UnsafeMutablePointer<Float>, Int64, Int64, Double, Float) -> Void
    let loop: Loop = try Library(Fixture.library).function("wave_loop")
    var wanted = [Float](repeating: 0, count: 5000)
    loop(&wanted, 5000, Int64(offset), 0.37, 0.25)
    let values = try filled(try wave(), 5000, request(offset, 1 << 41, [0.37, 0.25]))
    #expect(values.map(\.bitPattern) == wanted.map(\.bitPattern))
  }

  @Test("Doubles are rounded once, whether they are returned or written")
  func doubles() throws {
    let elementwise = try Fixture.function(
      "wave64", .f64, [Fixture.ri(.f64, .parameter, 0), Fixture.ri(.u32, .index)], parameters: [.real])
    let bulk = try Fixture.function(
      "wave64_loop", .void,
      [
        Fixture.ri(.pointer, .outF64), Fixture.ri(.u64, .offset), Fixture.ri(.u64, .count),
        Fixture.ri(.f64, .parameter, 0),
      ],
      parameters: [.real])
    let wanted = (0..<777).map { Float(cos(Double(UInt32(40 + $0)) * 0.01) / 3) }
    #expect(try filled(elementwise, 777, request(40, 1000, [0.01])) == wanted)
    #expect(try filled(bulk, 777, request(40, 1000, [0.01])) == wanted)
  }

  @Test("Integers that a function returns become floats")
  func integers() throws {
    let steps = try Fixture.function(
      "steps", .i16, [Fixture.ri(.u16, .index), Fixture.ri(.i8, .parameter, 0)], parameters: [.int])
    #expect(try filled(steps, 4, request(10, 1000, [-3])) == [-30, -33, -36, -39])
    let large = try Fixture.function("large", .u64, [Fixture.ri(.u64, .index)])
    #expect(try filled(large, 2, request(0)) == [0x1p64, 0x1p64])
  }

  /// All roles in a mixed order, as `everything` declares them.
  private func everything(user: UnsafePointer<Double>) throws -> ForeignFunction {
    try Fixture.function(
      "everything", .void,
      [
        Fixture.ri(.u64, .seed), Fixture.ri(.pointer, .outF32), Fixture.ri(.u32, .rank), Fixture.ri(.pointer, .shape),
        Fixture.ri(.f64, .fanIn), Fixture.ri(.f32, .fanOut), Fixture.ri(.i64, .total), Fixture.ri(.i16, .blockIndex),
        Fixture.ri(.u8, .blockCount), Fixture.ri(.u64, .count), Fixture.ri(.u64, .offset), Fixture.ri(.pointer, .user),
        Fixture.ri(.i8, .parameter, 1), Fixture.ri(.u8, .parameter, 0),
      ], parameters: [.bool, .int], user: UInt(bitPattern: user))
  }

  @Test("Each role reaches its argument")
  func roles() throws {
    let user = UnsafeMutablePointer<Double>.allocate(capacity: 1)
    defer { user.deallocate() }
    user.pointee = 0.5
    let request = FunctionRequest(
      offset: 0, total: 24, shape: [2, 3, 4], fanIn: 12, fanOut: 2.5, seed: 0xABCDEF << 40, blockIndex: 3,
      blockCount: 9,
      parameters: [1, -7])
    let values = try filled(try everything(user: user), 14, request)
    #expect(values == [0xABCDEF, 3, 2, 4, 12, 2.5, 24, 3, 9, 14, 0, 0.5, -7, 1])
  }

  @Test("A status that is not 0 is an error that says it", arguments: [1, -5, 70_000])
  func status(_ code: Int32) throws {
    let arguments = [
      Fixture.ri(.pointer, .outF32), Fixture.ri(.u64, .count), Fixture.ri(.u64, .offset),
      Fixture.ri(.i32, .parameter, 0),
    ]
    let function = try Fixture.function("status", .i32, arguments, parameters: [.int])
    #expect(throws: Never.self) { try filled(function, 3, request(0, 9, [0])) }
    let error = #expect(throws: Diagnostic.self) { try filled(function, 3, request(0, 9, [Double(code)])) }
    #expect(error?.code == .pluginCallFailed)
    #expect(error?.found == "status \(code)")
    #expect(error?.place == "function of 'status', plugin 'org.example.gabor'")
  }

  @Test("A status of one byte is read as one byte")
  func smallStatus() throws {
    let function = try Fixture.function("small_status", .i8, [Fixture.ri(.pointer, .outF32), Fixture.ri(.u64, .count)])
    let error = #expect(throws: Diagnostic.self) { try filled(function, 3, request(0, 3)) }
    #expect(error?.found == "status -1")
  }

  @Test("A function for whole tensors is called for nothing less")
  func whole() throws {
    let function = try Fixture.function("whole", .void, [Fixture.ri(.pointer, .outF32), Fixture.ri(.u64, .total)])
    #expect(try filled(function, 4, request(0, 4)) == [4, 3, 2, 1])
    #expect(throws: Diagnostic.self) { try filled(function, 3, request(0, 4)) }
    #expect(throws: Diagnostic.self) { try filled(function, 4, request(1, 5)) }
  }

  @Test("A value that an argument cannot hold is refused before anything is called")
  func narrow() throws {
    let narrow = try Fixture.function(
      "narrow", .void, [Fixture.ri(.pointer, .outF32), Fixture.ri(.u8, .count), Fixture.ri(.u64, .offset)])
    #expect(try filled(narrow, 255, request()).allSatisfy { $0 == 255 })
    let error = #expect(throws: Diagnostic.self) { try filled(narrow, 256, request()) }
    #expect(error?.code == .functionValue)
    #expect(error?.expected == "a value of uint8_t" && error?.found == "'256'")
    let steps = try Fixture.function(
      "steps", .i16, [Fixture.ri(.u16, .index), Fixture.ri(.i8, .parameter, 0)], parameters: [.int])
    #expect(try filled(steps, 1, request(65_535, 1 << 20, [0])) == [0])
    #expect(throws: Diagnostic.self) { try filled(steps, 2, request(65_535, 1 << 20, [0])) }
    #expect(throws: Diagnostic.self) { try filled(steps, 1, request(0, 9, [128])) }
    #expect(throws: Diagnostic.self) { try filled(steps, 1, request(0, 9, [])) }
  }

  @Test("What has no fan cannot be filled by what needs one")
  func noFan() throws {
    let user = UnsafeMutablePointer<Double>.allocate(capacity: 1)
    defer { user.deallocate() }
    let error = #expect(throws: Diagnostic.self) {
      try filled(try everything(user: user), 1, FunctionRequest(total: 1, shape: [1], parameters: [0, 0]))
    }
    #expect(error?.code == .noFan)
  }

  @Test("A floating-point mode that a function leaves changed is an error, and is put back")
  func mode() throws {
    let up = try Fixture.function(
      "up", .void, [Fixture.ri(.pointer, .outF32), Fixture.ri(.u64, .count), Fixture.ri(.u64, .offset)])
    let error = #expect(throws: Diagnostic.self) { try filled(up, 3, request()) }
    #expect(error?.code == .pluginFloatingPoint)
    #expect(fegetround() == FE_TONEAREST)
  }

  @Test("Nothing is called for no elements, and a null address is refused")
  func edges() throws {
    #expect(try filled(try wave(), 0, request(0, 0, [0, 0])) == [])
    let signature = try FunctionSignature(
      arguments: [Fixture.ri(.i64, .index)], result: Fixture.ri(.f32, .result), parameters: [], name: "f")
    let refusal = #expect(throws: Diagnostic.self) {
      try ForeignFunction(signature, code: 0, site: makeSite().pointee)
    }
    #expect(refusal?.code == .functionNotCallable)
  }

  @Test("Several threads fill with one function at once")
  func threads() throws {
    let function = try wave()
    let wanted = try filled(function, 20_000, request(0, 20_000, [0.1, 0]))
    let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: 20_000)
    defer { values.deallocate() }
    let out = Shared(values)
    DispatchQueue.concurrentPerform(iterations: 40) { part in
      let range = UnsafeMutableBufferPointer(rebasing: out.value[part * 500..<(part + 1) * 500])
      let request = FunctionRequest(offset: part * 500, total: 20_000, shape: [20_000], parameters: [0.1, 0])
      try? function.fill(request, into: range)
    }
    #expect(Array(values) == wanted)
  }
}
