import Diagnostics
import LayerVocabulary
import Tensors

/// Values that are made of other tensors' values, prepared: any range can be written, from any thread.
///
/// Numbers are computed in double precision and rounded to f32, then to the tensor's type, as fresh values are; those of an f64
/// tensor are not rounded.
package struct MadeOfOthers: Sendable {
  private enum Form: Sendable {
    case copied
    case scaled(Double)
    case disturbed(shrink: Double, perturb: Double, FreshValues)
    case matched(offset: Double, factor: Double, FreshValues)
    case mean([Double])
    case spread(mean: [Double], std: [Double], RandomStream)
    case channels(ChannelMap)
    case made(FloatBuffer)
  }
  private let form: Form
  private let source: Tensor
  private let dtype: DType
  private let place: String

  /// Prepares what ranges need: moments, rows, another initializer's whole tensor.
  /// - Throws: ``Diagnostics/ErrorCode/sourceMissing`` without values; ``Diagnostics/ErrorCode/malformedDraw``,
  ///   ``Diagnostics/ErrorCode/outOfMemory``, ``Diagnostics/ErrorCode/missingLibrary``.
  package init(_ draw: Draw, _ shape: Shape, _ dtype: DType, _ stream: RandomStream) throws(Diagnostic) {
    guard let first = draw.sources.first, let values = first.values else {
      throw Diagnostic.sourceMissing(
        draw.sources.first?.description ?? "?", at: draw.method.rawValue, expected: "its values")
    }
    (source, self.dtype, place) = (values, dtype, first.description)
    switch draw.method {
    case .scale: form = .scaled(try draw.number("by"))
    case .shrinkPerturb:
      let fresh = try FreshValues(draw.requireOther(), shape, dtype, stream)
      form = .disturbed(shrink: try draw.number("shrink"), perturb: try draw.number("perturb"), fresh)
    case .matchOld:
      let fresh = try FreshValues(draw.requireOther(), shape, dtype, stream)
      let (offset, factor) = try Moments(fresh, count: shape.count).map(to: Moments(values), of: place)
      form = .matched(offset: offset, factor: factor, fresh)
    case .meanOf: form = .mean(try RowMoments(values, first.rows, of: place).mean)
    case .normalLike:
      let (moments, scale) = (try RowMoments(values, first.rows, of: place), try draw.number("scale"))
      form =
        try draw.integer("covariance", in: 0...1) == 0
        ? .spread(mean: moments.mean, std: try moments.deviations(of: values).map { $0 * scale }, stream)
        : .made(try NormalRows(values, moments, scale, stream).made(count: shape.count))
    case .inputChannels: form = .channels(try ChannelMap(draw))
    case .resample: form = .made(try GridSampler(draw).made(of: values))
    default: form = .copied
    }
  }

  /// Numbers that are made at a time, in the first-level cache.
  private static let block = 1024

  /// Writes the elements from `first` on, as many as the bytes hold.
  /// - Throws: ``Diagnostics/ErrorCode/sourceNotFinite`` for a value that is not finite; not where values are copied in their type.
  package func write(from first: Int, to bytes: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    if case .copied = form, source.dtype == dtype { return source.read(from: first, as: dtype, into: bytes) }
    let count = bytes.count / dtype.size
    withUnsafeTemporaryAllocation(of: Double.self, capacity: MadeOfOthers.block) { numbers in
      for start in stride(from: 0, to: count, by: MadeOfOthers.block) {
        let part = UnsafeMutableBufferPointer(rebasing: numbers[..<min(MadeOfOthers.block, count - start)])
        fill(part, from: first + start)
        round(part, to: UnsafeMutableRawBufferPointer(rebasing: bytes[(start * dtype.size)...]))
      }
    }
    guard let index = dtype.firstNotFinite(in: UnsafeRawBufferPointer(bytes)) else { return }
    throw Diagnostic(
      .sourceNotFinite, "an element made of others is no finite \(dtype)", at: place,
      expected: "finite numbers that \(dtype) holds", found: "element \(first + index)",
      hints: ["reinit inspect FILE counts NaN and infinities", "fill the tensor with fresh values"])
  }

  /// Elements from `first` on, in double precision.
  func fill(_ numbers: UnsafeMutableBufferPointer<Double>, from first: Int) {
    switch form {
    case .copied: source.read(from: first, into: numbers)
    case .scaled(let factor):
      source.read(from: first, into: numbers)
      for index in numbers.indices { numbers[index] *= factor }
    case .disturbed(let shrink, let perturb, let fresh):
      fresh.read(from: first, into: numbers)
      for index in numbers.indices { numbers[index] *= perturb }
      // What is made 0 times as large is not looked at.
      if shrink != 0 { add(shrink, from: first, to: numbers) }
    case .matched(let offset, let factor, let fresh):
      fresh.read(from: first, into: numbers)
      for index in numbers.indices { numbers[index] = offset + factor * numbers[index] }
    case .mean(let row):
      for index in numbers.indices { numbers[index] = row[(first + index) % row.count] }
    case .spread(let mean, let std, let stream):
      FreshValues.read(from: first, into: numbers) { stream.normal($0, from: $1, mean: 0, std: 1) }
      for index in numbers.indices {
        let column = (first + index) % mean.count
        numbers[index] = mean[column] + std[column] * numbers[index]
      }
    case .channels(let map): map.fill(numbers, from: first, of: source)
    case .made(let values):
      for index in numbers.indices { numbers[index] = Double(values.values[first + index]) }
    }
  }

  private func add(_ factor: Double, from first: Int, to numbers: UnsafeMutableBufferPointer<Double>) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: numbers.count) { old in
      source.read(from: first, into: old)
      for index in numbers.indices { numbers[index] += factor * old[index] }
    }
  }

  private func round(_ numbers: UnsafeMutableBufferPointer<Double>, to bytes: UnsafeMutableRawBufferPointer) {
    guard dtype != .f64 else {
      return bytes.copyMemory(from: UnsafeRawBufferPointer(UnsafeBufferPointer(numbers)))
    }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: numbers.count) { floats in
      for index in numbers.indices { floats[index] = Float(numbers[index]) }
      Draw.convert(UnsafeBufferPointer(floats), to: bytes, dtype: dtype)
    }
  }
}

/// The values that another initializer gives, before they are rounded to the tensor's type.
struct FreshValues: Sendable {
  private enum Source: Sendable {
    case elements(Draw, RandomStream, DType)
    indirect case others(MadeOfOthers)
    case whole(FloatBuffer)
  }
  private let source: Source

  /// - Throws: ``Diagnostics/ErrorCode/malformedDraw``, ``Diagnostics/ErrorCode/outOfMemory``, what making a whole tensor says.
  init(_ draw: Draw, _ shape: Shape, _ dtype: DType, _ stream: RandomStream) throws(Diagnostic) {
    if draw.isMadeOfOthers {
      source = .others(try MadeOfOthers(draw, shape, dtype, stream))
    } else if draw.isElementwise {
      source = .elements(draw, stream, dtype)
    } else {
      let values = try FloatBuffer(count: shape.count)
      try draw.write(values.values, shape: shape, stream: stream)
      source = .whole(values)
    }
  }

  /// Elements from `first` on.
  func read(from first: Int, into numbers: UnsafeMutableBufferPointer<Double>) {
    switch source {
    case .others(let others): others.fill(numbers, from: first)
    case .whole(let values):
      for index in numbers.indices { numbers[index] = Double(values.values[first + index]) }
    case .elements(let draw, let stream, let dtype):
      FreshValues.read(from: first, into: numbers) { draw.fill($0, from: $1, stream: stream, in: dtype) }
    }
  }

  /// Elements that are made as f32, widened.
  static func read(
    from first: Int, into numbers: UnsafeMutableBufferPointer<Double>,
    _ make: (UnsafeMutableBufferPointer<Float>, Int) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: numbers.count) { floats in
      make(floats, first)
      for index in numbers.indices { numbers[index] = Double(floats[index]) }
    }
  }
}

extension Draw {
  /// Whether values are made of other tensors' values by what is built in.
  package var isMadeOfOthers: Bool {
    switch method {
    case .copy, .scale, .shrinkPerturb, .matchOld, .meanOf, .normalLike, .resample, .inputChannels: true
    default: false
    }
  }

  /// Whether what such values need is found once, and is small.
  var isPreparedOfOthers: Bool {
    switch method {
    case .meanOf, .inputChannels: true
    case .normalLike: self["covariance"] == 0
    case .matchOld: others.allSatisfy(\.isElementwise)
    default: false
    }
  }

  func requireOther() throws(Diagnostic) -> Draw {
    guard let other else { throw malformed("no values to change") }
    return other
  }

  /// - Throws: ``Diagnostics/ErrorCode/malformedDraw`` if sources or numbers do not fit the tensor.
  func checkReading(_ shape: Shape, _ dtype: DType) throws(Diagnostic) {
    guard let source = sources.first else { throw malformed("no source") }
    switch method {
    case .copy: break
    case .scale: guard try number("by").isFinite else { throw malformed("a factor that is not finite") }
    case .shrinkPerturb:
      guard try number("shrink").isFinite, try number("perturb").isFinite else {
        throw malformed("factors that are not finite")
      }
    case .normalLike:
      _ = try integer("covariance", in: 0...1)
      guard let scale = self["scale"], scale >= 0, scale.isFinite else { throw malformed("no scale") }
    case .resample: return try checkGrids(shape, source)
    case .inputChannels: return try checkChannels(shape, source)
    default: break
    }
    if method == .shrinkPerturb || method == .matchOld { try requireOther().check(shape: shape, dtype: dtype) }
    let isByRow = method == .meanOf || method == .normalLike
    guard source.dtype.isFloatingPoint || method == .copy, method == .matchOld || source.shape.count > 0,
      isByRow
        ? shape.rank > 0 && source.shape.sizes.dropFirst() == shape.sizes.dropFirst()
        : method == .matchOld || source.shape == shape
    else { throw malformed("a source \(source.dtype) \(source.shape) for \(shape)") }
  }
}
