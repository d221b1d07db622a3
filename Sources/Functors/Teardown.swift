import Glibc

/// Destroys nested values one after the other instead of one inside of the other.
///
/// Swift releases what an object holds from within the object's own release, so a tree 100,000 levels deep would
/// need as many stack frames. An object that hands its nodes over here in its `deinit` needs a constant number:
/// the first one on a thread works a list off, and those that are destroyed meanwhile only add to it.
enum Teardown {
  /// Where each thread keeps a pointer to its list while it works one off; nil if the system has no more keys.
  private static let slot: pthread_key_t? = {
    var key = pthread_key_t()
    return pthread_key_create(&key, nil) == 0 ? key : nil
  }()

  /// Takes the nodes out of a list and destroys them.
  static func destroy(_ nodes: inout [Child]) {
    guard let slot, !nodes.isEmpty else { return }
    if let running = pthread_getspecific(slot) {
      move(&nodes, to: &running.assumingMemoryBound(to: [any Node].self).pointee)
      return
    }
    var pending: [any Node] = []
    move(&nodes, to: &pending)
    withUnsafeMutablePointer(to: &pending) { list in
      pthread_setspecific(slot, list)
      while !list.pointee.isEmpty { _ = list.pointee.removeLast() }
      pthread_setspecific(slot, nil)
    }
  }

  private static func move(_ nodes: inout [Child], to list: inout [any Node]) {
    for child in nodes where !(child.node is Absent) { list.append(child.node) }
    nodes = []
  }
}
