import CPluginCalls
import CReinit
import Diagnostics
import Glibc

/// Which version of the host a plugin meets: this one, or one that tests simulate.
package struct HostShape: Sendable, Hashable {
  /// How many bytes of the table the plugin may see.
  package var size: Int
  /// The minor version that the table says.
  package var minor: Int
  /// By how many bytes every other struct of the host's says that it is longer than in this version.
  package var growth: Int
  /// Whether nothing can be read behind the table.
  package var endsBeforeNothing = false
  /// Whether the host has tensors and layers; else one for initializers alone.
  package var hasLayers = true

  /// The table as it is.
  package static let current = HostShape(size: MemoryLayout<ri_host>.size, minor: Int(RI_ABI_MINOR))

  /// A host of another minor version: its table ends earlier, or says that it goes on.
  package init(size: Int, minor: Int, growth: Int = 0) {
    self.size = size
    self.minor = minor
    self.growth = growth
  }

  /// What the host writes into the `struct_size` of a struct.
  func size<Value>(of type: Value.Type) -> UInt32 { UInt32(MemoryLayout<Value>.size + growth) }

  /// Lends a struct that the other side may write as far as its `struct_size` says; what the body leaves in it.
  func lending<Value: BitwiseCopyable>(_ value: Value, _ body: (UnsafeMutablePointer<Value>) -> Void) -> Value {
    withUnsafeTemporaryAllocation(byteCount: MemoryLayout<Value>.size + growth, alignment: 16) { memory in
      memory.initializeMemory(as: UInt8.self, repeating: 0)
      memory.storeBytes(of: value, as: Value.self)
      guard let start = memory.baseAddress else { return value }
      body(start.assumingMemoryBound(to: Value.self))
      return memory.load(as: Value.self)
    }
  }
}

/// Makes the table of functions that a plugin is given.
enum HostTable {
  nonisolated(unsafe) static let placeholder = UnsafePointer(
    UnsafeMutablePointer<ri_host>.allocate(capacity: 1))

  private static let name = CName("reinit \(Release.version)")

  /// A table that lives as long as the process; what lies behind its size is not readable as one.
  static func make(for environment: PluginEnvironment, _ shape: HostShape) -> UnsafePointer<ri_host> {
    let size = max(shape.size, MemoryLayout<ri_host>.size)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    let table = memory.assumingMemoryBound(to: ri_host.self)
    table.pointee.struct_size = UInt32(shape.size)
    table.pointee.abi_major = UInt16(RI_ABI_MAJOR)
    table.pointee.abi_minor = UInt16(shape.minor)
    table.pointee.impl = Unmanaged.passRetained(environment).toOpaque()
    table.pointee.name = ri_str(ptr: name.pointer, len: UInt64(name.text.utf8.count))
    HostRegistrar.install(in: table)
    HostMemory.install(in: table)
    HostRandom.install(in: table)
    HostTensors.install(in: table)
    HostLayers.install(in: table)
    HostLayers.installInfo(in: table)
    rp_time_host_functions(table)
    environment.services.observer?.install(in: table)
    if !shape.hasLayers { HostTable.removeLayers(from: table) }
    return placed(table, shape)
  }

  /// Leaves out what a host may leave out: all of one group.
  private static func removeLayers(from table: UnsafeMutablePointer<ri_host>) {
    table.pointee.add_layer = { _, _ in ri_status(RI_UNSUPPORTED) }
    // Sources are tensors.
    table.pointee.add_initializer = { host, pointer in
      let table: ri_initializer? = try? CStruct.copy(pointer)
      if let table, table.n_sources > 0 { return ri_status(RI_UNSUPPORTED) }
      return PluginEnvironment.of(host)?.register { (open) throws(Diagnostic) in try open.add(pointer) }
        ?? ri_status(RI_INVALID)
    }
    guard let first = MemoryLayout<ri_host>.offset(of: \.tensor_new),
      let end = MemoryLayout<ri_host>.offset(of: \.service)
    else { return }
    (UnsafeMutableRawPointer(table) + first).initializeMemory(as: UInt8.self, repeating: 0, count: end - first)
  }

  /// An older host's table ends where memory ends, so that who reads on is noticed.
  private static func placed(_ table: UnsafeMutablePointer<ri_host>, _ shape: HostShape) -> UnsafePointer<ri_host> {
    guard shape.endsBeforeNothing else { return UnsafePointer(table) }
    let page = 4096
    let memory = mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED, shape.size <= page else { return UnsafePointer(table) }
    mprotect(memory + page, page, PROT_NONE)
    let end = memory + page - shape.size
    end.copyMemory(from: table, byteCount: min(shape.size, MemoryLayout<ri_host>.size))
    return UnsafePointer(end.assumingMemoryBound(to: ri_host.self))
  }
}

/// What an entry registers with.
enum HostRegistrar {
  static func install(in table: UnsafeMutablePointer<ri_host>) {
    table.pointee.add_initializer = { host, pointer in
      PluginEnvironment.of(host)?.register { (open) throws(Diagnostic) in try open.add(pointer) }
        ?? ri_status(RI_INVALID)
    }
    table.pointee.add_layer = { host, pointer in
      PluginEnvironment.of(host)?.register { (open) throws(Diagnostic) in try open.add(pointer) }
        ?? ri_status(RI_INVALID)
    }
    table.pointee.add_function = { host, pointer in
      PluginEnvironment.of(host)?.register { (open) throws(Diagnostic) in try open.add(pointer) }
        ?? ri_status(RI_INVALID)
    }
  }
}
