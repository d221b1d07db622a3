import Diagnostics
import Tensors

/// Something strange that a plugin is asked to bear, and what is simpler and perhaps as strange.
protocol Strange {
  /// Simpler ones, the simplest first.
  var simpler: [Self] { get }
  /// What a report says.
  var text: String { get }
}

/// Random cases, each a function of seed and number; those that fail are made simpler as long as they fail alike.
///
/// A case is named by its number and the simplifications that were taken: `17/2/0`. One that ends the process is made
/// simpler by the process that started it.
enum Fuzzing {
  /// How many cases are tried.
  static let count = 200

  /// Tries all cases, or the one that the order names.
  /// - Throws: what the body found for the simplest case that it found it for.
  static func run<Case: Strange>(
    _ bench: Bench, _ make: (inout RandomStream) throws(Diagnostic) -> Case, _ body: (Case) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    if let path = bench.order.fuzzCase { return try runOne(path, bench, make, body) }
    for number in 0..<count {
      var random = bench.random(number)
      let strange = try make(&random)
      do throws(Diagnostic) { try attempt(strange, "\(number)", bench, body) } catch {
        throw try simplest(strange, "\(number)", error, bench, body)
      }
    }
  }

  private static func runOne<Case: Strange>(
    _ path: String, _ bench: Bench, _ make: (inout RandomStream) throws(Diagnostic) -> Case,
    _ body: (Case) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let steps = path.split(separator: "/").map { Int($0) }
    guard let number = steps.first ?? nil else { return }
    var random = bench.random(number)
    var strange = try make(&random)
    for step in steps.dropFirst() {
      let simpler = strange.simpler
      guard let step, simpler.indices.contains(step) else { return }
      strange = simpler[step]
    }
    do throws(Diagnostic) { try attempt(strange, path, bench, body) } catch {
      throw named(error, strange, path, bench)
    }
  }

  private static func attempt<Case: Strange>(
    _ strange: Case, _ path: String, _ bench: Bench, _ body: (Case) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    bench.announcer.fuzzing(path, simplifications: strange.simpler.count)
    bench.announcer.step(strange.text)
    try body(strange)
    if let breach = bench.inspector.breach { throw breach }
  }

  /// Takes the first simplification that fails alike, again and again.
  private static func simplest<Case: Strange>(
    _ strange: Case, _ path: String, _ failure: Diagnostic, _ bench: Bench, _ body: (Case) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> Diagnostic {
    var (strange, path, failure) = (strange, path, failure)
    var isSimpler = true
    while isSimpler {
      isSimpler = false
      for (step, candidate) in strange.simpler.enumerated() {
        bench.inspector.forgetBreach()
        do throws(Diagnostic) { try attempt(candidate, "\(path)/\(step)", bench, body) } catch {
          guard error.code == failure.code else { continue }
          (strange, path, failure, isSimpler) = (candidate, "\(path)/\(step)", error, true)
          break
        }
      }
    }
    return named(failure, strange, path, bench)
  }

  private static func named(
    _ failure: Diagnostic, _ strange: some Strange, _ path: String, _ bench: Bench
  ) -> Diagnostic {
    bench.fuzzPath = path
    var failure = failure
    failure.notes.append("case \(path): \(strange.text)")
    return failure
  }
}
