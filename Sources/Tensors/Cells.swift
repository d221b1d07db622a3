/// Results that several threads store, each at its own index.
package final class Cells<Value: Sendable>: @unchecked Sendable {
  private let values: UnsafeMutableBufferPointer<Value>

  package init(repeating value: Value, count: Int) {
    values = .allocate(capacity: count)
    values.initialize(repeating: value)
  }

  deinit {
    values.deinitialize()
    values.deallocate()
  }

  package subscript(index: Int) -> Value {
    get { values[index] }
    set { values[index] = newValue }
  }

  package var array: [Value] { Array(values) }
}
