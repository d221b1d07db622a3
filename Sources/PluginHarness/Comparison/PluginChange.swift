/// One difference between two builds of a plugin.
public struct PluginChange: Sendable, Equatable {
  /// What was done.
  public enum Kind: String, Sendable {
    /// It is new.
    case added
    /// It is gone.
    case removed
    /// It is another.
    case changed
  }

  /// What it is about: `plugin`, `initializer gabor`, `layer Gate`, `file`.
  public let subject: String
  /// What was done.
  public let kind: Kind
  /// To what: `parameter gain`, `values of weight [24, 10]`, `license`.
  public let what: String
  /// What there was; nil for what is new.
  public let before: String?
  /// What there is; nil for what is gone.
  public let after: String?
  /// Whether it changes what a user of the plugin has: rules that were valid are not, numbers are others without a new
  /// version of the algorithm, it does not load where it did.
  public let isNoticed: Bool

  package init(
    _ subject: String, _ kind: Kind, _ what: String, _ before: String? = nil, _ after: String? = nil, isNoticed: Bool
  ) {
    (self.subject, self.kind, self.what) = (subject, kind, what)
    (self.before, self.after, self.isNoticed) = (before, after, isNoticed)
  }

  /// A change where two texts differ.
  static func change(
    _ subject: String, _ what: String, _ before: String, _ after: String, isNoticed: Bool
  ) -> [PluginChange] {
    before == after ? [] : [PluginChange(subject, .changed, what, before, after, isNoticed: isNoticed)]
  }
}
