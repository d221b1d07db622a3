import Diagnostics
import Formats
import Testing

/// Pickles and archives that are broken, or made to harm: an error with a code, never a trap, a hang or a call.
@Suite("Hostile PyTorch files") struct PyTorchHostileTests {
  /// Names of Python that attacks have used or could use, and those of torch that are not read.
  static let globals = [
    "os system", "posix system", "nt system", "subprocess Popen", "builtins eval", "builtins exec",
    "__builtin__ getattr",
    "builtins __import__", "importlib import_module", "runpy _run_code", "sys exit",
    "socket socket", "shutil rmtree",
    "webbrowser open", "pickle loads", "torch load", "torch.hub load",
    "torch.storage _load_from_bytes",
    "torch._utils _rebuild_qtensor", "torch._utils _rebuild_sparse_tensor",
    "torch._utils _rebuild_tensor",
    "torch._utils _rebuild_device_tensor_from_numpy", "torch._tensor _rebuild_from_type_v2",
    "torch.nn.modules.linear Linear",
    "numpy.core.multiarray _reconstruct", "numpy dtype", "argparse Namespace",
    "collections defaultdict",
    "torch Tensor",
    "torch.cuda FloatStorage", "_codecs decode", "collections OrderedDict.fromkeys", "torch._utils",
    "",
  ]

  @Test(
    "Every name that is not data is refused, by GLOBAL, STACK_GLOBAL and INST", arguments: globals)
  func names(name: String) throws {
    let parts = name.split(separator: " ", omittingEmptySubsequences: false).map(String.init) + [""]
    let line = Array("\(parts[0])\n\(parts[1])\n".utf8)
    let spelled = [
      [0x63] + line, Pickle.text(parts[0]) + Pickle.text(parts[1]) + [0x93],
      [0x28] + Pickle.text("touch /tmp/x") + [0x69] + line,
    ]
    let scratch = try Scratch()
    for value in spelled {
      let call = value + Pickle.tuple([Pickle.text("touch /tmp/reinit-was-here")]) + [0x52]
      let error = try scratch.fault(
        Zip(pickle: Pickle.whole(Pickle.dictionary([("w", Pickle.tensor()), ("x", call)]))).bytes)
      #expect(
        error?.code == .pickleGlobal && error?.message.contains(parts[0] + "." + parts[1]) == true,
        "\(error?.description ?? "")")
    }
  }

  private static let nested =
    [UInt8](repeating: 0x5D, count: 300_000) + [UInt8](repeating: 0x61, count: 299_999)
  /// Forty levels of a list that holds the one below twice.
  private static let laughs: [UInt8] =
    Pickle.list([Pickle.tensor()]) + [0x71, 0]
    + (1...40).flatMap {
      [0x30, 0x5D, 0x28, 0x68, UInt8($0 - 1), 0x68, UInt8($0 - 1), 0x65, 0x71, UInt8($0)]
    }

  static let pickles: [(String, [UInt8], ErrorCode)] = [
    ("empty", [], .pickleMalformed), ("no values", [0x80, 2, 0x2E], .pickleMalformed),
    ("protocol 1", [0x80, 1, 0x7D, 0x2E], .pickleMalformed),
    ("protocol 6", [0x80, 6, 0x7D, 0x2E], .pickleMalformed),
    ("unknown opcode", [0x80, 2, 0xFF, 0x2E], .pickleMalformed),
    ("text opcode", Array("I1\n.".utf8), .pickleMalformed),
    ("persistent id as a line", Array("P0\n.".utf8), .pickleMalformed),
    ("extension", [0x80, 2, 0x82, 1, 0x2E], .pickleMalformed),
    ("buffer", [0x80, 5, 0x97, 0x2E], .pickleMalformed),
    ("no end", [0x80, 2, 0x7D], .pickleMalformed),
    ("two values", [0x80, 2, 0x7D, 0x7D, 0x2E], .pickleMalformed),
    ("open mark", [0x80, 2, 0x28, 0x7D, 0x2E], .pickleMalformed),
    ("value below a mark", Pickle.whole([0x7D, 0x28, 0x61]), .pickleMalformed),
    ("tuple of nothing", Pickle.whole([0x86]), .pickleMalformed),
    ("no mark", Pickle.whole([0x74]), .pickleMalformed),
    ("unknown memo", Pickle.whole([0x6A, 255, 255, 255, 255]), .pickleMalformed),
    ("LONG4 of 2 GiB", Pickle.whole([0x8B, 255, 255, 255, 127]), .pickleMalformed),
    ("LONG4 of -1", Pickle.whole([0x8B, 255, 255, 255, 255]), .pickleMalformed),
    ("text of 2⁶⁴-1", Pickle.whole([0x8D] + [UInt8](repeating: 255, count: 8)), .pickleMalformed),
    ("bytes of 2⁶³", Pickle.whole([0x8E, 0, 0, 0, 0, 0, 0, 0, 128]), .pickleMalformed),
    ("text that is not UTF-8", Pickle.whole([0x8C, 1, 0xFF]), .pickleMalformed),
    (
      "name without end", [0x80, 2, 0x63] + [UInt8](repeating: 0x41, count: 9000), .pickleMalformed
    ),
    ("append to a number", Pickle.whole([0x4B, 1, 0x4B, 1, 0x61]), .pickleMalformed),
    ("key of a list", Pickle.whole([0x5D, 0x4B, 1, 0x4B, 1, 0x73]), .pickleMalformed),
    ("odd dictionary", Pickle.whole([0x28, 0x4B, 1, 0x64]), .pickleMalformed),
    ("call of a text", Pickle.whole(Pickle.text("os.system") + [0x29, 0x52]), .pickleMalformed),
    (
      "call of a type", Pickle.whole(Pickle.call(Pickle.global("torch", "FloatStorage"), [])),
      .pickleMalformed
    ),
    (
      "call of a dtype", Pickle.whole(Pickle.call(Pickle.global("torch", "float16"), [])),
      .pickleMalformed
    ),
    ("state of a tuple", Pickle.whole([0x29, 0x7D, 0x62]), .pickleMalformed),
    (
      "dictionary of a number",
      Pickle.whole(Pickle.call(Pickle.global("collections", "OrderedDict"), [Pickle.int(1)])),
      .pickleMalformed
    ),
    (
      "size of a number",
      Pickle.whole(Pickle.call(Pickle.global("torch", "Size"), [Pickle.int(1)])), .pickleMalformed
    ),
    (
      "parameter of nothing",
      Pickle.whole(Pickle.call(Pickle.global("torch._utils", "_rebuild_parameter"), [])),
      .pickleMalformed
    ),
    ("storage named by a text", Pickle.whole(Pickle.text("x") + [0x51]), .pickleMalformed),
    ("storage without parts", Pickle.whole([0x29, 0x51]), .pickleMalformed),
    ("storage of another class", Pickle.whole(Pickle.storage("0", "float16")), .pickleMalformed),
    ("storage of -1 elements", Pickle.whole(Pickle.storage(count: -1)), .pickleMalformed),
    ("list in itself", Pickle.whole([0x5D, 0x71, 0, 0x68, 0, 0x61]), .pickleMalformed),
    ("nested too deep", Pickle.whole(nested), .pickleLimit),
    ("billion laughs", Pickle.whole(laughs), .pickleLimit),
    ("storage of 2⁶³ bytes", Pickle.whole(Pickle.storage(count: .max / 3)), .storageMismatch),
    (
      "storage of two sizes",
      Pickle.whole(Pickle.list([Pickle.storage(), Pickle.storage(count: 15)])), .storageMismatch
    ),
    ("missing storage", Pickle.whole(Pickle.tensor(of: Pickle.storage("1"))), .storageMismatch),
    (
      "storage outside of the folder",
      Pickle.whole(Pickle.tensor(of: Pickle.storage("../data.pkl"))), .storageMismatch
    ),
    (
      "storage of another size", Pickle.whole(Pickle.tensor(of: Pickle.storage(count: 17))),
      .storageMismatch
    ),
    ("beyond the storage", Pickle.whole(Pickle.tensor([4, 5], [5, 1])), .storageMismatch),
    ("beyond by the offset", Pickle.whole(Pickle.tensor(offset: 1)), .storageMismatch),
    ("offset of 2⁶³-1", Pickle.whole(Pickle.tensor(offset: .max)), .storageMismatch),
    ("beyond by strides", Pickle.whole(Pickle.tensor([2, 2], [1 << 40, 1])), .storageMismatch),
    ("negative offset", Pickle.whole(Pickle.tensor(offset: -1)), .tensorMalformed),
    ("negative size", Pickle.whole(Pickle.tensor([-4, 4])), .tensorMalformed),
    (
      "negative stride", Pickle.whole(Pickle.tensor([4, 4], [-4, 1], offset: 15)), .tensorMalformed
    ),
    (
      "overflowing size", Pickle.whole(Pickle.tensor([1 << 32, 1 << 32], [0, 0])), .tensorMalformed
    ),
    ("overflowing bytes", Pickle.whole(Pickle.tensor([1 << 62, 1], [0, 0])), .tensorMalformed),
    ("overflowing stride", Pickle.whole(Pickle.tensor([3, 3], [.max, .max])), .tensorMalformed),
    ("more sizes than strides", Pickle.whole(Pickle.tensor([4, 4], [4])), .tensorMalformed),
    (
      "65 axes",
      Pickle.whole(Pickle.tensor(Array(repeating: 1, count: 65), Array(repeating: 1, count: 65))),
      .tensorMalformed
    ),
    (
      "untyped", Pickle.whole(Pickle.tensor(of: Pickle.storage("0", "UntypedStorage", count: 64))),
      .tensorMalformed
    ),
    (
      "negated", Pickle.whole(Pickle.tensor(more: [Pickle.dictionary([("neg", [0x88])])])),
      .tensorMalformed
    ),
    (
      "conjugated", Pickle.whole(Pickle.tensor(more: [Pickle.dictionary([("conj", [0x88])])])),
      .tensorMalformed
    ),
    (
      "key that is no name", Pickle.whole([0x7D] + Pickle.tuple([]) + Pickle.tensor() + [0x73]),
      .tensorMalformed
    ),
    ("no tensors", Pickle.whole(Pickle.dictionary([("epoch", Pickle.int(3))])), .noSuchBranch),
    ("a number alone", Pickle.whole(Pickle.int(3)), .noSuchBranch),
    (
      "one name twice",
      Pickle.whole(Pickle.dictionary([("a", Pickle.tensor()), ("a", Pickle.tensor())])),
      .duplicateTensor
    ),
    (
      "one name twice by dots",
      Pickle.whole(
        Pickle.dictionary([
          ("a.b", Pickle.tensor()), ("a", Pickle.dictionary([("b", Pickle.tensor())])),
        ])),
      .duplicateTensor
    ),
    (
      "name of 2 MiB",
      Pickle.whole(Pickle.dictionary([(String(repeating: "x", count: 2 << 20), Pickle.tensor())])),
      .nameTooLong
    ),
  ]

  @Test("A pickle with one fault gives that fault's code", arguments: pickles)
  func pickle(given: (name: String, bytes: [UInt8], code: ErrorCode)) throws {
    let error = try Scratch().fault(Zip(pickle: given.bytes).bytes)
    #expect(error?.code == given.code, "\(given.name): \(error?.description ?? "no error")")
  }

  static let legal: [(String, [UInt8], Int)] = [
    ("huge memo index", [0x72, 255, 255, 255, 255] + Pickle.tensor() + [0x86], 1),
    ("tensor alone", Pickle.tensor(), 1),
    ("without elements", Pickle.tensor([0, 1 << 62, 1 << 62], [1, 1, 1], offset: 99), 1),
    ("expanded", Pickle.tensor([1000, 2], [0, 8]), 1), ("scalar", Pickle.tensor([], []), 1),
    ("metadata that say nothing", Pickle.tensor(more: [Pickle.dictionary([("neg", [0x89])])]), 1),
    (
      "plain resolved",
      Pickle.dictionary([("a", Pickle.tensor()), ("b", [0x8A, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9])]), 1
    ),
    (
      "size",
      Pickle.tuple([
        Pickle.call(Pickle.global("torch", "Size"), [Pickle.tuple([Pickle.int(1)])]),
        Pickle.tensor(),
      ]), 1
    ),
    (
      "device",
      Pickle.tuple([
        Pickle.call(Pickle.global("torch", "device"), [Pickle.text("cuda"), Pickle.int(1)]),
        Pickle.tensor(),
      ]), 1
    ),
    (
      "bytes",
      Pickle.tuple([
        Pickle.call(Pickle.global("_codecs", "encode"), [Pickle.text("é"), Pickle.text("latin1")]),
        Pickle.tensor(),
      ]), 1
    ),
    ("set", [0x8F, 0x28, 0x4B, 1, 0x90] + Pickle.tensor() + [0x86], 1),
    (
      "dictionary of pairs",
      Pickle.call(
        Pickle.global("collections", "OrderedDict"),
        [
          Pickle.list([
            Pickle.tuple([Pickle.text("a"), Pickle.tensor()]),
            Pickle.tuple([Pickle.text("b"), Pickle.tensor()]),
          ])
        ]), 2
    ),
  ]

  @Test("What is odd and legal is read", arguments: legal)
  func odd(given: (name: String, bytes: [UInt8], count: Int)) throws {
    let start: [UInt8] = given.name == "huge memo index" ? [0x7D] : []
    let file = try Scratch().torch(Zip(pickle: Pickle.whole(start + given.bytes)).bytes)
    #expect(file.entries.count == given.count, "\(given.name)")
    for entry in file.entries { #expect(try file.bytes(of: entry).count == entry.byteCount) }
  }
}
