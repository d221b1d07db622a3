import Diagnostics
import Files
import Formats
import Glibc
import LayerVocabulary
import Reinitialization
import Tensors

/// How a tensor of one file stands to the tensor of that name in another.
public struct TensorDifference: Sendable {
  /// The verdict.
  public enum Status: String, Sendable {
    /// The same type, shape and bytes.
    case equal
    /// The same shape, other values.
    case changed
    /// Another shape or type.
    case reshaped
    /// In the first file only.
    case removed
    /// In the second file only.
    case added
  }
  /// The name in both files.
  public let name: String
  /// The verdict.
  public let status: Status
  /// The entry in the first file.
  public let before: SafeTensorsHeader.Entry?
  /// The entry in the second file.
  public let after: SafeTensorsHeader.Entry?
  /// How far values went apart, where they changed and are numbers.
  public internal(set) var change: Change?

  /// The size of a change.
  public struct Change: Sendable {
    /// Standard deviations before and after.
    public let std: (before: Double, after: Double)
    /// The cosine of the angle between both tensors as vectors.
    public let cosine: Double
    /// The norm of the difference over the norm of the first.
    public let relative: Double
  }
}

/// Compares two files tensor by tensor.
public enum CheckpointDiff {
  /// Every tensor of either file: in the order of the first, then those that only the second has.
  /// - Throws: reading's codes; ``Diagnostics/ErrorCode/threadCount``.
  /// - Parameter tensors: the names that count, each with the elements that do; nil for all.
  public static func between(
    _ a: CheckpointFiles, _ b: CheckpointFiles, only tensors: [(name: String, region: Region?)]? = nil,
    threads: Int? = nil, team: any Team = Alone()
  ) throws(Diagnostic) -> [TensorDifference] {
    let names =
      tensors?.map(\.name)
      ?? a.header.entries.map(\.name) + b.header.entries.map(\.name).filter { a.header[$0] == nil }
    let threads = try Workers.checked(threads ?? Workers.available)
    let results = Cells<TensorDifference?>(repeating: nil, count: names.count)
    let own = Array(team.share(of: Array(names.indices)))
    try team.together { () throws(Diagnostic) in
      try Workers.run(own.count, threads: threads) { (number) throws(Diagnostic) in
        results[own[number]] = try difference(names[own[number]], a, b, tensors?[own[number]].region)
      }
    }
    return try team.combine(results.array, named: names, a, b)
  }

  private static func difference(
    _ name: String, _ a: CheckpointFiles, _ b: CheckpointFiles, _ region: Region?
  ) throws(Diagnostic) -> TensorDifference {
    let (before, after) = (a.header[name], b.header[name])
    func verdict(_ status: TensorDifference.Status) -> TensorDifference {
      TensorDifference(name: name, status: status, before: before, after: after)
    }
    guard let before else { return verdict(.added) }
    guard let after else { return verdict(.removed) }
    guard before.shape == after.shape, before.dtype == after.dtype else { return verdict(.reshaped) }
    guard try !isEqual(before, a, after, b, region) else { return verdict(.equal) }
    var result = verdict(.changed)
    if let dtype = before.elementType {
      var sums = Sums()
      try inStep(before, a, after, b, region) { (first, second) throws(Diagnostic) in
        sums.add(first, second, dtype)
        return true
      }
      result.change = sums.change
    }
    return result
  }

  private static func isEqual(
    _ x: SafeTensorsHeader.Entry, _ a: CheckpointFiles, _ y: SafeTensorsHeader.Entry, _ b: CheckpointFiles,
    _ region: Region?
  ) throws(Diagnostic) -> Bool {
    var isEqual = true
    try inStep(x, a, y, b, region) { (first, second) throws(Diagnostic) in
      if let p = first.baseAddress, let q = second.baseAddress, memcmp(p, q, first.count) != 0 { isEqual = false }
      return isEqual
    }
    return isEqual
  }

  /// Reads both tensors in step, chunk by chunk, as long as the closure wants more.
  private static func inStep(
    _ x: SafeTensorsHeader.Entry, _ a: CheckpointFiles, _ y: SafeTensorsHeader.Entry, _ b: CheckpointFiles,
    _ region: Region?, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(Diagnostic) -> Bool
  ) throws(Diagnostic) {
    if let region { return try inStep(x, a, y, b, inside: region, body) }
    var offset = 0
    try a.readChunks(of: x) { (first) throws(Diagnostic) in
      var goesOn = true
      try withScratch(first.count) { (buffer) throws(Diagnostic) in
        try b.read(y, from: offset, into: buffer)
        goesOn = try body(first, UnsafeRawBufferPointer(buffer))
      }
      offset += first.count
      return goesOn
    }
  }

  /// The same for elements of both.
  private static func inStep(
    _ x: SafeTensorsHeader.Entry, _ a: CheckpointFiles, _ y: SafeTensorsHeader.Entry, _ b: CheckpointFiles,
    inside region: Region, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(Diagnostic) -> Bool
  ) throws(Diagnostic) {
    guard let size = x.elementType?.size, let map = RegionMap(region, in: Shape(x.shape)), !map.lacksMask else {
      return
    }
    let bytes = RegionBytes(map: map, size: size)
    var goesOn = true
    try bytes.forEachChunk { (memory, offset) throws(Diagnostic) in
      try a.read(x, from: offset, into: memory)
    } _: { (first, places) throws(Diagnostic) in
      guard goesOn else { return }
      try withScratch(places.count * size) { (buffer) throws(Diagnostic) in
        let count = try bytes.gatherMeant(places, into: buffer) { (memory, offset) throws(Diagnostic) in
          try b.read(y, from: offset, into: memory)
        }
        goesOn = try body(first, UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
    }
  }

  /// Running sums over two tensors.
  private struct Sums {
    var before = Statistics()
    var after = Statistics()
    var (xx, yy, xy, dd) = (0.0, 0.0, 0.0, 0.0)

    mutating func add(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer, _ dtype: DType) {
      before.add(a, dtype: dtype)
      after.add(b, dtype: dtype)
      let count = a.count / dtype.size
      let values = UnsafeMutableBufferPointer<Double>.allocate(capacity: 2 * count)
      defer { values.deallocate() }
      let (x, y) = (
        UnsafeMutableBufferPointer(rebasing: values[..<count]), UnsafeMutableBufferPointer(rebasing: values[count...])
      )
      ElementBuffer.read(a, dtype: dtype, into: x)
      ElementBuffer.read(b, dtype: dtype, into: y)
      for i in 0..<count {
        xx += x[i] * x[i]
        yy += y[i] * y[i]
        xy += x[i] * y[i]
        dd += (x[i] - y[i]) * (x[i] - y[i])
      }
    }

    var change: TensorDifference.Change {
      TensorDifference.Change(
        std: (before.std, after.std), cosine: xy / (xx * yy).squareRoot(), relative: (dd / xx).squareRoot())
    }
  }
}
