import CKernels
import Diagnostics
import LayerVocabulary
import Tensors

extension Draw {
  /// Writes elements from `first` on, as many as the bytes hold; for elementwise methods only.
  ///
  /// Values are made as f32 and rounded to the type, constants straight to the type. Any cut of a tensor into
  /// ranges gives the same bits. Nothing is written for another method, and only constants into integers.
  /// - Parameter bytes: memory aligned to the element, a whole number of elements.
  public func fill(
    _ bytes: UnsafeMutableRawBufferPointer, dtype: DType, from first: Int, stream: RandomStream
  ) {
    guard isElementwise, !mayFail, dtype.size > 0, let base = bytes.baseAddress else { return }
    let count = bytes.count / dtype.size
    if method == .constant {
      fillConstant(UnsafeMutableRawBufferPointer(start: base, count: count * dtype.size), dtype)
    } else if dtype == .f32 {
      let elements = base.assumingMemoryBound(to: Float.self)
      fill(UnsafeMutableBufferPointer(start: elements, count: count), from: first, stream: stream)
    } else if dtype.isFloatingPoint {
      fillConverting(base, count, dtype, first, stream)
    }
  }

  /// Values of another type than f32, through a buffer that stays in the cache.
  private func fillConverting(
    _ base: UnsafeMutableRawPointer, _ count: Int, _ dtype: DType, _ first: Int, _ stream: RandomStream
  ) {
    let block = 8192
    var stream = stream
    stream.writesPastCaches = false
    withUnsafeTemporaryAllocation(of: Float.self, capacity: min(block, count)) { buffer in
      var done = 0
      while done < count {
        let part = UnsafeMutableBufferPointer(rebasing: buffer[..<min(block, count - done)])
        fill(part, from: first + done, stream: stream, in: dtype)
        let bytes = UnsafeMutableRawBufferPointer(
          start: base + done * dtype.size, count: part.count * dtype.size)
        Draw.convert(UnsafeBufferPointer(part), to: bytes, dtype: dtype)
        done += part.count
      }
    }
  }

  /// Values of an elementwise method as f32; those between bounds stay there when they are rounded to the type.
  func fill(
    _ values: UnsafeMutableBufferPointer<Float>, from first: Int, stream: RandomStream, in dtype: DType = .f32
  ) {
    let number = { (name: String) in Float(self[name] ?? 0) }
    switch method {
    case .constant: rk_constant_f32(values.baseAddress, values.count, number("value"))
    case .uniform:
      stream.uniform(
        values, from: first, low: number("low"), high: number("high"), within: dtype == .f32 ? nil : bounds(in: dtype))
    case .normal: stream.normal(values, from: first, mean: number("mean"), std: number("std"))
    case .truncatedNormal:
      guard var truncation else { return }
      if dtype != .f32, let bounds = bounds(in: dtype) { truncation.narrow(to: bounds) }
      stream.truncatedNormal(values, from: first, truncation)
    default: break
    }
  }

  var truncation: Truncation? {
    guard let low = self["low"], let high = self["high"], let mean = self["mean"], let std = self["std"]
    else {
      return nil
    }
    return Truncation(low: Float(low), high: Float(high), mean: Float(mean), std: Float(std))
  }

  private func fillConstant(_ bytes: UnsafeMutableRawBufferPointer, _ dtype: DType) {
    let value = self["value"] ?? 0
    let count = bytes.count / dtype.size
    guard let base = bytes.baseAddress else { return }
    switch dtype {
    case .f64: rk_constant_u64(base.assumingMemoryBound(to: UInt64.self), count, value.bitPattern)
    case .f32: rk_constant_f32(base.assumingMemoryBound(to: Float.self), count, Float(value))
    case .f16, .bf16:
      var (pattern, rounded) = (UInt16(0), value.roundedToOdd)
      if dtype == .f16 { rk_f32_to_f16(&pattern, &rounded, 1) } else { rk_f32_to_bf16(&pattern, &rounded, 1) }
      rk_constant_u16(base.assumingMemoryBound(to: UInt16.self), count, pattern)
    case .f8e4m3, .f8e5m2:
      var pattern = UInt8(0)
      withUnsafeMutableBytes(of: &pattern) { ElementBuffer.write(count: 1, dtype: dtype, to: $0) { _ in value } }
      rk_constant_u8(base.assumingMemoryBound(to: UInt8.self), count, pattern)
    default: ElementBuffer.write(count: count, dtype: dtype, to: bytes) { _ in value }
    }
  }

  /// Rounds f32 values to a floating-point type; the bytes hold as many elements.
  public static func convert(
    _ values: UnsafeBufferPointer<Float>, to bytes: UnsafeMutableRawBufferPointer, dtype: DType
  ) {
    guard let base = bytes.baseAddress, let source = values.baseAddress else { return }
    let count = min(values.count, bytes.count / max(1, dtype.size))
    switch dtype {
    case .f32: bytes.copyMemory(from: UnsafeRawBufferPointer(start: source, count: 4 * count))
    case .f64: rk_f32_to_f64(base.assumingMemoryBound(to: Double.self), source, count)
    case .f16: rk_f32_to_f16(base.assumingMemoryBound(to: UInt16.self), source, count)
    case .bf16: rk_f32_to_bf16(base.assumingMemoryBound(to: UInt16.self), source, count)
    case .f8e4m3: rk_f32_to_e4m3(base.assumingMemoryBound(to: UInt8.self), source, count)
    case .f8e5m2: rk_f32_to_e5m2(base.assumingMemoryBound(to: UInt8.self), source, count)
    default: ElementBuffer.write(count: count, dtype: dtype, to: bytes) { Double(values[$0]) }
    }
  }
}
