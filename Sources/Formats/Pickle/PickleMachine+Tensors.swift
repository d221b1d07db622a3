import Diagnostics

/// Bounds of a tensor's description.
enum PyTorchTensorCheck {
  /// The most axes of a tensor; torch's own loops allow as many.
  static let rankLimit = 64
  /// The most bytes of a view that shows elements of its storage more than once.
  static let repeatedLimit = 1 << 30

  /// The number of elements, and how many elements of the storage the view reaches over; nil where that overflows.
  static func extent(_ sizes: [Int], _ strides: [Int]) -> (count: Int, reach: Int)? {
    var (count, last) = (1, 0)
    if sizes.contains(0) { return (0, 0) }
    for (size, stride) in zip(sizes, strides) {
      let (product, overflows) = count.multipliedReportingOverflow(by: size)
      let (step, stepOverflows) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, sumOverflows) = last.addingReportingOverflow(step)
      if overflows || stepOverflows || sumOverflows || sum == .max { return nil }
      (count, last) = (product, sum)
    }
    return (count, last + 1)
  }
}

extension PickleMachine {
  /// `_rebuild_tensor_v2(storage, offset, sizes, strides, requires_grad, hooks, metadata)`; v3 has a dtype before the last.
  ///
  /// - Parameter typed: Whether the element type is the storage's.
  mutating func pushTensor(_ arguments: [PickleValue], typed: Bool) throws(Diagnostic) {
    let least = typed ? 6 : 7
    guard (least...least + 1).contains(arguments.count),
      case .storage(let storage, let kind) = arguments[0],
      case .integer(let offset) = arguments[1], case .tuple(let sizes) = arguments[2],
      case .tuple(let strides) = arguments[3]
    else { throw misfit("the arguments of a tensor are not torch's") }
    let type = typed ? elementType(of: kind) : elementType(arguments[6])
    guard let type else { throw misfit("a tensor has no element type") }
    if arguments.count > least { try requirePlain(arguments[least]) }
    try check(type, sizes, strides, offset, contents.storages[Int(storage)])
    stack.append(.tensor(Int32(truncatingIfNeeded: contents.tensors.count)))
    contents.tensors.append(
      PickleContents.Tensor(
        storage: storage, type: type, offset: offset, sizes: sizes, strides: strides))
  }

  private func elementType(of storageClass: Int32) -> PyTorchDType? {
    guard case .storage(let type) = contents.globals[Int(storageClass)] else { return nil }
    return type
  }

  private func elementType(_ value: PickleValue) -> PyTorchDType? {
    guard case .dtype(let type)? = contents.global(value) else { return nil }
    return type
  }

  /// The metadata say whether the elements are to be conjugated or negated when they are read.
  private func requirePlain(_ metadata: PickleValue) throws(Diagnostic) {
    guard case .dictionary(let index) = metadata else { return }
    for (key, value) in contents.dictionaries[Int(index)].prefix(16) {
      if case .bool(true) = value, let name = contents.text(key), ["conj", "neg"].contains(name) {
        throw misfit("a tensor is a \(name == "conj" ? "conjugated" : "negated") view")
          .hinting("save it resolved: tensor.resolve_conj().resolve_neg()")
      }
    }
  }

  /// Holds a view against the storage that it is of.
  private func check(
    _ type: PyTorchDType, _ sizes: Int32, _ strides: Int32, _ offset: Int, _ storage: PickleContents.Storage
  ) throws(Diagnostic) {
    let axes = try axes(sizes, strides)
    guard offset >= 0 else { throw misfit("a tensor begins before its storage") }
    var shown: String { "\(axes.sizes) with strides \(axes.strides)" }
    guard let extent = PyTorchTensorCheck.extent(axes.sizes, axes.strides),
      !extent.count.multipliedReportingOverflow(by: type.size).overflow
    else { throw misfit("the size of a tensor does not fit into 64 bits", found: shown) }
    let (end, overflows) = offset.addingReportingOverflow(extent.reach)
    let capacity = storage.size / type.size
    guard extent.count == 0 || !overflows && end <= capacity else {
      throw fault(
        "a tensor reaches beyond its storage '\(storage.key.prefix(100))'", .storageMismatch,
        expected: "at most \(capacity) elements", found: "\(shown) from element \(offset) on")
    }
    guard extent.count <= max(capacity, PyTorchTensorCheck.repeatedLimit / type.size) else {
      throw misfit(
        "a tensor repeats the elements of its storage beyond reason",
        expected: "at most \(PyTorchTensorCheck.repeatedLimit) bytes", found: shown)
    }
  }

  /// The numbers of two tuples, of which each has one for each axis.
  private func axes(_ sizes: Int32, _ strides: Int32) throws(Diagnostic) -> (sizes: [Int], strides: [Int]) {
    let rank = contents.sequences[Int(sizes)].count
    guard rank <= PyTorchTensorCheck.rankLimit, rank == contents.sequences[Int(strides)].count else {
      throw misfit(
        "a tensor has other numbers of sizes and strides than torch writes",
        expected: "as many of each, at most \(PyTorchTensorCheck.rankLimit)",
        found: "\(rank) and \(contents.sequences[Int(strides)].count)")
    }
    let axes = (sizes: contents.integers(sizes), strides: contents.integers(strides))
    guard axes.sizes.count == rank, axes.strides.count == rank, axes.sizes.allSatisfy({ $0 >= 0 }),
      axes.strides.allSatisfy({ $0 >= 0 })
    else { throw misfit("a tensor has sizes or strides that are no non-negative integers") }
    return axes
  }

  private func misfit(_ message: String, expected: String? = nil, found: String? = nil) -> Diagnostic {
    fault(message, .tensorMalformed, expected: expected, found: found)
  }
}
