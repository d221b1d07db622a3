import CReinit

/// A tensor of the host's: immutable, counted, released with the last copy of this reference.
public final class TensorHandle: Sendable {
  nonisolated(unsafe) let raw: OpaquePointer
  private nonisolated(unsafe) let host: UnsafePointer<ri_host>

  /// Takes over a reference.
  init(owned raw: OpaquePointer, _ host: UnsafePointer<ri_host>) {
    self.raw = raw
    self.host = host
  }

  /// Adds a reference to one that is borrowed.
  convenience init(borrowed raw: OpaquePointer, _ host: UnsafePointer<ri_host>) {
    host.pointee.tensor_retain(raw)
    self.init(owned: raw, host)
  }

  deinit { host.pointee.tensor_release(raw) }
}

/// A layer of the host's, built in or of any plugin: immutable, counted, released with the last copy.
public final class LayerHandle: Sendable {
  nonisolated(unsafe) let raw: OpaquePointer
  private nonisolated(unsafe) let host: UnsafePointer<ri_host>

  /// Takes over a reference.
  init(owned raw: OpaquePointer, _ host: UnsafePointer<ri_host>) {
    self.raw = raw
    self.host = host
  }

  /// Adds a reference to one that is borrowed.
  convenience init(borrowed raw: OpaquePointer, _ host: UnsafePointer<ri_host>) {
    host.pointee.layer_retain(raw)
    self.init(owned: raw, host)
  }

  deinit { host.pointee.layer_release(raw) }
}
