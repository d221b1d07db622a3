import Glibc

/// Destroys nested values one after the other instead of one inside of the other.
///
/// Swift releases what an object holds from within the object's own release, so a tree 100,000 levels deep would
/// need as many stack frames. An object that hands its nodes over here in its `deinit` needs a constant number:
/// the first one on a thread works a list off, and those that are destroyed meanwhile only add to it.
final class Teardown {
  /// Where each thread keeps the list that it works off; nil if the system has no more keys.
  private static let slot: pthread_key_t? = {
    var key = pthread_key_t()
    return pthread_key_create(&key, nil) == 0 ? key : nil
  }()
  private var pending: [any Node] = []

  /// Takes the nodes out of a list and destroys them.
  static func destroy(_ nodes: inout [NodeChild]) {
    guard let slot, !nodes.isEmpty else { return }
    if let running = pthread_getspecific(slot) {
      Unmanaged<Teardown>.fromOpaque(running).takeUnretainedValue().take(&nodes)
      return
    }
    let list = Teardown()
    list.take(&nodes)
    pthread_setspecific(slot, Unmanaged.passUnretained(list).toOpaque())
    while list.dropLast() {}
    pthread_setspecific(slot, nil)
    withExtendedLifetime(list) {}
  }

  // Neither is inlined: destroying a node changes the list behind the back of the loop above, and an optimizer
  // that keeps the array in registers over it reads freed memory.
  @inline(never)
  private func take(_ nodes: inout [NodeChild]) {
    for child in nodes { pending.append(child.node) }
    nodes = []
  }

  /// Destroys the last node, after it has left the list.
  @inline(never)
  private func dropLast() -> Bool {
    guard let node = pop() else { return false }
    withExtendedLifetime(node) {}
    return true
  }

  @inline(never)
  private func pop() -> (any Node)? { pending.popLast() }
}
