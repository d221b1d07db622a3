import CReinit
import CallText
import Diagnostics
import Initializers
import LayerVocabulary
import PluginHost
import Testing

/// An argument of the ABI from its parts.
func argument(_ type: Int, _ role: Int, _ parameter: UInt32 = 0) -> ri_arg {
  ri_arg(type: UInt32(type), role: UInt32(role), param: parameter, reserved: 0)
}

@Suite("Signatures of plain functions")
struct RulesTests {
  static let out = argument(RI_TYPE_POINTER, RI_ARG_OUT_F32)
  static let doubles = argument(RI_TYPE_POINTER, RI_ARG_OUT_F64)
  static let count = argument(RI_TYPE_U64, RI_ARG_COUNT)
  static let offset = argument(RI_TYPE_I64, RI_ARG_OFFSET)
  static let index = argument(RI_TYPE_I64, RI_ARG_INDEX)
  static let nothing = argument(RI_TYPE_VOID, RI_ARG_RESULT)
  static let float = argument(RI_TYPE_F32, RI_ARG_RESULT)
  static let parameters: [PluginParameter] = [
    PluginParameter(name: "gain", summary: "", kind: .real, defaultValue: .number(1)),
    PluginParameter(name: "steps", summary: "", kind: .int, defaultValue: .number(2)),
    PluginParameter(name: "flip", summary: "", kind: .bool, defaultValue: .word("false")),
    PluginParameter(name: "mode", summary: "", kind: .word, defaultValue: .word("a")),
    PluginParameter(name: "axes", summary: "", kind: .ints, defaultValue: .list([])),
  ]

  /// A declaration that is refused.
  struct Refusal: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var code: ErrorCode
    var arguments: [ri_arg]
    var result: ri_arg

    init(_ name: String, _ code: ErrorCode, _ arguments: [ri_arg], _ result: ri_arg = nothing) {
      (testDescription, self.code, self.arguments, self.result) = (name, code, arguments, result)
    }
  }

  static let forms: [Refusal] = [
    Refusal("nothing at all", .functionForm, []),
    Refusal("neither output nor index", .functionForm, [count], float),
    Refusal("two outputs", .functionForm, [out, doubles, count]),
    Refusal("two indices", .functionForm, [index, index], float),
    Refusal("index and output", .functionForm, [index, out], float),
    Refusal("index and count", .functionForm, [index, count], float),
    Refusal("index and offset", .functionForm, [index, offset], float),
    Refusal("elementwise without result", .functionForm, [index]),
    Refusal("bulk with a float as result", .functionForm, [out, count], float),
    Refusal("bulk by ranges without count", .functionForm, [out, offset, argument(RI_TYPE_U64, RI_ARG_TOTAL)]),
    Refusal("bulk without any size", .functionForm, [out, argument(RI_TYPE_U64, RI_ARG_SEED)]),
    Refusal("33 arguments", .functionArguments, [out] + Array(repeating: count, count: 32)),
  ]

  static let types: [Refusal] = [
    Refusal("type 12", .functionType, [out, argument(12, RI_ARG_COUNT)]),
    Refusal("type void", .functionType, [out, argument(RI_TYPE_VOID, RI_ARG_COUNT)]),
    Refusal("role 16", .functionType, [out, count, argument(RI_TYPE_F32, 16)]),
    Refusal("role result", .functionType, [out, count, argument(RI_TYPE_F32, RI_ARG_RESULT)]),
    Refusal("result type 12", .functionType, [out, count], argument(12, RI_ARG_RESULT)),
    Refusal("result with a role", .functionType, [out, count], argument(RI_TYPE_I32, RI_ARG_COUNT)),
    Refusal("result pointer", .functionArgument, [out, count], argument(RI_TYPE_POINTER, RI_ARG_RESULT)),
    Refusal("float count", .functionArgument, [out, argument(RI_TYPE_F32, RI_ARG_COUNT)]),
    Refusal("float index", .functionArgument, [argument(RI_TYPE_F64, RI_ARG_INDEX)], float),
    Refusal("pointer count", .functionArgument, [out, argument(RI_TYPE_POINTER, RI_ARG_COUNT)]),
    Refusal("integer output", .functionArgument, [argument(RI_TYPE_U64, RI_ARG_OUT_F32), count]),
    Refusal("integer shape", .functionArgument, [out, count, argument(RI_TYPE_I64, RI_ARG_SHAPE)]),
    Refusal("integer user", .functionArgument, [out, count, argument(RI_TYPE_I64, RI_ARG_USER)]),
    Refusal("seed of 32 bits", .functionArgument, [out, count, argument(RI_TYPE_U32, RI_ARG_SEED)]),
    Refusal("pointer fan", .functionArgument, [out, count, argument(RI_TYPE_POINTER, RI_ARG_FAN_IN)]),
    Refusal("pointer parameter", .functionArgument, [out, count, argument(RI_TYPE_POINTER, RI_ARG_PARAM)]),
  ]

  @Test("What has no form or too many arguments is refused", arguments: forms)
  func form(_ refusal: Refusal) { expect(refusal, []) }

  @Test("Types and roles that are not known, or do not go together, are refused", arguments: types)
  func type(_ refusal: Refusal) { expect(refusal, [Self.parameters[0]]) }

  private func expect(_ refusal: Refusal, _ parameters: [PluginParameter]) {
    let error = #expect(throws: Diagnostic.self) {
      try FunctionSignature(
        arguments: refusal.arguments, result: refusal.result, parameters: parameters, name: "lecun")
    }
    #expect(error?.code == refusal.code)
    #expect(error?.message.contains("lecun") == true || error?.place?.hasPrefix("lecun") == true)
    #expect(error?.expected?.isEmpty == false && error?.found?.isEmpty == false)
  }

  @Test(
    "Parameters are single numbers that their argument can hold, and all are used",
    arguments: [
      (RI_TYPE_F32, 0, true), (RI_TYPE_F64, 0, true), (RI_TYPE_I32, 0, false), (RI_TYPE_I8, 1, true),
      (RI_TYPE_F32, 1, true),
      (RI_TYPE_U8, 2, true), (RI_TYPE_F64, 3, false), (RI_TYPE_F64, 4, false),
    ])
  func parameter(_ type: Int, _ index: Int, _ isAllowed: Bool) {
    let one = [Self.parameters[index]]
    let arguments = [Self.out, Self.count, argument(type, RI_ARG_PARAM, 0)]
    func code(_ arguments: [ri_arg]) -> ErrorCode? {
      do throws(Diagnostic) {
        _ = try FunctionSignature(arguments: arguments, result: Self.nothing, parameters: one, name: "f")
        return nil
      } catch { return error.code }
    }
    #expect(code(arguments) == (isAllowed ? nil : .functionParameter))
    #expect(code([Self.out, Self.count]) == .functionParameter)
    #expect(code(arguments + [argument(type, RI_ARG_PARAM, 1)]) == .functionParameter)
  }

  @Test(
    "A null pointer or a length that cannot be right in the plugin's table is refused",
    arguments: [1, 33, .max] as [UInt64])
  func table(_ count: UInt64) {
    var table = ri_function()
    table.n_args = count
    let error = #expect(throws: Diagnostic.self) { try FunctionSignature(table, parameters: [], name: "f") }
    #expect(error?.code == .functionArguments)
  }

  @Test("A table is copied")
  func copy() throws {
    var arguments = [Self.out, Self.count, argument(RI_TYPE_F64, RI_ARG_PARAM, 0)]
    let signature = try arguments.withUnsafeMutableBufferPointer { arguments in
      var table = ri_function()
      (table.args, table.n_args) = (UnsafePointer(arguments.baseAddress), 3)
      defer { arguments.update(repeating: ri_arg()) }
      return try FunctionSignature(table, parameters: [Self.parameters[0]], name: "f")
    }
    #expect(signature.prototype(named: "f") == "void f(float *out, uint64_t n, double gain)")
  }

  @Test("The numbers of types and roles are those of the headers")
  func numbers() {
    #expect(
      FunctionType.void.rawValue == UInt32(RI_TYPE_VOID) && FunctionType.pointer.rawValue == UInt32(RI_TYPE_POINTER))
    #expect(FunctionType.i8.rawValue == UInt32(RI_TYPE_I8) && FunctionType.u64.rawValue == UInt32(RI_TYPE_U64))
    #expect(FunctionType.f32.rawValue == UInt32(RI_TYPE_F32) && FunctionType.f64.rawValue == UInt32(RI_TYPE_F64))
    let roles = [
      RI_ARG_RESULT, RI_ARG_OUT_F32, RI_ARG_OUT_F64, RI_ARG_INDEX, RI_ARG_COUNT, RI_ARG_OFFSET, RI_ARG_TOTAL,
      RI_ARG_RANK, RI_ARG_SHAPE, RI_ARG_FAN_IN, RI_ARG_FAN_OUT, RI_ARG_SEED, RI_ARG_PARAM, RI_ARG_BLOCK_INDEX,
      RI_ARG_BLOCK_COUNT, RI_ARG_USER,
    ]
    #expect(FunctionRole.allCases.map(\.rawValue) == roles.map(UInt32.init))
  }

  /// What the header's three examples are, and what they need.
  static let examples: [(arguments: [ri_arg], result: ri_arg, prototype: String, kind: String)] = [
    ([index, argument(RI_TYPE_F64, RI_ARG_PARAM)], float, "float f(int64_t i, double gain)", "elementwise"),
    (
      [
        out, argument(RI_TYPE_I64, RI_ARG_COUNT), argument(RI_TYPE_U64, RI_ARG_SEED),
        argument(RI_TYPE_F64, RI_ARG_PARAM),
      ],
      nothing, "void f(float *out, int64_t n, uint64_t seed, double gain)", "whole random"
    ),
    (
      [out, argument(RI_TYPE_I64, RI_ARG_COUNT), offset, argument(RI_TYPE_F32, RI_ARG_PARAM)],
      argument(RI_TYPE_I32, RI_ARG_RESULT), "int32_t f(float *out, int64_t n, int64_t offset, float gain)", ""
    ),
    (
      [
        doubles, argument(RI_TYPE_U32, RI_ARG_RANK), argument(RI_TYPE_POINTER, RI_ARG_SHAPE),
        argument(RI_TYPE_U8, RI_ARG_FAN_OUT), argument(RI_TYPE_POINTER, RI_ARG_USER),
        argument(RI_TYPE_I16, RI_ARG_BLOCK_INDEX), argument(RI_TYPE_U16, RI_ARG_BLOCK_COUNT),
        argument(RI_TYPE_F32, RI_ARG_PARAM), argument(RI_TYPE_F64, RI_ARG_PARAM), argument(RI_TYPE_I8, RI_ARG_TOTAL),
      ], nothing,
      "void f(double *out, uint32_t rank, const int64_t *shape, uint8_t fan_out, void *user, int16_t block, "
        + "uint16_t blocks, float gain, double gain2, int8_t total)", "whole fans"
    ),
  ]

  @Test("A signature prints as C and says what it is", arguments: examples.indices)
  func example(_ index: Int) throws {
    let (arguments, result, prototype, kind) = Self.examples[index]
    let signature = try FunctionSignature(
      arguments: arguments, result: result, parameters: [Self.parameters[0]], name: "f")
    #expect(signature.prototype(named: "f") == prototype)
    let words = [
      (signature.isElementwise, "elementwise"), (signature.isWhole, "whole"), (signature.needsFans, "fans"),
      (signature.isRandom, "random"),
    ]
    #expect(words.filter(\.0).map(\.1).joined(separator: " ") == kind)
  }
}
