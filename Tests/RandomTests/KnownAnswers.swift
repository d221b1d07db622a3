import CKernels
import CXXHash
import Tensors
import Testing

/// A published answer of Philox4x32-10.
struct PhiloxAnswer: Sendable {
  var counter: [UInt32], key: [UInt32], words: [UInt32]

  /// The stream and the index of the first of the four words.
  var place: (rk_stream, UInt64) {
    let block = UInt64(counter[1] & 0x0FFF_FFFF) << 32 | UInt64(counter[0])
    let stream = rk_stream(
      seed: UInt64(key[1]) << 32 | UInt64(key[0]), name_hash: UInt64(counter[3]) << 32 | UInt64(counter[2]),
      lane: counter[1] >> 28, past_caches: false)
    return (stream, 4 * block)
  }
}

@Suite("The generator and the hash give their authors' answers")
struct KnownAnswers {
  @Test(
    "Philox4x32-10 gives Random123's known answers (kat_vectors)",
    arguments: [
      PhiloxAnswer(
        counter: [0, 0, 0, 0], key: [0, 0],
        words: [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
      PhiloxAnswer(
        counter: [.max, .max, .max, .max], key: [.max, .max],
        words: [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
      PhiloxAnswer(
        counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: [0xa409_3822, 0x299f_31d0],
        words: [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
    ])
  func philox(_ answer: PhiloxAnswer) {
    let (stream, first) = answer.place
    #expect(Range32(first: first, count: 4).bits(.words, stream) == answer.words)
  }

  @Test(
    "Names are hashed by XXH64 with seed 0, as published",
    arguments: [
      ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B), ("abc", 0x44BC_2CF5_AD77_0999),
      ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
    ] as [(String, UInt64)])
  func hash(name: String, expected: UInt64) {
    #expect(RandomStream.hash(of: name.utf8) == expected)
    #expect(RandomStream.hash(of: name.utf8.lazy.map { $0 }) == expected)
    #expect(RandomStream(seed: 1, name: name).nameHash == expected)
  }

  @Test("The hash of a name is libxxhash's for every length, wherever it lies in memory")
  func hashOfEveryLength() {
    let bytes = (0..<400).map { UInt8(truncatingIfNeeded: $0 * 167 + $0 >> 3) }
    for start in 0..<8 {
      for count in 0..<200 {
        let expected = bytes.withUnsafeBytes { XXH64($0.baseAddress.map { $0 + start }, count, 0) }
        #expect(RandomStream.hash(of: bytes[start..<start + count]) == expected)
      }
    }
  }
}
