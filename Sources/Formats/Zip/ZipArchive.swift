import Diagnostics
import Files

/// The directory of a zip archive, whole and checked: which members there are, and where their bytes stand in the file.
///
/// Nothing is ever unpacked to a file. Programs that read a zip differently from one another can be shown different
/// contents; what allows that (directories that do not end at the end record, members over each other, two of one name, a
/// local header that says otherwise) is refused. Format: PKWARE's APPNOTE 6.3.
struct ZipArchive: Sendable {
  /// One member.
  struct Member: Sendable {
    let name: String
    /// Where the bytes stand in the file.
    let range: Range<Int>
    /// False for compressed ones, whose bytes are not the contents.
    let isStored: Bool
  }

  /// The most that a directory may have, in bytes.
  static let directoryLimit = 100_000_000

  let path: String
  /// All members in the order of their bytes.
  let members: [Member]
  private let numbers: [ByteName: Int]

  /// Reads the directory of an open file.
  ///
  /// - Throws: R0440 where it breaks a rule, R0606 and R0607 where the file cannot be read.
  init(_ handle: FileHandle) throws(Diagnostic) {
    path = handle.path
    let end = try ZipEnd(handle)
    let records = try ZipDirectory.records(handle, end)
    var members: [Member] = []
    var numbers: [ByteName: Int] = [:]
    members.reserveCapacity(records.count)
    var free = 0
    for record in records.sorted(by: { $0.header < $1.header }) {
      let member = try ZipDirectory.member(record, handle, end)
      guard record.header >= free else {
        throw ZipFault.at(
          record.header, handle.path, "member '\(record.name)' overlaps another",
          expected: "\(free)")
      }
      free = member.range.upperBound
      if let earlier = numbers.updateValue(members.count, forKey: ByteName(member.name)) {
        let place = members[earlier].range.lowerBound
        throw ZipFault.at(
          record.header, handle.path, "there are two members '\(member.name)', one at byte \(place)"
        )
      }
      members.append(member)
    }
    self.members = members
    self.numbers = numbers
  }

  /// The member of a name, or nil.
  subscript(name: String) -> Member? { numbers[ByteName(name)].map { members[$0] } }

  /// Refuses a member whose bytes are not its contents.
  func requireStored(_ member: Member) throws(Diagnostic) {
    guard !member.isStored else { return }
    throw ZipFault.at(
      member.range.lowerBound, path, "member '\(member.name)' is compressed",
      expected: "a stored one"
    )
    .hinting("unpack the archive and pack it again without compression: zip -0 -r")
  }
}

enum ZipFault {
  /// An error at a byte of the file.
  static func at(
    _ place: Int, _ path: String, _ message: String, expected: String? = nil, found: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      .zipMalformed, message, at: "\(path), byte \(place)", expected: expected, found: found)
  }
}
