import Foundation
import PluginHost
import Reinit
import Testing

/// A plugin that hands tensors to other libraries by DLPack, and takes theirs.
enum Exchange {
  static let source = Source(
    name: "exchange",
    text: Piece.plugin(
      "exchange",
      """
      static ri_param params[] = {RI_WORD_PARAM("act", "around", NULL, 0, "what it does"),
        RI_INT_PARAM("number", 0, 0, "which one")};
      ri_layer_type type = {.struct_size = sizeof type, .name = RI_S("Exchange"), .summary = RI_S("DLPack"), .version = 1,
        .min_inputs = 1, .max_inputs = 1, .n_outputs = 1, .params = params, .n_params = 2, .children = rows, .n_children = 1,
        .forward = forward, .infer = forward};
      return host->add_layer(host, &type);
      """,
      before: """
        #include <dlfcn.h>
        #include <stdbool.h>
        #include <reinit/draft/dlpack.h>
        #include <reinit/kit.h>
        static const ri_child_row rows[] = {{.struct_size = sizeof(ri_child_row), .kind = RI_CHILD_LAYER, .name = RI_S("none")}};
        static const ri_draft_dlpack *dlpack;
        static int deleted;
        static void count(ri_dl_managed *self) { deleted++; }

        /* What is handed over says what the tensor is. */
        static ri_status describes(const ri_forward *pass, const ri_dl_managed *m) {
          const ri_dl_tensor *t = &m->dl_tensor;
          ri_view view = {.struct_size = sizeof view};
          ri_status s = pass->host->tensor_view(pass->call, pass->inputs[0], &view);
          if (s) return s;
          bool is_right = m->version.major == 1 && m->version.minor == 1 && m->flags == RI_DL_READ_ONLY && m->deleter
            && t->device.device_type == RI_DL_CPU && t->device.device_id == 0 && t->ndim == (int32_t)view.rank
            && t->dtype.lanes == 1 && t->byte_offset == 0 && t->data == (view.count ? view.data : NULL);
          int64_t stride = 1;
          for (int32_t i = t->ndim - 1; i >= 0; i--) {
            is_right = is_right && t->shape[i] == view.shape[i] && t->strides[i] == stride;
            stride *= view.shape[i] ? view.shape[i] : 1;
          }
          return is_right ? RI_OK : ri_fail(pass->host, pass->call, RI_INTERNAL, "not what the tensor is");
        }
        static ri_status give(const ri_forward *pass, ri_dl_managed *m) {
          ri_tensor *tensor = NULL;
          ri_status s = dlpack->from_dlpack(pass->call, m, &tensor);
          if (s) return ri_fail(pass->host, pass->call, s, "status %d", s);
          s = pass->host->set_output(pass->call, 0, tensor);
          pass->host->tensor_release(tensor);
          return s;
        }
        static ri_status around(const ri_forward *pass) {
          ri_dl_managed *m = NULL;
          ri_status s = dlpack->to_dlpack(pass->call, pass->inputs[0], &m);
          if (s) return ri_fail(pass->host, pass->call, s, "status %d", s);
          s = describes(pass, m);
          if (!s) return give(pass, m);
          m->deleter(m);
          return s;
        }

        /* What was handed over is read and given back on another thread, after the call. */
        static ri_dl_managed *held;
        static void *end(void *sum) {
          for (int i = 0; i < 6; i++) *(float *)sum += ((const float *)held->dl_tensor.data)[i];
          held->deleter(held);
          return NULL;
        }
        static ri_status drop(const ri_forward *pass) {
          float sum = 0;
          const int64_t shape[] = {1};
          pthread_t thread;
          if (pthread_create(&thread, NULL, end, &sum) || pthread_join(thread, NULL)) return RI_INTERNAL;
          ri_view view = {.struct_size = sizeof view};
          ri_status s = pass->host->output(pass->call, 0, RI_F32, 1, shape, &view);
          if (!s) *(float *)view.data = sum;
          return s;
        }

        /* What other libraries hand over: elements of 0 to 23. */
        typedef struct { int32_t ndim; int64_t shape[3], strides[3]; int64_t first; uint64_t offset; } layout;
        static const layout layouts[] = {
          {2, {4, 6}, {6, 1}, 0, 0}, {2, {6, 4}, {1, 6}, 0, 0}, {1, {24}, {-1}, 23, 0}, {2, {3, 2}, {0, 1}, 0, 0},
          {2, {2, 3}, {1, 0}, 0, 8}, {3, {2, 1, 3}, {12, INT64_MAX, 2}, 0, 4}, {0, {0}, {0}, 5, 0},
          {2, {0, 3}, {3, 1}, 0, 0}, {3, {2, 3, 4}, {-12, 4, 1}, 12, 0}, {3, {2, 2, 2}, {1, -2, 12}, 2, 0},
        };
        static ri_status layout_of(const ri_forward *pass, int64_t number) {
          static int32_t elements[24];
          for (int i = 0; i < 24; i++) elements[i] = i;
          layout l = layouts[number % 10];
          ri_dl_managed m = {{1, 7}, NULL, count, 0,
            {elements + l.first, {RI_DL_CPU, 0}, l.ndim, {RI_DL_INT, 32, 1}, l.shape, l.strides, l.offset}};
          if (number >= 10) m.dl_tensor.strides = NULL;
          if (l.shape[0] == 0 && l.ndim) m.dl_tensor.data = NULL;
          deleted = 0;
          ri_status s = give(pass, &m);
          return deleted == 1 ? s : ri_fail(pass->host, pass->call, RI_INTERNAL, "deleted %d times", deleted);
        }

        /* What the host cannot take. */
        static ri_status wrong(const ri_forward *pass, int64_t number) {
          static float element;
          int64_t shape[] = {2, 3}, strides[] = {3, 1};
          ri_dl_managed m = {{1, 0}, NULL, count, 0,
            {&element, {RI_DL_CPU, 0}, 2, {RI_DL_FLOAT, 32, 1}, shape, strides, 0}};
          switch (number) {
            case 0: m.version.major = 2; m.dl_tensor.ndim = 1 << 30; break;
            case 1: m.version.major = 0; break;
            case 2: m.dl_tensor.device.device_type = 2; break;
            case 3: m.dl_tensor.dtype.lanes = 4; break;
            case 4: m.dl_tensor.dtype.lanes = 0; break;
            case 5: m.dl_tensor.dtype.code = 5; m.dl_tensor.dtype.bits = 64; break;
            case 6: m.dl_tensor.dtype.bits = 80; break;
            case 7: m.dl_tensor.dtype.code = 17; m.dl_tensor.dtype.bits = 4; break;
            case 8: m.dl_tensor.ndim = -1; break;
            case 9: m.dl_tensor.ndim = 65; break;
            case 10: m.dl_tensor.shape = NULL; break;
            case 11: shape[0] = -2; break;
            case 12: shape[0] = INT64_MAX; break;
            case 13: strides[0] = INT64_MAX / 2; break;
            case 14: strides[1] = INT64_MIN; break;
            case 15: m.dl_tensor.byte_offset = UINT64_MAX; break;
            case 16: strides[0] = INT64_MIN / 8; break;
            case 17: m.dl_tensor.data = NULL; break;
            case 18: shape[0] = shape[1] = 1ll << 27; strides[0] = strides[1] = 0; break;
          }
          deleted = 0;
          ri_status s = give(pass, &m);
          return deleted == 1 ? s : ri_fail(pass->host, pass->call, RI_INTERNAL, "deleted %d times", deleted);
        }
        \(python)
        static ri_status forward(const void *user, const ri_forward *pass) {
          dlpack = pass->host->service(pass->host, ri_text(RI_DRAFT_DLPACK), 1);
          if (!dlpack || dlpack->version != 1 || pass->host->service(pass->host, ri_text(RI_DRAFT_DLPACK), 2)) return RI_ABI;
          const ri_value *act = &pass->params[0];
          const int64_t number = pass->params[1].u.i64;
          #define IS(word_) (act->count == sizeof(word_) - 1 && !memcmp(act->u.word, word_, act->count))
          if (IS("layout")) return layout_of(pass, number);
          if (IS("wrong")) return wrong(pass, number);
          if (IS("drop")) return drop(pass);
          if (IS("numpy")) return numpy(pass);
          if (IS("from_numpy")) return from_numpy(pass, number);
          if (IS("hold")) {
            ri_status s = dlpack->to_dlpack(pass->call, pass->inputs[0], &held);
            return s ? s : pass->host->set_output(pass->call, 0, pass->inputs[0]);
          }
          return around(pass);
        }

        """))

  /// NumPy in the plugin's process: what it makes of what it is handed, and what it hands over.
  private static let python = """
    static const char *expressions[] = {"np.arange(24, dtype=np.int32).reshape(2, 3, 4).transpose(2, 0, 1)",
      "np.arange(24, dtype=np.float64)[::-3]", "np.broadcast_to(np.arange(3, dtype=np.uint8), (2, 3))",
      "np.arange(24, dtype=np.float16).reshape(4, 6)[1:, ::-2]", "np.array(7, dtype=np.int64)",
      "np.zeros((0, 3), dtype=np.bool_)", "np.arange(24).reshape(6, 4) % 3 == 1"};
    static int (*run)(const char *);
    static int runs(const char *text) {
      static void (*start)(int), *(*save)(void), (*release)(int);
      static int (*ensure)(void), (*is_ready)(void);
      if (!start) {
        void *library = dlopen(getenv("REINIT_TEST_LIBPYTHON"), RTLD_NOW | RTLD_GLOBAL);
        if (!library) return -1;
        start = dlsym(library, "Py_InitializeEx"), run = dlsym(library, "PyRun_SimpleString");
        ensure = dlsym(library, "PyGILState_Ensure"), release = dlsym(library, "PyGILState_Release");
        save = dlsym(library, "PyEval_SaveThread");
        is_ready = dlsym(library, "Py_IsInitialized");
        /* Another copy of this plugin may have begun it. */
        if (!is_ready()) start(0), save();
      }
      int state = ensure(), status = run(text);
      release(state);
      return status;
    }
    static const char prelude[] =
      "import sys, os\\n"
      "sys.path.insert(0, os.environ['REINIT_TEST_PACKAGES'])\\n"
      "import ctypes, numpy as np\\n"
      "new = ctypes.pythonapi.PyCapsule_New; new.restype = ctypes.py_object\\n"
      "new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]\\n"
      "pointer = ctypes.pythonapi.PyCapsule_GetPointer; pointer.restype = ctypes.c_void_p\\n"
      "pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]\\n"
      "rename = ctypes.pythonapi.PyCapsule_SetName; rename.argtypes = [ctypes.py_object, ctypes.c_void_p]\\n"
      "used = globals().get('used') or ctypes.create_string_buffer(b'used_dltensor_versioned')\\n"
      "class Ours:\\n"
      "    def __init__(self, address): self.address = address\\n"
      "    def __dlpack_device__(self): return (1, 0)\\n"
      "    def __dlpack__(self, **options): return new(self.address, b'dltensor_versioned', None)\\n";

    /* NumPy reads what it is handed, and no more than that: its elements are written where the plugin says. */
    static ri_status numpy(const ri_forward *pass) {
      ri_dl_managed *m = NULL;
      ri_status s = dlpack->to_dlpack(pass->call, pass->inputs[0], &m);
      if (s) return s;
      ri_view in = {.struct_size = sizeof in}, out = {.struct_size = sizeof out};
      if ((s = pass->host->tensor_view(pass->call, pass->inputs[0], &in))) return s;
      if ((s = pass->host->output(pass->call, 0, in.dtype, in.rank, in.shape, &out))) return s;
      static char text[4096];
      snprintf(text, sizeof text, "%s"
        "array = np.from_dlpack(Ours(%llu))\\n"
        "assert not array.flags.writeable and array.ctypes.data == %llu or array.size == 0, array.flags\\n"
        "ctypes.memmove(%llu, array.tobytes(), array.nbytes)\\n"
        "kind, shape = str(array.dtype), list(array.shape)\\n"
        "del array\\n", prelude, (unsigned long long)m, (unsigned long long)in.data, (unsigned long long)out.data);
      return runs(text) ? ri_fail(pass->host, pass->call, RI_INTERNAL, "NumPy does not take it") : RI_OK;
    }
    static ri_status from_numpy(const ri_forward *pass, int64_t number) {
      static char text[4096];
      static ri_dl_managed *m;
      snprintf(text, sizeof text, "%s"
        "capsule = (%s).__dlpack__(max_version=(1, 1))\\n"
        "ctypes.c_void_p.from_address(%llu).value = pointer(capsule, b'dltensor_versioned')\\n"
        "rename(capsule, ctypes.addressof(used))\\n", prelude, expressions[number], (unsigned long long)&m);
      if (runs(text)) return ri_fail(pass->host, pass->call, RI_INTERNAL, "NumPy hands nothing over");
      /* What NumPy does when it is given back is Python's. */
      static int (*ensure)(void);
      static void (*release)(int);
      ensure = dlsym(RTLD_DEFAULT, "PyGILState_Ensure"), release = dlsym(RTLD_DEFAULT, "PyGILState_Release");
      int state = ensure();
      ri_status s = give(pass, m);
      release(state);
      return s;
    }
    """

  /// The library of the Python with NumPy that REINIT_PYTHON names, and its packages; nil without.
  static let numpy: (library: String, packages: String)? = {
    guard let python = ProcessInfo.processInfo.environment["REINIT_PYTHON"] else { return nil }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [
      "-c",
      """
      import sysconfig, os, numpy
      assert tuple(map(int, numpy.__version__.split('.')[:2])) >= (2, 1)
      library = os.path.join(sysconfig.get_config_var('LIBDIR'), sysconfig.get_config_var('INSTSONAME'))
      assert os.path.exists(library) and library.endswith(('.so', '.so.1.0'))
      print(library, os.path.dirname(os.path.dirname(numpy.__file__)), sep='\\n')
      """,
    ]
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
    guard (try? process.run()) != nil else { return nil }
    let lines = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).split(
      separator: "\n")
    return lines.count == 2 ? (String(lines[0]), String(lines[1])) : nil
  }()
}

@Suite("Tensors to and from other libraries, by DLPack", .serialized) struct ExchangeTests {
  private func withCatalog(_ body: (PluginCatalog) throws -> Void) throws {
    let folder = try Folder()
    try folder.copy(Stage.file("exchange"), "plugin.so")
    let catalog = try Stage.catalog(folder, scanner: nil)
    #expect(catalog.refused.isEmpty, "\(catalog.refused.map { "\($0.reason)" })")
    try body(catalog)
    #expect(catalog.handles == .none, "something is still held")
  }

  private func result(_ text: String, of input: Tensor, in catalog: PluginCatalog) throws -> Tensor {
    try #require(try catalog.layer(text).applied(to: [input]).first)
  }

  static let dtypes: [DType] = [
    .f32, .f64, .f16, .bf16, .f8e4m3, .f8e5m2, .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool,
  ]

  /// A tensor of all kinds of bits.
  private func tensor(_ dtype: DType, _ shape: Shape) -> Tensor {
    var tensor = Tensor(zeros: shape, dtype: dtype)
    tensor.withMutableBytes { bytes in
      for index in bytes.indices {
        bytes[index] = dtype == .bool ? UInt8(index % 2) : UInt8(truncatingIfNeeded: index &* 37 &+ 11)
      }
    }
    return tensor
  }

  private func bits(_ tensor: Tensor) -> [UInt8] { tensor.withBytes { Array($0) } }

  @Test("Out and in again a tensor has type, shape and bits as it had", arguments: dtypes)
  func around(_ dtype: DType) throws {
    try withCatalog { catalog in
      for shape in [[2, 3, 5], [], [7], [0, 3], [1, 1]] as [Shape] {
        let input = tensor(dtype, shape)
        let output = try result("Exchange()", of: input, in: catalog)
        #expect(output.dtype == dtype && output.shape == shape && bits(output) == bits(input))
      }
    }
  }

  @Test("What is handed over lives until its deleter is called, on whichever thread, and not longer")
  func lifetime() throws {
    try withCatalog { catalog in
      _ = try result("Exchange(act: hold)", of: Tensor([1, 2, 3, 4, 5, 6]), in: catalog)
      #expect(catalog.handles.tensors == 1)
      #expect(try result("Exchange(act: drop)", of: Tensor([0]), in: catalog).elements == [21])
      #expect(catalog.handles.tensors == 0)
    }
  }

  static let layouts: [(shape: Shape, elements: [Double])] = [
    ([4, 6], (0..<24).map(Double.init)),
    ([6, 4], [0, 6, 12, 18, 1, 7, 13, 19, 2, 8, 14, 20, 3, 9, 15, 21, 4, 10, 16, 22, 5, 11, 17, 23]),
    ([24], (0..<24).reversed().map(Double.init)), ([3, 2], [0, 1, 0, 1, 0, 1]), ([2, 3], [2, 2, 2, 3, 3, 3]),
    ([2, 1, 3], [1, 3, 5, 13, 15, 17]), ([], [5]), ([0, 3], []),
    ([2, 3, 4], [12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
    ([2, 2, 2], [2, 14, 0, 12, 3, 15, 1, 13]),
  ]

  @Test("Any strides are read as they are said, without any as compact", arguments: 0..<11)
  func strides(_ number: Int) throws {
    try withCatalog { catalog in
      let output = try result("Exchange(act: layout, number: \(number))", of: Tensor([0]), in: catalog)
      let expected = ExchangeTests.layouts[number % 10]
      #expect(output.dtype == .i32 && output.shape == expected.shape && output.elements == expected.elements)
    }
  }

  @Test(
    "What cannot be taken is refused with the status and a reason, and given back once",
    arguments: [
      (2, "another version of DLPack", 0...1), (2, "another device", 2...2),
      (4, "elements that there are none of", 3...7),
      (3, "a shape that is none", 8...12), (3, "strides that lead out of memory", 13...16),
      (1, "without data", 17...17), (5, "than there is memory", 18...18),
    ] as [(Int, String, ClosedRange<Int>)])
  func refusals(_ status: Int, _ says: String, _ numbers: ClosedRange<Int>) throws {
    try withCatalog { catalog in
      for number in numbers {
        let error = #expect(throws: Diagnostic.self) {
          try result("Exchange(act: wrong, number: \(number))", of: Tensor([0]), in: catalog)
        }
        #expect(error?.message.contains(says) == true, "\(number): \(error.map { "\($0)" } ?? "")")
        #expect(error?.notes == ["the plugin says: status \(status)"], "\(number)")
      }
    }
  }

  @Test("A tensor without contents is not handed over")
  func lazy() throws {
    try withCatalog { catalog in
      let error = #expect(throws: Diagnostic.self) { try catalog.layer("Exchange()").shapes(for: [[2]]) }
      #expect(error?.message.contains("without contents") == true && error?.notes == ["the plugin says: status 1"])
    }
  }

  @Test("NumPy reads what it is handed, in place and read-only", .enabled(if: Exchange.numpy != nil))
  func toNumPy() throws {
    let numpy = try #require(Exchange.numpy)
    setenv("REINIT_TEST_LIBPYTHON", numpy.library, 1)
    setenv("REINIT_TEST_PACKAGES", numpy.packages, 1)
    try withCatalog { catalog in
      for dtype in ExchangeTests.dtypes where ![.bf16, .f8e4m3, .f8e5m2].contains(dtype) {
        for shape in [[2, 3, 5], [], [7], [0, 3]] as [Shape] {
          let input = tensor(dtype, shape)
          let output = try result("Exchange(act: numpy)", of: input, in: catalog)
          #expect(bits(output) == bits(input), "\(dtype) \(shape)")
        }
      }
    }
  }

  @Test("What NumPy hands over is what it holds, whatever the strides", .enabled(if: Exchange.numpy != nil))
  func fromNumPy() throws {
    let numpy = try #require(Exchange.numpy)
    setenv("REINIT_TEST_LIBPYTHON", numpy.library, 1)
    setenv("REINIT_TEST_PACKAGES", numpy.packages, 1)
    let expected: [(DType, Shape, [Double])] = [
      (.i32, [4, 2, 3], [0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23]),
      (.f64, [8], [23, 20, 17, 14, 11, 8, 5, 2]), (.u8, [2, 3], [0, 1, 2, 0, 1, 2]),
      (.f16, [3, 3], [11, 9, 7, 17, 15, 13, 23, 21, 19]), (.i64, [], [7]), (.bool, [0, 3], []),
      (.bool, [6, 4], [0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0]),
    ]
    try withCatalog { catalog in
      for (number, value) in expected.enumerated() {
        let output = try result("Exchange(act: from_numpy, number: \(number))", of: Tensor([0]), in: catalog)
        #expect(
          output.dtype == value.0 && output.shape == value.1 && output.elements == value.2, "\(number): \(output)")
      }
    }
  }
}
