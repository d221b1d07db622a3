import CPluginCalls
import CReinit
import Diagnostics
import Glibc
import Initializers
import JSONText
import LayerVocabulary
import Synchronization

/// Brings a plugin's code into the process and has it register; nothing is published unless everything succeeds.
package struct PluginLoader {
  let file: PluginFile
  let services: PluginServices
  var shape = HostShape.current

  /// Loads the file, calls its entry, reads its manifest's functions.
  ///
  /// An entry is called once in a process: a second catalog takes what the first one heard.
  /// - Throws: the codes from R0350 on. The code stays in the process in any case: unloading is never safe.
  func load() throws(Diagnostic) -> LoadedPlugin {
    let key = EntryKey(digest: file.digest, path: FilePaths.absolute(file.path), shape: shape)
    return try PluginLoader.entered.withLock { entered throws(Diagnostic) -> LoadedPlugin in
      if let heard = entered[key] {
        let environment = PluginEnvironment(
          pluginID: heard.description.id, file: file.path, services: services, shape: shape)
        return LoadedPlugin(environment, heard.description, heard.registration, stamp: stamp(of: heard.description))
      }
      let loaded = try loadFirst()
      entered[key] = (loaded.description, loaded.registration)
      return loaded
    }
  }

  private struct EntryKey: Hashable {
    let digest: FileDigest
    let path: String
    let shape: HostShape
  }

  private static let entered = Mutex<[EntryKey: (description: PluginDescription, registration: Registration)]>([:])

  private func stamp(of description: PluginDescription) -> PluginStamp { description.stamp(digest: "\(file.digest)") }

  private func loadFirst() throws(Diagnostic) -> LoadedPlugin {
    let name = file.manifest?.id ?? ShellText.name(of: file.path)
    let environment = PluginEnvironment(pluginID: name, file: file.path, services: services, shape: shape)
    let registration = Registration()
    let (library, answer) = try keepingProcess(name) { () throws(Diagnostic) in
      let library = try open(environment)
      return (library, try file.hasEntry ? enter(library, environment, registration) : describedByManifest())
    }
    var description = answer
    environment.identify(description.id)
    registration.image = UInt(bitPattern: library)
    nameCrashes(of: library, environment)
    try addFunctions(of: library, to: registration)
    description.initializers = registration.initializers.map(\.description)
    description.layers = registration.layers.map(\.description)
    guard !description.initializers.isEmpty || !description.layers.isEmpty else {
      throw Diagnostic(.pluginEmpty, "'\(description.id)' registers nothing", at: file.path)
    }
    try check(description)
    return LoadedPlugin(environment, description, registration, stamp: stamp(of: description))
  }

  /// Puts back what a plugin changes of the process, and says so.
  private func keepingProcess<Value>(
    _ name: String, _ body: () throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> Value {
    let state = ProcessState()
    defer {
      let changes = state.restore()
      if !changes.isEmpty { services.report(.process(changes), of: name) }
    }
    return try body()
  }

  private func open(_ environment: PluginEnvironment) throws(Diagnostic) -> UnsafeMutableRawPointer {
    try LoadedFiles.require(file)
    var site = environment.site("dlopen", nil)
    var outcome = rp_outcome()
    var library: UnsafeMutableRawPointer?
    // A file by its absolute path is not looked for anywhere else.
    let path = strdup(FilePaths.absolute(file.path))
    defer { free(path) }
    // Never unloaded: Swift, thread-local destructors and unique symbols do not survive it.
    let open: rp_load_function = { path in
      dlopen(path?.assumingMemoryBound(to: CChar.self), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE)
    }
    let status = rp_load(&site, open, path, &library, &outcome)
    if rp_restore_handlers() != 0 { services.report(.crashHandlers, of: environment.pluginID) }
    if outcome.flags & UInt32(RP_FP_CHANGED) != 0 { services.report(.floatingPoint, of: environment.pluginID) }
    let message = withUnsafePointer(to: &outcome) { String(cString: rp_outcome_message($0)) }
    if outcome.flags & UInt32(RP_EXCEPTION) != 0 { throw LoadedFiles.end(by: file, message) }
    guard status == RI_OK, let library else {
      throw notLoaded(status == RI_OK ? dlerror().map { String(cString: $0) } ?? message : message)
    }
    try LoadedFiles.note(file)
    return library
  }

  /// Lets a crash in a thread of the plugin's own name the plugin.
  private func nameCrashes(of library: UnsafeMutableRawPointer, _ environment: PluginEnvironment) {
    let names = [PluginFile.entryName] + (file.manifest?.functionSymbols.map(\.symbol) ?? [])
    guard let symbol = names.lazy.compactMap({ dlsym(library, $0) }).first else { return }
    // Lives as long as the code, which is never unloaded.
    let site = UnsafeMutablePointer<rp_site>.allocate(capacity: 1)
    site.initialize(to: environment.site("its own thread", nil))
    _ = rp_add_image(site, symbol)
  }

  private func notLoaded(_ reason: String) -> Diagnostic {
    let text = reason.hasPrefix("\(file.path): ") ? String(reason.dropFirst(file.path.count + 2)) : reason
    return Diagnostic(
      .pluginNotLoaded, "the plugin cannot be loaded", at: file.path, found: text,
      hints: ["ldd \(ShellText.quoted(file.path)) lists what it needs"])
  }

  /// Calls the entry.
  private func enter(
    _ library: UnsafeMutableRawPointer, _ environment: PluginEnvironment, _ registration: Registration
  ) throws(Diagnostic) -> PluginDescription {
    guard let symbol = dlsym(library, "ri_plugin_entry_v1") else { throw notLoaded("ri_plugin_entry_v1 is not found") }
    let entry = unsafeBitCast(symbol, to: rp_entry_function.self)
    let context = CallContext(environment)
    var plugin = ri_plugin()
    plugin.struct_size = shape.size(of: ri_plugin.self)
    do throws(Diagnostic) {
      var failure: Diagnostic?
      plugin = shape.lending(plugin) { plugin in
        environment.registering(registration) {
          do throws(Diagnostic) {
            try environment.guarded("entry", of: nil, in: context) { site, outcome in
              rp_entry(site, entry, environment.host, plugin, context.pointer, outcome)
            }
          } catch { failure = error }
        }
      }
      if let refusal = registration.refusal { throw refusal }
      if let failure { throw failure }
    } catch { throw entryFailed(error) }
    registration.extension = plugin.extension
    return try describe(plugin)
  }

  /// A failure of the entry under a code of its own, but for exceptions and descriptors, which say more.
  private func entryFailed(_ error: Diagnostic) -> Diagnostic {
    guard error.code == .pluginCallFailed else { return error.inFile(file.path) }
    return Diagnostic(
      .pluginEntryFailed, "the plugin's entry failed: \(error.message)", at: file.path, found: error.found,
      hints: error.hints)
  }

  private func describe(_ plugin: ri_plugin) throws(Diagnostic) -> PluginDescription {
    do throws(Diagnostic) {
      guard Int(plugin.abi_major) == RI_ABI_MAJOR else { throw otherVersion(plugin) }
      let id = try CText.string(plugin.id, "ri_plugin.id")
      guard PluginNames.id.accepts(id) else {
        throw CText.descriptor("ri_plugin.id", "is not an id", expected: PluginNames.id.form, found: "'\(id)'")
      }
      let version = try CText.string(plugin.version, "ri_plugin.version")
      guard PluginNames.version.accepts(version) else {
        throw CText.descriptor(
          "ri_plugin.version", "is not a version", expected: PluginNames.version.form, found: "'\(version)'")
      }
      let required = try requirements(plugin)
      var description = PluginDescription(
        id: id, version: version, license: try CText.string(plugin.license, "ri_plugin.license"),
        summary: try CText.string(plugin.summary, "ri_plugin.summary"),
        build: try CText.string(plugin.build, "ri_plugin.build"),
        abi: (Int(plugin.abi_major), Int(plugin.abi_minor)))
      description.required = required
      return description
    } catch { throw error.inFile(file.path) }
  }

  /// What the plugin cannot do without; refuses one for which this host lacks some of it.
  private func requirements(_ plugin: ri_plugin) throws(Diagnostic) -> PluginRequirements {
    var required = PluginRequirements()
    required.minor = Int(plugin.needs_minor)
    guard plugin.n_needs <= 256, plugin.n_needs == 0 || plugin.needs != nil else {
      throw CText.descriptor("ri_plugin.needs", "is not a list", expected: "at most 256", found: "\(plugin.n_needs)")
    }
    for index in 0..<Int(plugin.n_needs) {
      guard let need = plugin.needs?[index] else { continue }
      required.services[try CText.string(need.service, "ri_plugin.needs[\(index)]")] = Int(need.version)
    }
    guard let (expected, found) = required.missing(minor: shape.minor) else { return required }
    throw Diagnostic(
      .manifestRequirement, "the plugin requires what this host does not have", expected: expected, found: found)
  }

  private func otherVersion(_ plugin: ri_plugin) -> Diagnostic {
    let isNewer = Int(plugin.abi_major) > RI_ABI_MAJOR
    return Diagnostic(
      .pluginVersion, "the plugin speaks another version of the ABI", expected: "major version \(RI_ABI_MAJOR)",
      found: "\(plugin.abi_major).\(plugin.abi_minor)",
      hints: [
        isNewer ? "a newer reinit may load it" : "ri_describe fills in the version of the headers; compile it again"
      ])
  }

  /// A plugin of plain functions alone says in its manifest who it is.
  private func describedByManifest() throws(Diagnostic) -> PluginDescription {
    guard let manifest = file.manifest else { throw notLoaded("it has neither an entry nor a manifest") }
    return PluginDescription(
      id: manifest.id, version: manifest.version, license: manifest.license, summary: manifest.summary,
      abi: (manifest.major, 0))
  }

  private func addFunctions(of library: UnsafeMutableRawPointer, to registration: Registration) throws(Diagnostic) {
    for function in file.manifest?.functions ?? [] {
      guard let symbol = dlsym(library, function.symbol) else {
        throw notLoaded("the manifest's function '\(function.symbol)' is not exported")
      }
      do throws(Diagnostic) {
        let place = "\(PluginManifest.section), function '\(function.name)'"
        try registration.add(try ManifestFunction(function.declaration, at: place), code: UInt(bitPattern: symbol))
      } catch { throw error.inFile(file.path) }
    }
  }

  /// Holds the manifest against what was registered.
  private func check(_ description: PluginDescription) throws(Diagnostic) {
    guard let manifest = file.manifest else { return }
    let functions = Set(manifest.functions.map(\.name))
    let registered = Set(description.initializers.map(\.name))
    // Who reads is refused where there are no tensors.
    let initializers = manifest.initializers.filter { shape.hasLayers || registered.contains($0) }
    let pairs = [
      ("id", manifest.id, description.id), ("version", manifest.version, description.version),
      (
        "initializers", initializers.sorted().joined(separator: ", "),
        description.initializers.map(\.name).filter { !functions.contains($0) }.sorted().joined(separator: ", ")
      ),
      (
        "layers", (shape.hasLayers ? manifest.layers : []).sorted().joined(separator: ", "),
        description.layers.map(\.name).sorted().joined(separator: ", ")
      ),
    ]
    guard let (key, said, done) = pairs.first(where: { $0.1 != $0.2 }) else { return }
    throw Diagnostic(
      .pluginManifest, "the manifest's '\(key)' is not what the plugin registers", at: file.path,
      expected: "'\(said)', as in the manifest", found: "'\(done)'")
  }
}

extension Diagnostic {
  /// The same with a file as the place, in front of a place that it has.
  func inFile(_ path: String) -> Diagnostic {
    var copy = self
    copy.place = place.map { "\(path): \($0)" } ?? path
    return copy
  }
}

/// Paths as the loader wants them.
package enum FilePaths {
  /// The path with no relation to the working folder.
  package static func absolute(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
