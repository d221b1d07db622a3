import CReinit

/// A plugin while it is registered: what it offers is added to it.
public final class Plugin {
  private let call: Call
  private var failure: ri_status?
  private var extensions: [Extension] = []

  private init(_ call: Call) { self.call = call }

  /// What a plugin does in its one function: says who it is, and adds what it offers.
  ///
  /// The kit has the entry that the host calls, which calls this function.
  ///
  ///     @c func reinit_plugin() {
  ///       Plugin.register(id: "org.example.gabor", version: "1.0.0", license: "MIT", summary: "Gabor filters") {
  ///         $0.add(Gabor.self)
  ///       }
  ///     }
  ///
  /// - Parameters:
  ///   - id: reverse DNS, lowercase.
  ///   - version: of the plugin.
  ///   - license: by its SPDX identifier.
  ///   - summary: one line.
  ///   - needs: what the plugin cannot do without; a host that lacks it refuses the plugin.
  ///   - body: adds initializers and layers.
  public static func register(
    id: StaticString, version: StaticString, license: StaticString, summary: StaticString, needs: [Requirement] = [],
    _ body: (Plugin) -> Void
  ) {
    guard let entry = Entry.current else { return }
    Entry.current?.status = register(
      entry.host, entry.plugin, entry.call, id: id, version: version, license: license, summary: summary,
      needs: needs, body)
  }

  /// The same in an entry that a plugin writes itself.
  ///
  /// - Parameters:
  ///   - host: the entry's first argument.
  ///   - me: its second.
  ///   - call: its third.
  ///   - id: reverse DNS, lowercase.
  ///   - version: of the plugin.
  ///   - license: by its SPDX identifier.
  ///   - summary: one line.
  ///   - needs: what the plugin cannot do without; a host that lacks it refuses the plugin.
  ///   - body: adds initializers and layers.
  /// - Returns: what the entry returns; not 0 if the host refused something, which it has then reported.
  public static func register(
    _ host: UnsafePointer<ri_host>?, _ me: UnsafeMutablePointer<ri_plugin>?, _ call: OpaquePointer?,
    id: StaticString, version: StaticString, license: StaticString, summary: StaticString, needs: [Requirement] = [],
    _ body: (Plugin) -> Void
  ) -> ri_status {
    guard let host, let me, let call, Int(host.pointee.abi_major) == Int(RI_ABI_MAJOR),
      host.pointee.struct_size >= UInt32(RI_HOST_SIZE_1_0),
      me.pointee.struct_size >= UInt32(RI_PLUGIN_SIZE_1_0)
    else { return Status.abi.rawValue }
    me.pointee.abi_major = UInt16(RI_ABI_MAJOR)
    me.pointee.abi_minor = UInt16(RI_ABI_MINOR)
    me.pointee.id = ri_str(id)
    me.pointee.version = ri_str(version)
    me.pointee.license = ri_str(license)
    me.pointee.summary = ri_str(summary)
    me.pointee.build = ri_str(compiler)
    Requirement.say(needs, to: &me.pointee)
    let plugin = Plugin(Call(host, call))
    body(plugin)
    Extension.publish(plugin.extensions, by: &me.pointee)
    return plugin.failure ?? Status.success
  }

  /// Adds an initializer that fills tensors itself.
  public func add<Kind: PluginInitializer>(_ kind: Kind.Type) {
    add(Kind.name, with: call.host.pointee.add_initializer) { InitializerBox<Kind>.descriptor(in: $0) }
  }

  /// Adds an initializer whose elements the host draws.
  public func add<Kind: DistributionInitializer>(_ kind: Kind.Type) {
    add(Kind.name, with: call.host.pointee.add_initializer) { arena in
      var descriptor = InitializerBox<Kind>.descriptor(in: arena)
      descriptor.fill = nil
      return descriptor
    }
  }

  /// Adds a layer that holds its children and is not run.
  public func add<Kind: PluginLayer>(_ kind: Kind.Type) {
    add(Kind.name, with: call.host.pointee.add_layer) { arena in
      LayerFactory<Kind>(LayerInstance<Kind>.self).descriptor(in: arena)
    }
  }

  /// Adds a layer that computes.
  public func add<Kind: ForwardLayer>(_ kind: Kind.Type) {
    add(Kind.name, with: call.host.pointee.add_layer) { arena in
      LayerFactory<Kind>(ForwardInstance<Kind>.self).forwardDescriptor(in: arena)
    }
  }

  /// Adds a layer that lists its children and is not run.
  public func add<Kind: DescribedLayer>(_ kind: Kind.Type) {
    add(Kind.name, with: call.host.pointee.add_layer) { Kind.describedRows(in: $0) }
  }

  /// Adds a layer that lists its children and computes.
  public func add<Kind: DescribedForwardLayer>(_ kind: Kind.Type) {
    add(Kind.name, with: call.host.pointee.add_layer) { DescribedBox<Kind>.forwardDescriptor(in: $0) }
  }

  /// Adds a table that newer hosts may ask for, by name and exact version.
  ///
  /// A copy of it lives as long as the plugin: a struct of plain values, as C has them, and C functions.
  public func add<Table: BitwiseCopyable>(extension name: StaticString, version: UInt32, _ table: Table) {
    extensions.append(Extension(name, version, table))
  }

  /// Lends a descriptor to the host, which copies it; nothing more after a failure.
  private func add<Descriptor>(
    _ name: String, with hand: (UnsafePointer<ri_host>?, UnsafePointer<Descriptor>?) -> ri_status,
    _ make: (Arena) -> Descriptor
  ) {
    guard failure == nil else { return }
    let arena = Arena()
    let status = withExtendedLifetime(arena) { withUnsafePointer(to: make(arena)) { hand(call.host, $0) } }
    guard status != Status.success else { return }
    failure = PluginError(Status(rawValue: status), "the host refused '\(name)'").report(to: call)
  }
}

#if compiler(>=6.5)
  private let compiler: StaticString = "Swift 6.5 or newer"
#elseif compiler(>=6.4)
  private let compiler: StaticString = "Swift 6.4"
#elseif compiler(>=6.3)
  private let compiler: StaticString = "Swift 6.3"
#else
  private let compiler: StaticString = "Swift"
#endif
