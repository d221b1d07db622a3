import CReinit
import Glibc
import Reinit
import Testing

/// One promise that the host does not keep: what is done instead, and the words by which the probe tells it.
struct BrokenPromise: Sendable, CustomTestStringConvertible {
  /// What is used when the promise is looked at.
  enum Use: Sendable { case initializer(String), layer(String, DType) }

  let words: String
  let use: Use
  let breaking: @Sendable (UnsafeMutablePointer<ri_host>) -> Void
  var testDescription: String { words }

  init(
    _ words: String, in use: Use = .layer("", .f32),
    _ breaking: @escaping @Sendable (UnsafeMutablePointer<ri_host>) -> Void
  ) {
    (self.words, self.use, self.breaking) = (words, use, breaking)
  }
}

/// This host with one function in the place of another.
final class BrokenHost: HostObserver {
  private let promise: BrokenPromise
  /// The host's own functions, which are the same for all.
  nonisolated(unsafe) static var real = ri_host()

  init(_ promise: BrokenPromise) { self.promise = promise }

  func install(in table: UnsafeMutablePointer<ri_host>) {
    BrokenHost.real = table.pointee
    promise.breaking(table)
  }

  func begins(_ call: StaticString, of subject: String?, _ context: OpaquePointer?) {}
  func ends(_ context: OpaquePointer?) {}
  func lends(_ handles: [OpaquePointer?], _ context: OpaquePointer) {}

  /// Registers an initializer as something else than it is.
  static func add(
    _ table: UnsafePointer<ri_initializer>?, _ host: UnsafePointer<ri_host>?, without flags: Int, freely: Bool
  )
    -> ri_status
  {
    guard var copy = table?.pointee else { return ri_status(RI_INVALID) }
    copy.flags &= ~UInt32(flags)
    // Lives as long as the process, as what it is a copy of.
    let params = UnsafeMutablePointer<ri_param>.allocate(capacity: Int(copy.n_params))
    for index in 0..<Int(copy.n_params) {
      params[index] = copy.params[index]
      if freely { params[index].flags = UInt32(RI_PARAM_NON_FINITE | RI_PARAM_MAY_HAVE_NO_EFFECT) }
    }
    copy.params = UnsafePointer(params)
    return real.add_initializer(host, &copy)
  }

}

extension BrokenPromise {
  static let all = memory + spreading + order + numbers + reading

  private static let memory: [BrokenPromise] = [
    BrokenPromise("tensor_new does not say RI_DTYPE of a type that is none") { table in
      table.pointee.tensor_new = { call, dtype, rank, shape, data, out in
        let status = BrokenHost.real.tensor_new(call, dtype, rank, shape, data, out)
        return status == RI_DTYPE ? ri_status(RI_SHAPE) : status
      }
    },
    BrokenPromise("tensor_new does not say RI_SHAPE of a size below zero") { table in
      table.pointee.tensor_new = { call, dtype, rank, shape, data, out in
        let status = BrokenHost.real.tensor_new(call, dtype, rank, shape, data, out)
        return status == RI_SHAPE ? ri_status(RI_INVALID) : status
      }
    },
    BrokenPromise("tensor_new does not say RI_NO_MEMORY of more than there is") { table in
      table.pointee.tensor_new = { call, dtype, rank, shape, data, out in
        let status = BrokenHost.real.tensor_new(call, dtype, rank, shape, data, out)
        return status == RI_NO_MEMORY ? ri_status(RI_SHAPE) : status
      }
    },
    BrokenPromise("output does not say RI_DTYPE of a type that is none") { table in
      table.pointee.output = { call, index, dtype, rank, shape, out in
        let status = BrokenHost.real.output(call, index, dtype, rank, shape, out)
        return status == RI_DTYPE ? ri_status(RI_SHAPE) : status
      }
    },
    BrokenPromise("output does not say RI_SHAPE of a size below zero") { table in
      table.pointee.output = { call, index, dtype, rank, shape, out in
        let status = BrokenHost.real.output(call, index, dtype, rank, shape, out)
        return status == RI_SHAPE ? ri_status(RI_INTERNAL) : status
      }
    },
    BrokenPromise("output does not say RI_NO_MEMORY of more than there is") { table in
      table.pointee.output = { call, index, dtype, rank, shape, out in
        let status = BrokenHost.real.output(call, index, dtype, rank, shape, out)
        return status == RI_NO_MEMORY ? ri_status(RI_SHAPE) : status
      }
    },
    BrokenPromise("output does not say RI_INVALID of an output that is none") { table in
      table.pointee.output = { call, index, dtype, rank, shape, out in
        let status = BrokenHost.real.output(call, index, dtype, rank, shape, out)
        return status == RI_INVALID ? ri_status(RI_SHAPE) : status
      }
    },
    BrokenPromise("infer is told of another type of elements than there is", in: .layer("elements: f64", .f64)) {
      table in
      table.pointee.tensor_view = { call, tensor, out in
        let status = BrokenHost.real.tensor_view(call, tensor, out)
        if out?.pointee.data == nil { out?.pointee.dtype = ri_dtype(RI_F32) }
        return status
      }
    },
    BrokenPromise("tensor_view writes beyond the view") { table in
      table.pointee.tensor_view = { call, tensor, out in
        defer { out.map { UnsafeMutableRawPointer($0 + 1).storeBytes(of: 0, as: UInt8.self) } }
        return BrokenHost.real.tensor_view(call, tensor, out)
      }
    },
    BrokenPromise("tensor_new succeeds without a tensor") { table in
      table.pointee.tensor_new = { _, dtype, _, shape, data, _ in
        let size = shape?.pointee ?? 1
        return ri_status(
          dtype == 99 ? RI_DTYPE : size < 0 ? RI_SHAPE : size > 1 << 50 && data != nil ? RI_NO_MEMORY : RI_OK)
      }
    },
    BrokenPromise("layer_new succeeds without a layer") { table in
      table.pointee.layer_new = { _, _, _, _, _ in ri_status(RI_OK) }
    },
    BrokenPromise("scratch is not aligned as asked", in: .initializer("probe")) { table in
      table.pointee.scratch = { call, bytes, alignment in
        BrokenHost.real.scratch(call, bytes + 64, alignment).map { alignment > 64 ? $0 + 64 : $0 }
      }
    },
  ]

  private static let reading: [BrokenPromise] = [
    BrokenPromise("tensor_read gives other elements than tensor_view_as", in: .initializer("probe_reads")) { table in
      table.pointee.tensor_read = { call, tensor, first, count, dtype, out in
        BrokenHost.real.tensor_read(call, tensor, first == 0 && count > 1 ? 1 : first, min(count, 20), dtype, out)
      }
    },
    BrokenPromise(
      "tensor_read does not say RI_INVALID of elements beyond the end", in: .initializer("probe_reads")
    ) { table in
      table.pointee.tensor_read = { call, tensor, first, count, dtype, out in
        let status = BrokenHost.real.tensor_read(call, tensor, first, count, dtype, out)
        return status == RI_INVALID ? ri_status(RI_SHAPE) : status
      }
    },
    BrokenPromise(
      "tensor_read does not say RI_DTYPE of a type that is none of floats", in: .initializer("probe_reads")
    ) { table in
      table.pointee.tensor_read = { call, tensor, first, count, dtype, out in
        let status = BrokenHost.real.tensor_read(call, tensor, first, count, dtype, out)
        return status == RI_DTYPE ? ri_status(RI_OK) : status
      }
    },
  ]

  private static let spreading: [BrokenPromise] = [
    BrokenPromise(
      "parallel runs one piece after the other", in: .initializer("probe_whole(act: two_threads, patience: 300)")
    ) { table in
      table.pointee.parallel = { _, count, _, body, argument in
        count == 0 ? ri_status(RI_OK) : body?(0, count, argument) ?? ri_status(RI_INVALID)
      }
    },
    BrokenPromise("parallel runs one piece after the other", in: .layer("act: two_threads, patience: 300", .f32)) {
      table in
      table.pointee.parallel = { _, count, _, body, argument in
        count == 0 ? ri_status(RI_OK) : body?(0, count, argument) ?? ri_status(RI_INVALID)
      }
    },
    BrokenPromise("parallel does not return the body's failure", in: .initializer("probe")) { table in
      table.pointee.parallel = { call, count, grain, body, argument in
        BrokenHost.real.parallel(call, count, grain, body, argument) == RI_OK
          ? ri_status(RI_OK) : ri_status(RI_INTERNAL)
      }
    },
    BrokenPromise("parallel does not take every grain") { table in
      table.pointee.parallel = { call, count, grain, body, argument in
        count > 0 && (count - 1).addingReportingOverflow(grain).overflow
          ? ri_status(RI_OK) : BrokenHost.real.parallel(call, count, grain, body, argument)
      }
    },
    BrokenPromise("parallel splits what is one grain") { table in
      table.pointee.parallel = { call, count, grain, body, argument in
        BrokenHost.real.parallel(call, count, count == 9 ? 1 : grain, body, argument)
      }
    },
    BrokenPromise("a piece of parallel is shorter than the grain") { table in
      table.pointee.parallel = { call, count, grain, body, argument in
        BrokenHost.real.parallel(call, count, grain == 64 ? 1 : grain, body, argument)
      }
    },
    BrokenPromise("cancelled does not tell of an interruption", in: .initializer("probe(act: cancel, patience: 2000)"))
    { table in
      table.pointee.cancelled = { _ in 0 }
    },
  ]

  private static let order: [BrokenPromise] = [
    BrokenPromise("an exclusive initializer is called while it is called", in: .initializer("probe_exclusive")) {
      table in
      table.pointee.add_initializer = { BrokenHost.add($1, $0, without: RI_INITIALIZER_EXCLUSIVE, freely: false) }
    },
    BrokenPromise("an exclusive layer is called while it is called", in: .layer("exclusive", .f32)) { table in
      table.pointee.add_layer = { host, layer in
        guard var copy = layer?.pointee else { return ri_status(RI_INVALID) }
        copy.flags = 0
        return BrokenHost.real.add_layer(host, &copy)
      }
    },
    BrokenPromise("a parameter is no finite number", in: .initializer("probe(scale: nan)")) { table in
      table.pointee.add_initializer = { BrokenHost.add($1, $0, without: 0, freely: true) }
    },
    BrokenPromise("a number of a list is not finite", in: .initializer("probe(numbers: [1, inf])")) { table in
      table.pointee.add_initializer = { BrokenHost.add($1, $0, without: 0, freely: true) }
    },
    BrokenPromise("an initializer is registered outside of the entry", in: .initializer("probe")) { table in
      table.pointee.add_initializer = { host, initializer in
        _ = BrokenHost.real.add_initializer(host, initializer)
        return ri_status(RI_OK)
      }
    },
    BrokenPromise("a service of no name is given", in: .initializer("probe")) { table in
      table.pointee.service = { host, _, _ in UnsafeRawPointer(host) }
    },
    BrokenPromise("the host's name does not say its version") { $0.pointee.name.len = 6 },
  ]

  private static let numbers: [BrokenPromise] = [
    BrokenPromise("random_words gives other words than Philox4x32-10", in: .initializer("probe")) { table in
      table.pointee.random_words = { random, first, count, out in
        BrokenHost.real.random_words(random, first ^ 1 << 60, count, out)
        if first == 0x3fff_ffff_ffff_fffc { out?[0] ^= 1 }
      }
    },
    BrokenPromise("random_words depends on where a range begins", in: .initializer("probe")) { table in
      table.pointee.random_words = { random, first, count, out in
        BrokenHost.real.random_words(random, first == 22 ? 21 : first, count, out)
      }
    },
    BrokenPromise("random_uniform gives other values than specified", in: .initializer("probe")) { table in
      table.pointee.random_uniform = { random, first, count, low, high, out in
        BrokenHost.real.random_uniform(random, first, count, low, high.nextUp, out)
      }
    },
    BrokenPromise("random_normal gives other values than specified", in: .initializer("probe")) { table in
      table.pointee.random_normal = { random, first, count, mean, std, out in
        BrokenHost.real.random_normal(random, first, count, mean, std.nextUp, out)
      }
    },
    BrokenPromise("random_truncated_normal gives other values than specified", in: .initializer("probe")) { table in
      table.pointee.random_truncated_normal = { random, first, count, mean, std, low, high, out in
        BrokenHost.real.random_truncated_normal(random, first, count, mean, std.nextUp, low, high, out)
      }
    },
    BrokenPromise("random_truncated_normal accepts bounds in the wrong order", in: .initializer("probe")) { table in
      table.pointee.random_truncated_normal = { random, first, count, mean, std, low, high, out in
        _ = BrokenHost.real.random_truncated_normal(random, first, count, mean, std, low, high, out)
        return ri_status(RI_OK)
      }
    },
  ]
}
