import Glibc
import Synchronization

/// Memory for what a plugin is lent: each block ends or begins at memory that cannot be touched, and none of it can be
/// touched once it is given back.
///
/// Blocks of one kind come from one reservation of addresses, so that the address of a crash tells what was touched.
/// An address means one thing only, until the reservation has been used up; see ``recycles`` for the contrary.
final class LentMemory: Sendable {
  /// What a block is for.
  enum Kind: Int, CaseIterable, Sendable {
    case text, table, scratch, elements, range, handle

    /// What a report says of it, between "memory" and "is touched".
    var meaning: String {
      switch self {
      case .text: "of a word or a path, behind its last byte or after the call,"
      case .table: "of arguments, shapes or structs, outside of them, after the call or for writing,"
      case .scratch: "of scratch, outside of it or after the call,"
      case .elements: "of a tensor's elements, outside of them or after the call,"
      case .range: "of a range that was filled earlier"
      case .handle: "behind a handle, which is no address,"
      }
    }
  }

  /// A block: pages of its own, of which a part is lent.
  struct Block: @unchecked Sendable {
    let kind: Kind
    let pages: UnsafeMutableRawBufferPointer
    let bytes: UnsafeMutableRawBufferPointer

    /// Bytes beside those that are lent, in the same pages.
    var slack: [UnsafeMutableRawBufferPointer] {
      guard let start = pages.baseAddress, let first = bytes.baseAddress, pages.count > 0 else { return [] }
      let behind = first + bytes.count
      return [
        UnsafeMutableRawBufferPointer(start: start, count: first - start),
        UnsafeMutableRawBufferPointer(start: behind, count: start + pages.count - behind),
      ]
    }
  }

  /// The one of this process.
  static let shared = LentMemory()

  private struct Reservation {
    /// 0 where the system gives no addresses.
    var base: UInt = 0
    var next = 0
    var live = 0
  }
  private let reservations: Mutex<[Reservation]>
  private static let size = 1 << 36
  private static let page = 4096
  private let isRecycling = Atomic<Bool>(false)

  private init() {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    reservations = Mutex(
      Kind.allCases.map { _ in
        let base = mmap(nil, LentMemory.size, PROT_NONE, flags, -1, 0)
        LentMemory.leaveOutOfCores(base, LentMemory.size)
        return Reservation(base: base == MAP_FAILED ? 0 : UInt(bitPattern: base))
      })
  }

  /// Whether addresses are given again as soon as nothing is lent: who takes an address for a name is found.
  var recycles: Bool {
    get { isRecycling.load(ordering: .relaxed) }
    set { isRecycling.store(newValue, ordering: .relaxed) }
  }

  /// The addresses of a kind.
  func addresses(of kind: Kind) -> Range<UInt> {
    let base = reservations.withLock { $0[kind.rawValue].base }
    return base..<(base + UInt(LentMemory.size))
  }

  /// A block that can be written; nil where there is no memory.
  /// - Parameter atEnd: whether the first byte behind it cannot be touched; else the last one before it.
  func take(_ kind: Kind, _ count: Int, alignment: Int = 1, atEnd: Bool = true) -> Block? {
    let room = (count + LentMemory.page - 1) / LentMemory.page * LentMemory.page
    guard let start = place(kind, room + LentMemory.page) else { return nil }
    if room > 0 {
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED
      guard mmap(start, room, PROT_READ | PROT_WRITE, flags, -1, 0) != MAP_FAILED else { return nil }
    }
    let first = atEnd ? (room - count) / max(1, alignment) * max(1, alignment) : 0
    return Block(
      kind: kind, pages: UnsafeMutableRawBufferPointer(start: start, count: room),
      bytes: UnsafeMutableRawBufferPointer(start: start + first, count: count))
  }

  /// The next addresses; the page before them cannot be touched either.
  private func place(_ kind: Kind, _ count: Int) -> UnsafeMutableRawPointer? {
    reservations.withLock { reservations in
      let present = reservations[kind.rawValue]
      guard present.base != 0, count < LentMemory.size / 2 else { return nil }
      let isOver = present.next + count > LentMemory.size - LentMemory.page || recycles && present.live == 0
      let begin = isOver || present.next == 0 ? LentMemory.page : present.next
      reservations[kind.rawValue].next = begin + count
      reservations[kind.rawValue].live += 1
      return UnsafeMutableRawPointer(bitPattern: present.base + UInt(begin))
    }
  }

  /// Keeps a core file that a debugger writes from having all addresses in it, and those that are given back of one kind
  /// with the others, so that the kernel joins them.
  private static func leaveOutOfCores(_ start: UnsafeMutableRawPointer?, _ count: Int) {
    guard let start, start != MAP_FAILED else { return }
    madvise(start, count, MADV_DONTDUMP)
  }

  /// From now on the block can only be read.
  func seal(_ block: Block) {
    guard block.pages.count > 0 else { return }
    mprotect(block.pages.baseAddress, block.pages.count, PROT_READ)
  }

  /// From now on the block cannot be touched.
  func giveBack(_ block: Block) {
    if block.pages.count > 0 {
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED
      mmap(block.pages.baseAddress, block.pages.count, PROT_NONE, flags, -1, 0)
      LentMemory.leaveOutOfCores(block.pages.baseAddress, block.pages.count)
    }
    reservations.withLock { $0[block.kind.rawValue].live -= 1 }
  }
}
