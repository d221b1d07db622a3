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

  /// No names.
  init() {
    slots = [Slot()]
    mask = 0
  }

  /// Enters all names of a table; or two indices, in order, that have the same name.
  init(of table: SafeTensorsTable, duplicate: inout (earlier: Int, later: Int)?) {
    var size = 16
    while size < 2 * table.rows.count { size *= 2 }
    slots = Array(repeating: Slot(), count: size)
    mask = size - 1
    for index in table.rows.indices {
      let row = table.rows[index]
      let (slot, tag) = table.nameBytes.withUnsafeBytes { bytes in
        probe(UnsafeRawBufferPointer(rebasing: bytes[row.nameStart..<row.nameStart + row.nameCount]), in: table)
      }
      guard slots[slot].index < 0 else {
        duplicate = (Int(slots[slot].index), index)
        return
      }
      slots[slot] = Slot(index: Int32(truncatingIfNeeded: index), tag: tag)
    }
  }

  /// The index of a name, or nil.
  func find(_ name: String, in table: SafeTensorsTable) -> Int? {
    var name = name
    let slot = name.withUTF8 { probe(UnsafeRawBufferPointer($0), in: table).slot }
    return slots[slot].index < 0 ? nil : Int(slots[slot].index)
  }

  private func probe(_ name: UnsafeRawBufferPointer, in table: SafeTensorsTable) -> (slot: Int, tag: UInt32) {
    let hash = XXH64(name.baseAddress, name.count, Self.seed)
    let tag = UInt32(truncatingIfNeeded: hash >> 32)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot].index >= 0 {
      if slots[slot].tag == tag, Self.same(Int(slots[slot].index), name, in: table) { break }
      slot = (slot + 1) & mask
    }
    return (slot, tag)
  }

  private static func same(_ index: Int, _ name: UnsafeRawBufferPointer, in table: SafeTensorsTable) -> Bool {
    let row = table.rows[index]
    guard row.nameCount == name.count else { return false }
    guard let base = name.baseAddress, name.count > 0 else { return true }
    return table.nameBytes.withUnsafeBytes { bytes in
      bytes.baseAddress.map { memcmp($0 + row.nameStart, base, name.count) == 0 } ?? false
    }
  }
}
