import Diagnostics
import Initializers
import LayerVocabulary
import Tensors

/// Who wrote which tensor: everything that is needed to make the same values again and compare.
public struct Receipt: Sendable, Equatable {
  /// The format's version.
  public static let version = 1
  /// That of receipts with parts of tensors: who knows of none must not take them for receipts of whole ones.
  static let versionWithParts = 2

  /// One tensor that was filled.
  public struct Entry: Sendable, Equatable {
    /// The canonical path in the tree; it keyed the random stream.
    public var name: String
    /// The name in the file, where it differs.
    public var file: String?
    /// The names of further tensors in the file that are one with it, and have the same bytes.
    public var copies: [String]
    /// The index of the rule that won.
    public var rule: Int
    /// The initializer with its arguments, for people.
    public var initializer: String
    /// How the values were made; nil for a closure, which cannot be repeated.
    public var draw: Draw?
    /// The sizes of the axes.
    public var shape: [Int]
    /// The type of the elements.
    public var dtype: DType
    /// Which elements were filled; nil for all.
    public var region: Region?
    /// The hash of the bytes; nil until they are written to a file.
    ///
    /// Of a region, those of its own words one after the other, 0 where others have a say; nil where some were filled
    /// again since.
    public var hash: ContentHash?

    /// An entry from its parts.
    public init(
      name: String, file: String? = nil, copies: [String] = [], rule: Int, initializer: String, draw: Draw?,
      shape: [Int], dtype: DType, region: Region? = nil, hash: ContentHash? = nil
    ) {
      self.region = region
      self.name = name
      self.file = file
      self.copies = copies
      self.rule = rule
      self.initializer = initializer
      self.draw = draw
      self.shape = shape
      self.dtype = dtype
      self.hash = hash
    }

    /// The name in the file.
    public var fileName: String { file ?? name }
  }

  /// What one run wrote.
  public struct Run: Sendable, Equatable {
    /// The seed of all its streams.
    public var seed: UInt64
    /// Its rules, as they are printed.
    public var rules: [String]
    /// The tensors it filled that no later run has filled again.
    public var tensors: [Entry]

    /// A run from its parts.
    public init(seed: UInt64, rules: [String], tensors: [Entry]) {
      self.seed = seed
      self.rules = rules
      self.tensors = tensors
    }
  }

  /// The runs, latest first.
  public var runs: [Run]

  /// A receipt of those runs.
  public init(runs: [Run]) { self.runs = runs }

  /// The receipt of a plan that is carried out.
  public init(of plan: Plan) {
    runs = [
      Run(
        seed: plan.seed, rules: plan.rules.map(\.text),
        tensors: plan.steps.map { step in
          Entry(
            name: step.name, rule: step.rule, initializer: step.initializer, draw: step.draw,
            shape: step.shape.sizes, dtype: step.dtype, region: step.region)
        })
    ]
  }

  /// All entries with the seed of their run.
  public var entries: [(seed: UInt64, entry: Entry)] {
    runs.flatMap { run in run.tensors.map { (run.seed, $0) } }
  }

  /// This receipt on top of an older one, whose entries stand where nothing was written since and the file still
  /// has the tensor.
  public func following(_ older: Receipt?, keeping isStillThere: (Entry) -> Bool = { _ in true }) -> Receipt {
    guard let older else { return self }
    // Names are the same if their bytes are; Swift's strings are the same if their characters are.
    var written: [ByteName: [Entry]] = [:]
    for (_, entry) in entries { written[ByteName(entry.fileName), default: []].append(entry) }
    let kept = older.runs.compactMap { run -> Run? in
      var run = run
      run.tensors = run.tensors.compactMap { entry in
        guard isStillThere(entry) else { return nil }
        return written[ByteName(entry.fileName)].map { entry.left(by: $0) } ?? entry
      }
      return run.tensors.isEmpty ? nil : run
    }
    return Receipt(runs: runs + kept)
  }
}
