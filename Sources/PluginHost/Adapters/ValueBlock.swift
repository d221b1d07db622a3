import CReinit
import CallText
import Initializers

/// Hyper-parameters in the ABI's form, with the memory that they point to; immutable, for any thread.
final class ValueBlock: @unchecked Sendable {
  /// One value for each parameter, in order.
  let values: UnsafeBufferPointer<ri_value>
  private let storage: UnsafeMutableBufferPointer<ri_value>
  private var memory: [UnsafeMutableRawPointer] = []

  /// The values, which have been checked against their parameters.
  init(_ arguments: [ArgumentValue], as parameters: [PluginParameter]) {
    storage = .allocate(capacity: max(1, parameters.count))
    storage.initialize(repeating: ri_value())
    values = UnsafeBufferPointer(rebasing: storage[..<parameters.count])
    for (index, (value, parameter)) in zip(arguments, parameters).enumerated() {
      storage[index] = abi(value, parameter.kind)
    }
  }

  deinit {
    memory.forEach { $0.deallocate() }
    storage.deallocate()
  }

  private func abi(_ value: ArgumentValue, _ kind: PluginParameter.Kind) -> ri_value {
    var result = ri_value()
    switch (kind, value) {
    case (.bool, .word(let word)):
      result.type = UInt32(RI_VALUE_BOOL)
      result.u.i64 = word == "true" ? 1 : 0
    case (.int, .number(let number)):
      result.type = UInt32(RI_VALUE_INT)
      result.u.i64 = Int64(exactly: number) ?? 0
    case (.real, .number(let number)):
      result.type = UInt32(RI_VALUE_REAL)
      result.u.f64 = number
    case (.word, .word(let word)):
      result.type = UInt32(RI_VALUE_WORD)
      result.count = UInt32(word.utf8.count)
      result.u.word = UnsafePointer(copy(word.utf8.map { CChar(bitPattern: $0) }))
    case (.ints, .list(let list)):
      result.type = UInt32(RI_VALUE_INTS)
      result.count = UInt32(list.count)
      result.u.i64s = UnsafePointer(copy(list.map { Int64(exactly: $0) ?? 0 }))
    case (.reals, .list(let list)):
      result.type = UInt32(RI_VALUE_REALS)
      result.count = UInt32(list.count)
      result.u.f64s = UnsafePointer(copy(list))
    default: break
    }
    return result
  }

  private func copy<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
    let size = max(1, elements.count * MemoryLayout<Element>.stride)
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    memory.append(bytes)
    let typed = bytes.bindMemory(to: Element.self, capacity: max(1, elements.count))
    for (index, element) in elements.enumerated() { typed[index] = element }
    return typed
  }
}
