import CReinit

/// Why something failed, as the host sorts failures.
public struct Status: RawRepresentable, Sendable, Hashable {
  /// The number that crosses: 0 is success, every other value a failure.
  public let rawValue: Int32

  /// The status of that number.
  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// An argument, a parameter or a combination of them.
  public static let invalid = Status(rawValue: Int32(RI_INVALID))
  /// Right, but not offered.
  public static let unsupported = Status(rawValue: Int32(RI_UNSUPPORTED))
  /// A tensor of another shape.
  public static let shape = Status(rawValue: Int32(RI_SHAPE))
  /// Elements of another type.
  public static let elementType = Status(rawValue: Int32(RI_DTYPE))
  /// Memory that the host could not give.
  public static let noMemory = Status(rawValue: Int32(RI_NO_MEMORY))
  /// The user interrupted the run; see ``Call/isCancelled``.
  public static let cancelled = Status(rawValue: Int32(RI_CANCELLED))
  /// A name that is taken.
  public static let duplicate = Status(rawValue: Int32(RI_DUPLICATE))
  /// A size, version or pointer that cannot be right: a defect of the other side.
  public static let abi = Status(rawValue: Int32(RI_ABI))
  /// A defect of the plugin.
  public static let `internal` = Status(rawValue: Int32(RI_INTERNAL))

  static let success = Int32(RI_OK)
}

/// What a plugin throws: the host shows the message beside the parameter or layer that it was working on.
public struct PluginError: Error, Sendable, Hashable {
  /// What kind of failure it is.
  public let status: Status
  /// Lowercase, without a final period, saying what was expected and found: "expected 64, found 32".
  public let message: String

  /// A failure with its reason.
  public init(_ status: Status, _ message: String) {
    self.status = status
    self.message = message
  }

  /// A failure of a host's function, which has said more where it could: the first text stands.
  static func check(_ status: ri_status, _ what: StaticString) throws(PluginError) {
    guard status != Status.success else { return }
    throw PluginError(Status(rawValue: status), "the host refused \(what): status \(status)")
  }

  /// An answer for the host; never 0, and with a text.
  func report(to call: Call) -> ri_status {
    let code = status.rawValue == Status.success ? Status.internal.rawValue : status.rawValue
    return message.withText { call.host.pointee.fail(call.raw, code, $0) }
  }
}
