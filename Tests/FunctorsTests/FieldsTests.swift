import Diagnostics
import Functors
import Tensors
import Testing

struct Empty: Structure {
  static let fields = FieldList<Self>(ordered: [])
}

/// A key path's text names another property beside one of size zero.
struct BesideEmpty: Structure {
  var empty = Empty()
  var weight = Tensor([1])
  static let fields = FieldList(weights: \Self.weight)
}

struct ComputedField: Structure {
  var stored = Tensor([1])
  var computed: Tensor {
    get { stored }
    set { stored = newValue }
  }
  static let fields = FieldList(weights: \Self.computed)
}

struct TwiceNamed: Structure {
  var a = Tensor([1])
  var b = Tensor([2])
  static let fields = FieldList<Self>(ordered: [.named("x", .weight, \.a), .named("x", .bias, \.b)])
}

@Suite("Declared fields")
struct FieldsTests {
  @Test("fields are listed by role: children, weights, scales, biases, buffers")
  func order() {
    struct All: Structure {
      var runningMean = Tensor([1])
      var bias: Tensor? = Tensor([2])
      var gamma = Tensor([3])
      var weight = Tensor([4])
      var projection = Dense([5])
      static let fields = FieldList(
        \Self.projection, weights: \.weight, scales: \.gamma, biases: \.bias, buffers: \.runningMean)
    }
    #expect(All().children.map(\.key) == ["projection", "weight", "gamma", "bias", "running_mean"])
    #expect(All().children.map(\.role) == [nil, .weight, .scale, .bias, .buffer])
    #expect(All().keyPath(ofChild: 2) == \All.gamma && All().keyPath(ofChild: 5) == nil)
  }

  @Test(
    "a name that the key path's text gets wrong beside an empty property stops the program, with a message")
  func besideEmpty() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = BesideEmpty().children
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("Fields of BesideEmpty: '") && text.contains("Fields<Self>(ordered: [.named("))
  }

  @Test("a computed property and a name given twice stop the program")
  func wrongNames() async {
    await #expect(processExitsWith: .failure) { _ = ComputedField().children }
    await #expect(processExitsWith: .failure) { _ = TwiceNamed().children }
  }

  @Test("a written name needs no check, beside an empty property and for a computed one")
  func written() throws {
    struct Named: Structure {
      var empty = Empty()
      var stored = Tensor([1])
      var other: Tensor {
        get { stored }
        set { stored = newValue }
      }
      static let fields = FieldList<Self>(ordered: [.named("kernel", .weight, \.other)])
    }
    #expect(try Named().map { $0 * 2 }.leaves().map { "\($0.path) \($0.tensor.floats)" } == ["kernel [2.0]"])
  }

  @Test("51 a node written by hand may choose its children per instance; only those are walked and rebuilt")
  func chosen() throws {
    struct Flexible: Node {
      var tensors: [String: Tensor]
      var trained: [String]
      var children: [NodeChild] {
        trained.compactMap { name in tensors[name].map { NodeChild(.name(name), role: .weight, $0) } }
      }
      func rebuilt(from parts: [any Node]) throws(Diagnostic) -> Flexible {
        var copy = self
        for (name, part) in zip(trained, parts) { copy.tensors[name] = part as? Tensor }
        return copy
      }
    }
    let layer = Flexible(
      tensors: ["a": Tensor([1]), "b": Tensor([2]), "c": Tensor([3])], trained: ["c", "a"])
    let mapped = try [layer].map { $0 * 2 }[0]
    #expect(mapped.tensors == ["a": Tensor([2]), "b": Tensor([2]), "c": Tensor([6])])
    #expect(try [layer].leaves().map(\.path) == ["0.c", "0.a"])
  }
}
