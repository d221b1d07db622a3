import CXXHash
import Glibc

/// Finds rows by name: an open-addressed table of indices, keyed by the names' bytes.
///
/// `Dictionary` over `String` costs many times as much for 100,000 names, and takes canonically equal names
/// as the same. The hash has a seed of its own for each process, so that no file can choose collisions.
struct SafeTensorsNames: Sendable {
  private static let seed = UInt64.random(in: .min ... .max)

  private var slots: [Slot]
  private let mask: Int

  private struct Slot {
    var index: Int32 = -1
    var tag: UInt32 = 0
  }

  /// Enters all names of a table; or two indices, in order, that have the same name.
  init(of table: SafeTensorsTable, duplicate: inout (earlier: Int, later: Int)?) {
    var size = 16
    while size < 2 * table.rows.count { size *= 2 }
    slots = Array(repeating: Slot(), count: size)
    mask = size - 1
    // All hashes first: the loop that follows is short, and waits for many slots at a time.
    let hashes = table.rows.indices.map { table.withName($0, Self.hash) }
    for (index, hash) in hashes.enumerated() {
      let slot = slot(for: hash) { other in
        hashes[other] == hash && table.withName(index) { Self.same(other, $0, in: table) }
      }
      guard slots[slot].index < 0 else {
        duplicate = (Int(slots[slot].index), index)
        return
      }
      slots[slot] = Slot(index: Int32(truncatingIfNeeded: index), tag: Self.tag(hash))
    }
  }

  /// The index of a name, or nil.
  func find(_ name: String, in table: SafeTensorsTable) -> Int? {
    var name = name
    return name.withUTF8 { bytes in
      let bytes = UnsafeRawBufferPointer(bytes)
      let found = slots[slot(for: Self.hash(bytes)) { Self.same($0, bytes, in: table) }].index
      return found < 0 ? nil : Int(found)
    }
  }

  /// The slot that has a name, or the free one where it belongs.
  @inline(__always) private func slot(for hash: UInt64, isSame: (Int) -> Bool) -> Int {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot].index >= 0 {
      if slots[slot].tag == Self.tag(hash), isSame(Int(slots[slot].index)) { break }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private static func hash(_ name: UnsafeRawBufferPointer) -> UInt64 {
    XXH64(name.baseAddress, name.count, seed)
  }

  private static func tag(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) }

  private static func same(_ index: Int, _ name: UnsafeRawBufferPointer, in table: SafeTensorsTable)
    -> Bool
  {
    table.withName(index) { other in
      guard other.count == name.count, let a = other.baseAddress, let b = name.baseAddress else {
        return other.count == name.count
      }
      return memcmp(a, b, name.count) == 0
    }
  }
}
