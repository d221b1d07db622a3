import Diagnostics
import Reinit
import Testing

/// What rules assert.
@Suite("Assertions")
struct ClaimTests {
  private func rules(_ texts: [String]) throws -> [Rule] { try texts.map { try Rule(RuleText(parsing: $0)) } }

  private func filled(_ texts: String...) throws -> Net {
    var net = Net()
    try net.reinitialize(with: .default, seed: 1)
    let rules = try rules(texts)
    try net.reinitialize(seed: 2) { rules }
    return net
  }

  private static let fills = ["blocks.0.fc1.weight=normal", "head.bias=ones", "embed.weight[2:4]=zeros"]

  @Test(
    "An assertion that holds changes nothing",
    arguments: [
      "assert ** finite", "assert '**' untouched except blocks.0.fc1, head, embed.weight[2:4]",
      "assert blocks.1 untouched", "assert embed.weight[:2] untouched", "assert embed.weight[4:] untouched",
      "assert embed.weight[1:3] untouched except embed.weight[:, :]", "assert embed.weight shape [6, *]",
      "assert embed.weight[3:5] untouched except embed.weight[3]", "assert Dense.weight shape [*, *]",
      "assert head.bias shape [3]",
      "assert Conv? untouched", "assert embed.weight[rows where zero]? finite",
    ])
  func holds(_ assertion: String) throws {
    let fills = ClaimTests.fills
    let plain = try filled(fills[0], fills[1], fills[2])
    let asserted = try filled(fills[0], assertion, fills[1], fills[2])
    #expect(plain.embed.weight.hasSameBits(as: asserted.embed.weight))
    #expect(plain.blocks[0].fc1.weight.hasSameBits(as: asserted.blocks[0].fc1.weight))
    #expect(plain.head.bias?.hasSameBits(as: try #require(asserted.head.bias)) == true)
  }

  @Test(
    "One that does not is an error that says where, and the model is as it was",
    arguments: [
      ("assert '**' untouched except head, embed", "blocks.0.fc1.weight"),
      ("assert embed.weight untouched", "embed.weight"),
      ("assert embed.weight[1:3] untouched", "embed.weight"),
      ("assert embed.weight[1:3] untouched except embed.weight[3:]", "embed.weight"),
      ("assert Dense.weight shape [*, 4]", "blocks.0.fc2.weight"), ("assert embed.weight shape [6]", "embed.weight"),
      ("assert embed.weight shape [6, 4, *]", "embed.weight"), ("assert head.bias shape []", "head.bias"),
    ])
  func fails(_ assertion: String, _ place: String) throws {
    var net = Net()
    try net.reinitialize(with: .default, seed: 1)
    let (before, rules) = (net.embed.weight, try rules(ClaimTests.fills + [assertion]))
    let error = #expect(throws: Diagnostic.self) { try net.reinitialize(seed: 2) { rules } }
    #expect(error?.code == .assertionFailed && error?.place == place)
    #expect(net.embed.weight.hasSameBits(as: before))
  }

  @Test(
    "What is left and is no number, and what is copied from such, is found; what is filled again is not",
    arguments: [Float.nan, .infinity])
  func finite(_ value: Float) throws {
    var net = Net()
    try net.reinitialize(with: .default, seed: 1)
    var values = net.embed.weight.floats
    values[9] = value
    net.embed.weight = Tensor(values, shape: [6, 4])
    func code(_ texts: String...) throws -> (code: ErrorCode?, place: String?) {
      var copy = net
      let rules = try rules(texts)
      do { try copy.reinitialize(seed: 2) { rules } } catch {
        #expect(copy.embed.weight.hasSameBits(as: net.embed.weight))
        return (error.code, error.place)
      }
      return (nil, nil)
    }
    #expect(try code("head.weight=zeros", "assert ** finite") == (.assertionFailed, "embed.weight[2, 1]"))
    #expect(try code("head.weight=zeros", "assert embed.weight[2] finite").code == .assertionFailed)
    #expect(
      try code("head.weight=zeros", "assert embed.weight[:2] finite", "assert embed.weight[3:] finite").code == nil)
    #expect(try code("embed.weight=zeros", "assert ** finite").code == nil)
    #expect(try code("embed.weight[2]=zeros", "assert ** finite").code == nil)
    #expect(try code("embed.weight[1]=zeros", "assert ** finite").code == .assertionFailed)
  }

  @Test("An assertion of nothing is an error, as a rule for nothing is")
  func nothing() throws {
    for text in ["assert blocks.7 untouched", "assert ** untouched except blocks.7", "assert Conv finite"] {
      let rules = try rules(["head.weight=zeros", text])
      let error = #expect(throws: Diagnostic.self) { try Net().plan(seed: 1) { rules } }
      #expect(error?.code == .ruleMatchesNothing)
    }
  }

  @Test("In Swift they stand among the rules")
  func swift() throws {
    var net = Net()
    try net.reinitialize(with: .default, seed: 1)
    try net.reinitialize(seed: 1) {
      Fill(\Dense.bias, with: .zeros)
      Assert("**", .finite)
      Assert("embed", .untouched(except: []))
    }
    let error = #expect(throws: Diagnostic.self) {
      try net.reinitialize(seed: 1) {
        Fill(\Embedding.weight, with: .zeros)
        Assert("embed", .untouched(except: []))
      }
    }
    #expect(error?.code == .assertionFailed)
  }
}
