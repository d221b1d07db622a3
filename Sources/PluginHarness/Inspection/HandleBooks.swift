/// Which references a plugin holds, and what it has been lent.
///
/// The plugin is given tokens and not the objects' addresses, so that an object can end as it does in a run, and a
/// handle that is used after that is still told from every other one.
struct HandleBooks {
  private struct Entry {
    /// The object's address, by which the host knows it.
    let object: UInt
    var owned = 0
    var lent = 0
  }
  private let addresses: Range<UInt>
  private var next: UInt
  private var free: [UInt] = []
  private var entries: [UInt: Entry] = [:]
  private var tokens: [UInt: UInt] = [:]
  private var lent: [UInt: [UInt]] = [:]
  /// Whether the tokens of dead objects are given again.
  var recycles = false

  /// - Parameter addresses: where nothing can be touched; tokens are addresses in it.
  init(_ addresses: Range<UInt>) {
    self.addresses = addresses
    next = addresses.lowerBound + 4096
  }

  /// References that have not been given back.
  var held: Int { entries.values.reduce(0) { $0 + $1.owned } }

  /// Whether the handle was ever the plugin's.
  func isKnown(_ handle: UInt) -> Bool { addresses.contains(handle) && handle < next }

  /// The object behind a handle that the plugin may use: it holds a reference, or a call that lends it runs.
  ///
  /// What comes to the plugin by a way that the inspector does not know comes as the object's own address.
  func object(of handle: UInt) -> UInt? { entries[handle]?.object ?? (tokens[handle] == nil ? nil : handle) }

  /// What the plugin is given for an object: the same as long as it may use it.
  mutating func token(of object: UInt) -> UInt {
    if let token = tokens[object] { return token }
    let token = recycles ? free.popLast() ?? fresh() : fresh()
    entries[token] = Entry(object: object)
    tokens[object] = token
    return token
  }

  /// A token for something else than a reference.
  mutating func fresh() -> UInt {
    next += 16
    return next - 16
  }

  mutating func lend(_ objects: [UInt], to call: UInt) {
    for object in objects {
      let token = token(of: object)
      entries[token]?.lent += 1
      lent[call, default: []].append(token)
    }
  }

  mutating func takeBack(lentTo call: UInt) {
    for token in lent.removeValue(forKey: call) ?? [] {
      entries[token]?.lent -= 1
      forgetUnused(token)
    }
  }

  /// The plugin holds one more reference to an object; what it is given.
  mutating func own(_ object: UInt) -> UInt {
    let token = token(of: object)
    entries[token]?.owned += 1
    return token
  }

  /// The object of a reference that the plugin gives back; nil where it holds none.
  mutating func disown(_ handle: UInt) -> UInt? {
    let token = tokens[handle] ?? handle
    guard let entry = entries[token], entry.owned > 0 else { return nil }
    entries[token]?.owned -= 1
    forgetUnused(token)
    return entry.object
  }

  private mutating func forgetUnused(_ token: UInt) {
    guard let entry = entries[token], entry.owned == 0, entry.lent == 0 else { return }
    entries[token] = nil
    tokens[entry.object] = nil
    if recycles { free.append(token) }
  }
}
