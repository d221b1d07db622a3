import Diagnostics

extension PickleMachine {
  /// Names of Python, and what stands for calls of them.
  mutating func makeObject(_ opcode: UInt8) throws(Diagnostic) -> Bool {
    switch opcode {
    case 0x63: try pushGlobal(try line(), try line())
    case 0x93: try pushStackGlobal()
    case 0x52, 0x81: try construct()
    case 0x92: try constructWithNames()
    case 0x62: try build()
    case 0x51: try pushStorage()
    // INST names a class as GLOBAL does, and would call it.
    case 0x69: throw refused("\(try line()).\(try line())")
    default: return false
    }
    return true
  }

  /// A text up to the end of the line.
  private mutating func line() throws(Diagnostic) -> String {
    let rest = reader.bytes[reader.offset...].prefix(4096)
    guard let end = rest.firstIndex(of: 0x0A),
      let text = String(validating: rest[..<end], as: UTF8.self)
    else { throw fault("a name of Python does not end, or is no text") }
    reader.offset = end + 1
    return text
  }

  private mutating func pushStackGlobal() throws(Diagnostic) {
    let (name, module) = (try pop(), try pop())
    guard let name = contents.text(name), let module = contents.text(module) else {
      throw fault("a name of Python is no text")
    }
    try pushGlobal(module, name)
  }

  private mutating func pushGlobal(_ module: String, _ name: String) throws(Diagnostic) {
    let full = "\(module).\(name)"
    if let known = globalNumbers[ByteName(full)] { return stack.append(.global(known)) }
    guard let global = PickleGlobal(full) else { throw refused(full) }
    let index = Int32(truncatingIfNeeded: contents.globals.count)
    globalNumbers[ByteName(full)] = index
    contents.globals.append(global)
    stack.append(.global(index))
  }

  private func refused(_ name: String) -> Diagnostic {
    let short = name.utf8.count > 200 ? name.prefix(200) + "…" : name[...]
    return fault(
      "the pickle names \(short), which is not data", .pickleGlobal,
      expected: "tensors, and plain values in dictionaries and lists"
    ).hinting(
      "if you trust the file, load it with torch in an environment of its own, and save the tensors alone: "
        + "torch.save(model.state_dict(), 'model.pt')")
  }

  private mutating func constructWithNames() throws(Diagnostic) {
    guard case .dictionary(let names) = try pop(), contents.dictionaries[Int(names)].isEmpty else {
      throw fault("arguments by name are not used for data")
    }
    try construct()
  }

  /// REDUCE and NEWOBJ: what a known name stands for, made of its arguments.
  private mutating func construct() throws(Diagnostic) {
    let (last, name) = (try pop(), try pop())
    guard let global = contents.global(name), case .tuple(let index) = last else {
      throw fault("what is called is no name, or has no arguments")
    }
    let arguments = contents.sequences[Int(index)]
    switch global {
    case .rebuildTensor: try pushTensor(arguments, typed: true)
    case .rebuildTensorWithDType: try pushTensor(arguments, typed: false)
    case .rebuildParameter, .parameter: try pushParameter(arguments)
    case .dictionary: try pushDictionary(from: arguments)
    case .size: try pushSize(arguments)
    case .device, .bytes: stack.append(.plain)
    case .storage, .dtype: throw fault("a type is called", expected: "a tensor")
    }
  }

  private mutating func pushParameter(_ arguments: [PickleValue]) throws(Diagnostic) {
    guard case .tensor? = arguments.first else {
      throw fault("a parameter is made of what is no tensor")
    }
    stack.append(arguments[0])
  }

  private mutating func pushSize(_ arguments: [PickleValue]) throws(Diagnostic) {
    guard arguments.count == 1, case .tuple = arguments[0] else {
      throw fault("a torch.Size is made of what is no tuple")
    }
    stack.append(arguments[0])
  }

  /// An ordered dictionary: empty, of pairs, or of a dictionary.
  private mutating func pushDictionary(from arguments: [PickleValue]) throws(Diagnostic) {
    switch (arguments.count, arguments.first) {
    case (0, _): pushDictionary([])
    // Both are the same one in what follows: nobody has the argument beside the result.
    case (1, .dictionary(let index)?): stack.append(.dictionary(index))
    case (1, .list(let index)?): pushDictionary(try pairs(of: contents.sequences[Int(index)]))
    default: throw fault("a dictionary is made of what is none")
    }
  }

  private mutating func pairs(
    of list: [PickleValue]
  ) throws(Diagnostic) -> [(key: PickleValue, value: PickleValue)] {
    contents.pairsTaken += list.count
    guard contents.pairsTaken <= contents.bytes.count else {
      throw fault("lists of pairs are used again and again")
    }
    var pairs: [(key: PickleValue, value: PickleValue)] = []
    for pair in list {
      guard let pair = contents.sequence(pair), pair.count == 2 else {
        throw fault("a pair has not two parts")
      }
      pairs.append((pair[0], pair[1]))
    }
    return pairs
  }

  /// BUILD sets attributes: those of a dictionary (`_metadata`) or of a parameter say nothing of the tensors.
  private mutating func build() throws(Diagnostic) {
    _ = try pop()
    switch try top() {
    case .dictionary, .tensor: return
    default: throw fault("attributes are set on what has none")
    }
  }

  /// BINPERSID: `('storage', class, key, device, number of elements)`.
  private mutating func pushStorage() throws(Diagnostic) {
    guard case .tuple(let index) = try pop() else {
      throw fault("a storage is named by what is no tuple")
    }
    let parts = contents.sequences[Int(index)]
    guard parts.count == 5, contents.text(parts[0]) == "storage", case .global(let type) = parts[1],
      case .storage(let element) = contents.globals[Int(type)], let key = contents.text(parts[2]),
      contents.text(parts[3]) != nil, case .integer(let count) = parts[4], count >= 0
    else {
      throw fault(
        "a storage's name is not torch's",
        expected: "('storage', class, key, device, number of elements)")
    }
    let (size, overflows) = count.multipliedReportingOverflow(by: element?.size ?? 1)
    guard !overflows else {
      throw fault(
        "the size of storage '\(key.prefix(100))' does not fit into 64 bits", .storageMismatch)
    }
    stack.append(.storage(try storage(key, size), type: type))
  }

  /// The number of a storage; tensors that share one name it again.
  private mutating func storage(_ key: String, _ size: Int) throws(Diagnostic) -> Int32 {
    guard let known = storageNumbers[ByteName(key)] else {
      let index = Int32(truncatingIfNeeded: contents.storages.count)
      storageNumbers[ByteName(key)] = index
      contents.storages.append(PickleContents.Storage(key: key, size: size))
      return index
    }
    guard contents.storages[Int(known)].size == size else {
      throw fault(
        "storage '\(key.prefix(100))' has two sizes", .storageMismatch,
        expected: "\(contents.storages[Int(known)].size) bytes", found: "\(size) bytes")
    }
    return known
  }
}
