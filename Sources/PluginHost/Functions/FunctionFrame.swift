import CPluginCalls
import Diagnostics

/// The arguments of one call: a cell of eight bytes for each.
struct FunctionFrame {
  let signature: FunctionSignature
  let request: FunctionRequest
  let count: Int
  let output: UnsafeMutableRawPointer
  let shape: UnsafePointer<Int64>?
  let user: UInt

  /// Writes each argument as its type has it.
  /// - Throws: ``Diagnostics/ErrorCode/functionValue`` for what the type cannot hold, ``Diagnostics/ErrorCode/noFan``.
  func fill(_ cells: UnsafeMutableBufferPointer<UInt64>, at site: rp_site) throws(Diagnostic) {
    for (index, argument) in signature.arguments.enumerated() {
      guard let cell = cells.baseAddress.map({ $0 + index }) else { return }
      let value = try value(of: argument, at: site)
      guard value.store(argument.type, in: cell) else {
        throw Diagnostic(
          .functionValue, "the argument '\(signature.name(of: argument))' cannot hold its value",
          at: ForeignFunction.place(of: site), expected: "a value of \(argument.type.spelling)", found: value.text,
          notes: [signature.prototype(named: "f")])
      }
    }
  }

  private func value(of argument: FunctionSignature.Argument, at site: rp_site) throws(Diagnostic) -> Value {
    switch argument.role {
    case .outF32, .outF64: .address(UInt(bitPattern: output))
    case .shape: .address(UInt(bitPattern: shape))
    case .user: .address(user)
    case .count: .integer(count)
    case .offset: .integer(request.offset)
    case .total: .integer(request.total)
    case .rank: .integer(request.shape.count)
    case .blockIndex: .integer(request.blockIndex)
    case .blockCount: .integer(request.blockCount)
    case .seed: .bits(request.seed)
    case .fanIn: .number(try fan(request.fanIn, at: site))
    case .fanOut: .number(try fan(request.fanOut, at: site))
    case .parameter: .number(try parameter(argument, at: site))
    // The loop over the elements writes the index.
    case .index, .result: .integer(0)
    }
  }

  private func fan(_ fan: Double?, at site: rp_site) throws(Diagnostic) -> Double {
    guard let fan else {
      throw Diagnostic(.noFan, "the function needs a fan and there is none", at: ForeignFunction.place(of: site))
    }
    return fan
  }

  private func parameter(
    _ argument: FunctionSignature.Argument, at site: rp_site
  ) throws(Diagnostic) -> Double {
    guard let index = argument.parameter, request.parameters.indices.contains(index) else {
      throw Diagnostic(
        .functionValue, "the parameter '\(signature.name(of: argument))' has no value",
        at: ForeignFunction.place(of: site), expected: "\(signature.parameterNames.count) values",
        found: "\(request.parameters.count)")
    }
    return request.parameters[index]
  }

  /// What is passed, before it has the argument's type.
  private enum Value {
    case integer(Int)
    case bits(UInt64)
    case number(Double)
    case address(UInt)

    var text: String {
      switch self {
      case .integer(let value): "'\(value)'"
      case .bits(let value): "'\(value)'"
      case .number(let value): "'\(value)'"
      case .address: "an address"
      }
    }

    func store(_ type: FunctionType, in cell: UnsafeMutablePointer<UInt64>) -> Bool {
      switch self {
      case .integer(let value): return rp_store_integer(type.rawValue, Int64(value), cell)
      case .bits(let value): return rp_store_unsigned(type.rawValue, value, cell)
      case .number(let value): return rp_store_number(type.rawValue, value, cell)
      case .address(let value):
        cell.pointee = UInt64(value)
        return type == .pointer
      }
    }
  }
}
