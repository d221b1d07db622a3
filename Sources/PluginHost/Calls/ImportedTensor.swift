import CReinit
import Diagnostics
import Tensors

/// What another library hands over, checked as far as it can be: how much memory there is behind it, it does not say.
struct ImportedTensor {
  private let dtype: DType
  private let shape: Shape
  /// In elements, one for each axis.
  private let strides: [Int]
  /// The first element; nil where there is none.
  private let first: UnsafeRawPointer?

  /// - Throws: what the host cannot take.
  init(_ managed: ri_dl_managed) throws(HostRefusal) {
    guard managed.version.major == RI_DL_MAJOR else {
      throw HostRefusal(
        RI_UNSUPPORTED, "a tensor of another version of DLPack is handed over",
        found: "version \(managed.version.major)", expected: "version \(RI_DL_MAJOR)")
    }
    let tensor = managed.dl_tensor
    guard tensor.device.device_type == RI_DL_CPU else {
      throw HostRefusal(
        RI_UNSUPPORTED, "a tensor of another device is handed over", found: "device \(tensor.device.device_type)",
        expected: "memory of the processor, device \(RI_DL_CPU)")
    }
    guard let dtype = TensorExchange.dtype(of: tensor.dtype) else {
      let type = tensor.dtype
      throw HostRefusal(
        RI_DTYPE, "a tensor of elements that there are none of is handed over",
        found: "code \(type.code), \(type.bits) bits, \(type.lanes) lanes", expected: "a type of ri_dtype, one lane")
    }
    self.dtype = dtype
    shape = try ImportedTensor.shape(tensor, dtype)
    strides = try ImportedTensor.strides(tensor, shape)
    first = try ImportedTensor.first(tensor, shape, strides, dtype)
  }

  private static func shape(_ tensor: ri_dl_tensor, _ dtype: DType) throws(HostRefusal) -> Shape {
    let rank = tensor.ndim
    guard (0...64).contains(rank), rank == 0 || tensor.shape != nil else {
      throw HostRefusal(RI_SHAPE, "a shape that is none is handed over", found: "rank \(rank)")
    }
    let sizes = (0..<Int(rank)).map { Int(tensor.shape[$0]) }
    guard let shape = Shape(checking: sizes), !shape.count.multipliedReportingOverflow(by: dtype.size).overflow else {
      throw HostRefusal(RI_SHAPE, "a shape that is none is handed over", found: "\(sizes)")
    }
    return shape
  }

  private static func strides(_ tensor: ri_dl_tensor, _ shape: Shape) throws(HostRefusal) -> [Int] {
    let sizes = shape.sizes
    if let strides = tensor.strides { return sizes.indices.map { Int(strides[$0]) } }
    var (strides, stride) = (sizes, 1)
    for axis in sizes.indices.reversed() {
      strides[axis] = stride
      stride = stride.multipliedReportingOverflow(by: sizes[axis]).partialValue
    }
    return strides
  }

  /// The first element, if it and the outermost ones have addresses.
  private static func first(
    _ tensor: ri_dl_tensor, _ shape: Shape, _ strides: [Int], _ dtype: DType
  ) throws(HostRefusal) -> UnsafeRawPointer? {
    guard shape.count > 0 else { return nil }
    guard let data = tensor.data else {
      throw HostRefusal(RI_INVALID, "a tensor without data is handed over", found: "\(shape.count) elements at NULL")
    }
    var (low, high, overflows) = (0, dtype.size, false)
    for (size, stride) in zip(shape.sizes, strides) {
      let (elements, first) = (size - 1).multipliedReportingOverflow(by: stride)
      let (bytes, second) = elements.multipliedReportingOverflow(by: dtype.size)
      let (sum, third) = (bytes < 0 ? low : high).addingReportingOverflow(bytes)
      overflows = overflows || first || second || third
      if bytes < 0 { low = sum } else { high = sum }
    }
    let start = UInt(bitPattern: data).addingReportingOverflow(UInt(tensor.byte_offset))
    let begin = start.partialValue.subtractingReportingOverflow(low.magnitude)
    let end = start.partialValue.addingReportingOverflow(high.magnitude)
    guard !overflows, !start.overflow, !begin.overflow, !end.overflow else {
      throw HostRefusal(
        RI_SHAPE, "strides that lead out of memory are handed over",
        found: "\(strides) of \(shape), offset \(tensor.byte_offset)"
      )
    }
    return UnsafeRawPointer(bitPattern: start.partialValue)
  }

  /// The elements, in our order.
  func copy() throws(HostRefusal) -> Tensor {
    var tensor: Tensor
    do { tensor = try Tensor(allocating: shape, dtype: dtype) } catch {
      throw HostRefusal(
        RI_NO_MEMORY, "a tensor that is handed over has more elements than there is memory", found: "\(shape)")
    }
    guard let first else { return tensor }
    tensor.withMutableBytes(keepingContents: false) { bytes in
      guard let start = bytes.baseAddress else { return }
      copy(from: first, to: start)
    }
    return tensor
  }

  /// Copies piece by piece, each as long as elements follow one another.
  private func copy(from first: UnsafeRawPointer, to start: UnsafeMutableRawPointer) {
    let sizes = shape.sizes
    var (axes, piece) = (sizes.count, 1)
    while axes > 0, sizes[axes - 1] == 1 || strides[axes - 1] == piece {
      piece *= sizes[axes - 1]
      axes -= 1
    }
    let (steps, byteCount) = (strides.map { $0 &* dtype.size }, piece * dtype.size)
    var index = [Int](repeating: 0, count: axes)
    var (source, target) = (first, start)
    while true {
      target.copyMemory(from: source, byteCount: byteCount)
      target += byteCount
      var axis = axes - 1
      while axis >= 0, index[axis] == sizes[axis] - 1 {
        source -= index[axis] * steps[axis]
        index[axis] = 0
        axis -= 1
      }
      guard axis >= 0 else { return }
      index[axis] += 1
      source += steps[axis]
    }
  }
}
