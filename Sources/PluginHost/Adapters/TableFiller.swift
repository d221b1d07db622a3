import CPluginCalls
import CReinit
import CallText
import Diagnostics
import Initializers
import LayerVocabulary
import Tensors

/// Calls the functions of one initializer of the ABI, with one set of arguments.
final class TableFiller: ForeignFiller, @unchecked Sendable {
  private let environment: PluginEnvironment
  private let table: ri_initializer
  private let name: CName
  private let values: ValueBlock
  /// Held around calls that must not overlap.
  private let turn: Turn?
  let givesNonFinite: Bool

  init(
    _ plugin: LoadedPlugin, _ table: ri_initializer, _ description: InitializerDescription, _ arguments: [ArgumentValue]
  ) {
    environment = plugin.environment
    self.table = table
    name = plugin.name(of: description.name)
    values = ValueBlock(arguments, as: description.parameters)
    turn = plugin.turn(of: description.name)
    givesNonFinite = description.givesNonFinite
  }

  func fill(
    _ bytes: UnsafeMutableRawBufferPointer, dtype: DType, shape: Shape, from first: Int, of draw: Draw,
    stream: RandomStream
  ) throws(Diagnostic) {
    let place = FillPlace(draw)
    if let abi = dtype.abi, dtype == .f32 || table.dtypes & (1 << abi) != 0 {
      return try call(draw, place, shape, stream, dtype, dtype, first, bytes.count / dtype.size, bytes.baseAddress)
    }
    try draw.fillRounding(bytes, dtype: dtype, from: first) { (values, first) throws(Diagnostic) in
      try call(
        draw, place, shape, stream, .f32, dtype, first, values.count, UnsafeMutableRawPointer(values.baseAddress))
    }
  }

  private func call(
    _ draw: Draw, _ place: FillPlace, _ shape: Shape, _ stream: RandomStream, _ dtype: DType, _ target: DType,
    _ first: Int, _ count: Int, _ out: UnsafeMutableRawPointer?
  ) throws(Diagnostic) {
    let path = draw.foreign?.path ?? ""
    let context = CallContext(environment, tensor: path)
    let sources = try handles(of: draw, at: path)
    try withRange(path, draw.foreign?.part, place, shape, stream, sources, context) { (range) throws(Diagnostic) in
      range.pointee.dtype = dtype.abi ?? 0
      range.pointee.target_dtype = target.abi ?? 0
      range.pointee.offset = UInt64(first)
      range.pointee.count = UInt64(count)
      range.pointee.out = out
      try taking { () throws(Diagnostic) in
        try environment.guarded("fill", of: name, in: context) { site, outcome in
          rp_fill(site, table.fill, range, table.user, outcome)
        }
      }
    }
  }

  /// Asks the plugin whether it can fill a tensor, and what its elements are drawn from.
  func check(
    _ context: ParameterContext, _ place: FillPlace, _ sources: [DrawSource], wantsDistribution: Bool
  ) throws(Diagnostic) -> ri_distribution? {
    let call = CallContext(environment, tensor: context.name)
    let stream = RandomStream(seed: 0, name: context.name)
    var distribution: ri_distribution?
    let shown = sources.map {
      TensorHandle(Tensor(lazy: $0.shape, dtype: $0.dtype), environment.services.counter)
    }
    try withRange(context.name, context.part?.name, place, context.shape, stream, shown, call) {
      (range) throws(Diagnostic) in
      range.pointee.target_dtype = context.dtype.abi ?? 0
      try taking { () throws(Diagnostic) in
        if let check = table.check {
          try environment.guarded("check", of: name, in: call) { site, outcome in
            rp_fill(site, check, range, table.user, outcome)
          }
        }
        guard wantsDistribution, let ask = table.distribution else { return }
        var answer = ri_distribution()
        answer.struct_size = environment.shape.size(of: ri_distribution.self)
        try environment.guarded("distribution", of: name, in: call) { site, outcome in
          rp_distribution(site, ask, range, table.user, &answer, outcome)
        }
        distribution = answer
      }
    }
    return distribution
  }

  /// What a draw reads; a receipt's may be of another version's sources.
  private func handles(of draw: Draw, at path: String) throws(Diagnostic) -> [TensorHandle] {
    let handles = draw.sources.compactMap { source in
      source.values.map { TensorHandle($0, environment.services.counter, source.conversions) }
    }
    guard handles.count == draw.sources.count, handles.count == table.n_sources else {
      throw Diagnostic(
        .pluginAlgorithm, "what 'fill' reads is not what was planned for", at: path,
        expected: "the values of \(table.n_sources) sources", found: "\(handles.count)")
    }
    return handles
  }

  private func taking(_ body: () throws(Diagnostic) -> Void) throws(Diagnostic) {
    guard let turn else { return try body() }
    try turn.taking(body)
  }

  /// Lends a range that describes the tensor; nothing of it outlives the body.
  private func withRange(
    _ path: String, _ part: String?, _ place: FillPlace, _ shape: Shape, _ stream: RandomStream,
    _ sources: [TensorHandle],
    _ context: CallContext,
    _ body: (UnsafeMutablePointer<ri_fill>) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    var range = ri_fill()
    range.struct_size = environment.shape.size(of: ri_fill.self)
    range.dtype = ri_dtype(RI_F32)
    range.rank = UInt32(shape.rank)
    range.role = place.role.abi
    range.total = UInt64(shape.count)
    range.fan_in = place.fans.map { Double($0.fanIn) } ?? .nan
    range.fan_out = place.fans.map { Double($0.fanOut) } ?? .nan
    range.random = stream.abi
    range.block_index = UInt64(place.block?.index ?? 0)
    range.block_count = UInt64(place.block?.count ?? 0)
    range.params = values.values.baseAddress
    range.n_params = UInt64(values.values.count)
    range.host = environment.host
    range.call = context.pointer
    let pointers = sources.map { Optional($0.pointer) }
    range.n_sources = UInt64(pointers.count)
    let sizes = shape.sizes.map(Int64.init)
    let slices = place.slices.map { ri_slice(first: Int64($0.start), count: Int64($0.count), step: Int64($0.step)) }
    let known = place.geometry?.abi(in: context)
    var geometry = known ?? ri_geometry()
    var failure: Diagnostic?
    var path = path
    path.withUTF8 { text in
      sizes.withUnsafeBufferPointer { sizes in
        withUnsafePointer(to: &geometry) { geometry in
          range.shape = sizes.baseAddress
          range.geometry = known == nil ? nil : geometry
          range.path = ri_str(
            ptr: UnsafeRawPointer(text.baseAddress)?.assumingMemoryBound(to: CChar.self), len: UInt64(text.count))
          pointers.withUnsafeBufferPointer { pointers in
            slices.withUnsafeBufferPointer { slices in
              var part = part ?? ""
              part.withUTF8 { part in
                range.sources = pointers.isEmpty ? nil : pointers.baseAddress
                range.part = slices.count == sizes.count && !slices.isEmpty ? slices.baseAddress : nil
                range.part_name = ri_str(
                  ptr: UnsafeRawPointer(part.baseAddress)?.assumingMemoryBound(to: CChar.self), len: UInt64(part.count))
                do throws(Diagnostic) { try body(&range) } catch { failure = error }
              }
            }
          }
        }
      }
    }
    withExtendedLifetime((context, values, sources)) {}
    if let failure { throw failure }
  }
}
