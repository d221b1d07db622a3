import CPluginCalls
import CReinit
import Diagnostics
import Synchronization

/// How the inspector runs bodies of `parallel`: on so many threads, which begin together, in uneven pieces.
final class ParallelPlan: Sendable {
  private let number = Atomic<Int>(0)
  private let count = Atomic<Int>(0)

  /// On how many threads; 0 leaves it to the host.
  var threads: Int {
    get { number.load(ordering: .relaxed) }
    set { number.store(newValue, ordering: .relaxed) }
  }

  /// How often `parallel` was used.
  var uses: Int { count.load(ordering: .relaxed) }

  /// The pieces of a use; nil where the host is to run it.
  func plan(_ count: UInt64, _ grain: UInt64) -> ParallelPieces? {
    let use = self.count.add(1, ordering: .relaxed).oldValue
    let threads = threads
    guard threads > 0 else { return nil }
    return ParallelPieces(threads: threads, cuts: ParallelPlan.cuts(count, max(1, grain), threads, use))
  }

  /// Pieces of at least `grain`, of sizes that differ.
  private static func cuts(_ count: UInt64, _ grain: UInt64, _ threads: Int, _ use: Int) -> [UInt64] {
    let most = min(count / grain, UInt64(threads == 1 ? 1 + use % 3 : 3 * threads))
    guard most > 1 else { return count == 0 ? [] : [0, count] }
    // Nothing of what is not needed by grains is shared evenly.
    let spare = count - most * grain
    let weights = (0..<most).map { 1 + ($0 * 7 + UInt64(use)) % 5 }
    let sum = weights.reduce(0, +)
    var cuts: [UInt64] = [0]
    for weight in weights.dropLast() { cuts.append((cuts.last ?? 0) + grain + spare / sum * weight) }
    return cuts + [count]
  }
}

/// Pieces of one use of `parallel`.
struct ParallelPieces: Sendable {
  let threads: Int
  /// The first elements of the pieces, and the end.
  let cuts: [UInt64]

  private struct Work: @unchecked Sendable {
    let body: rp_body_function
    let argument: UnsafeMutableRawPointer?
    let call: OpaquePointer
    let site: UnsafePointer<rp_site>?
  }

  /// Runs all pieces; the failure of the first one that fails.
  func run(_ body: rp_body_function, _ argument: UnsafeMutableRawPointer?, for call: OpaquePointer) -> ri_status {
    let work = Work(body: body, argument: argument, call: call, site: rp_active_site())
    let failures = Mutex<[Int: ri_status]>([:])
    let pieces = max(0, cuts.count - 1)
    // Nothing is thrown.
    try? Together.run(threads) { thread in
      for piece in stride(from: pieces - 1 - thread, through: 0, by: -threads) {
        let status = one(piece, work)
        if status != RI_OK { failures.withLock { $0[piece] = status } }
      }
    }
    return failures.withLock { $0.min { $0.key < $1.key }?.value } ?? ri_status(RI_OK)
  }

  private func one(_ piece: Int, _ work: Work) -> ri_status {
    Inspector.shared.begins("parallel", of: nil, work.call)
    defer { Inspector.shared.ends(work.call) }
    return InspectedCall.guarded(at: work.site) {
      rp_body($0, work.body, cuts[piece], cuts[piece + 1], work.argument, $1)
    }
  }
}
