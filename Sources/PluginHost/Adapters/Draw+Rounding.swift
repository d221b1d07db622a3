import Diagnostics
import Initializers
import LayerVocabulary
import Tensors

extension Draw {
  /// Has a plugin's f32 values made and rounded to the tensor's type.
  ///
  /// Values of another type than f32 go through a buffer that stays in the cache; a method for the whole tensor is
  /// asked once.
  func fillRounding(
    _ bytes: UnsafeMutableRawBufferPointer, dtype: DType, from first: Int,
    _ make: (UnsafeMutableBufferPointer<Float>, Int) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    guard dtype.size > 0, let base = bytes.baseAddress else { return }
    let count = bytes.count / dtype.size
    if dtype == .f32 {
      return try make(UnsafeMutableBufferPointer(start: base.assumingMemoryBound(to: Float.self), count: count), first)
    }
    let memory = try FloatBuffer(count: isElementwise ? min(8192, count) : count)
    let buffer = memory.values
    defer { withExtendedLifetime(memory) {} }
    var done = 0
    while done < count {
      let part = UnsafeMutableBufferPointer(rebasing: buffer[..<min(buffer.count, count - done)])
      try make(part, first + done)
      let target = UnsafeMutableRawBufferPointer(start: base + done * dtype.size, count: part.count * dtype.size)
      Draw.convert(UnsafeBufferPointer(part), to: target, dtype: dtype)
      done += part.count
    }
  }
}
