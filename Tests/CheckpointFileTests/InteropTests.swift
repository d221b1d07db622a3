import Checkpoints
import Diagnostics
import Formats
import Testing

/// Files go from here to the reference implementation and back, for every element type.
@Suite("Interchange", .enabled(if: Reference.isAvailable, Reference.why)) struct InteropTests {
  @Test("The official library reads what is written here, for every element type")
  func written() throws {
    let folder = try Folder()
    let tensors =
      SizedDType.all.map { (name: "t.\($0.name).é\"\n", dtype: $0.name, shape: [2, 4]) }
      + [(name: "empty", dtype: "F32", shape: [0, 3]), (name: "scalar", dtype: "F64", shape: [])]
    let header = try SafeTensorsHeader(layingOut: tensors, metadata: ["format": "pt", "k\"é": "v\n\u{1}"])
    let writer = try CheckpointWriter(folder["ours"], header: header, room: 333)
    let data = (0..<header.dataSize).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 1) }
    try data.withUnsafeBytes { try writer.write($0, at: 0) }
    try writer.commit()
    let script = """
      from safetensors import deserialize, safe_open
      for name, tensor in deserialize(open('ours', 'rb').read()):
          print(ascii(name), tensor['dtype'], tensor['shape'], bytes(tensor['data']).hex())
      with safe_open('ours', 'np') as file: print(sorted(map(ascii, file.metadata().items())))
      """
    let lines = Set(try Reference.run(script, in: folder))
    for entry in header.entries {
      let name = entry.name.contains("t.") ? "'t.\(entry.dtype).\\xe9\"\\n'" : "'\(entry.name)'"
      let hex = data[entry.range].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      #expect(lines.contains("\(name) \(entry.dtype) \(entry.shape) \(hex)"))
    }
    #expect(lines.count == tensors.count + 1)
    #expect(lines.contains { $0.contains(#"('format', 'pt')"#) && $0.contains(#"v\\n\\x01"#) })
  }

  @Test("What the official library writes is read here, for every element type that it can write")
  func read() throws {
    let folder = try Folder()
    let script = """
      import ctypes, safetensors
      names = '''bool float4_e2m1fn_x2 uint8 int8 float8_e5m2 float8_e4m3fn float8_e8m0fnu float8_e4m3fnuz
      float8_e5m2fnuz int16 uint16 float16 bfloat16 int32 uint32 float32
      complex64 float64 int64 uint64'''.split()
      sizes = dict(zip(names, [1] * 9 + [2] * 4 + [4] * 3 + [8] * 4))
      data = [ctypes.create_string_buffer(bytes((i * 31 + k) % 256 for k in range(6 * sizes[n])))
              for i, n in enumerate(names)]
      specs = {n: safetensors.TensorSpec(dtype=n, shape=[2, 3], data_ptr=ctypes.addressof(d),
                                         data_len=6 * sizes[n])
               for n, d in zip(names, data)}
      safetensors.serialize_file(specs, 'theirs', {'a': 'b'})
      for i, n in enumerate(names): print(n, i, sizes[n])
      """
    let lines = try Reference.run(script, in: folder)
    #expect(lines.count == 20)
    let file = try SafeTensorsFile(folder["theirs"])
    #expect(file.header.entries.count == 20 && file.header.metadata == ["a": "b"])
    for line in lines {
      let parts = line.split(separator: " ")
      let (index, size) = (try #require(Int(parts[1])), try #require(Int(parts[2])))
      let entry = try file.header.entry(named: String(parts[0]))
      #expect(entry.shape == (parts[0] == "float4_e2m1fn_x2" ? [2, 6] : [2, 3]))
      #expect(try file.bytes(of: entry) == (0..<6 * size).map { UInt8((index * 31 + $0) % 256) })
      #expect(entry.bitsPerElement == (parts[0] == "float4_e2m1fn_x2" ? 4 : 8 * size))
    }
  }
}
