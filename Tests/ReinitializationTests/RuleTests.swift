import Diagnostics
import Reinit
import Testing

@Suite("Rules")
struct RuleTests {
  static let weights: Set<String> = [
    "blocks.0.fc1.weight", "blocks.0.fc2.weight", "blocks.1.fc1.weight", "blocks.1.fc2.weight", "head.weight",
  ]

  struct Case: CustomTestStringConvertible, Sendable {
    let title: String
    let expected: Set<String>
    let rules: @Sendable () -> [any RuleConvertible]
    var testDescription: String { title }
  }

  static let cases: [Case] = [
    Case(title: "a type means its weights", expected: weights) { [Fill(Dense.self, with: .normal(std: 3))] },
    Case(title: "a field means exactly that field", expected: ["blocks.0.fc1.bias", "blocks.1.fc1.bias", "head.bias"]) {
      [Fill(\Dense.bias, with: .constant(2))]
    },
    Case(title: "a place in a list", expected: ["blocks.1.fc1.weight", "blocks.1.fc2.weight"]) {
      [Fill(\Net.blocks[1], with: .normal(std: 3))]
    },
    Case(title: "a place further down", expected: ["blocks.1.fc2.weight"]) {
      [Fill(\Net.blocks[1].fc2.weight, with: .normal(std: 3))]
    },
    Case(title: "a field of a user's own layer", expected: ["blocks.0.fc2.weight", "blocks.1.fc2.weight"]) {
      [Fill(\Block.fc2, with: .normal(std: 3))]
    },
    Case(title: "the last rule that matches wins", expected: weights.subtracting(["head.weight"])) {
      [Fill(Dense.self, with: .normal(std: 3)), Keep(\Net.head)]
    },
    Case(title: "a later fill overrides a keep", expected: ["head.weight"]) {
      [Keep(\Net.head), Fill("head.weight", with: .normal(std: 3))]
    },
    Case(title: "a keep covers everything below", expected: ["head.weight"]) {
      [Fill(Dense.self, with: .normal(std: 3)), Keep("blocks")]
    },
    Case(title: "a norm is one thing", expected: ["blocks.0.norm.weight", "blocks.1.norm.weight"]) {
      [Fill("LayerNorm.weight", with: .constant(3))]
    },
    Case(title: "and so is the scale in it", expected: ["blocks.0.norm.weight", "blocks.1.norm.weight"]) {
      [Fill("Scale.weight", with: .constant(3))]
    },
  ]

  @Test("A rule reaches what it names and nothing else", arguments: cases)
  func reaches(_ value: Case) throws {
    let before = try Net().fresh()
    let after = try before.reinitialized(seed: 5) { value.rules() }
    #expect(try changes(before, after) == value.expected)
  }

  struct Refusal: CustomTestStringConvertible, Sendable {
    let title: String
    let code: ErrorCode
    let mentions: [String]
    let rules: @Sendable () -> [any RuleConvertible]
    var testDescription: String { title }
  }

  static let refusals: [Refusal] = [
    Refusal(title: "nothing matches", code: .ruleMatchesNothing, mentions: ["blokcs", "blocks"]) {
      [Fill("blokcs.**", with: .zeros)]
    },
    Refusal(title: "no rules at all", code: .nothingToDo, mentions: ["--fill"]) { [] },
    Refusal(title: "several roles at once", code: .mixedRoles, mentions: ["@weight", "@bias", "@scale"]) {
      [Fill("**", with: .zeros)]
    },
    Refusal(title: "a scheme on a norm", code: .noFan, mentions: ["blocks.0.norm.weight"]) {
      [Fill("LayerNorm.weight", with: .kaimingNormal())]
    },
    Refusal(title: "a scheme on a bias", code: .noFan, mentions: ["blocks.0.fc1.bias"]) {
      [Fill(\Dense.bias, with: .glorotNormal())]
    },
    Refusal(title: "a selector that cannot be read", code: .selectorSyntax, mentions: ["byte"]) {
      [Fill("blocks..fc1", with: .zeros)]
    },
    Refusal(title: "a type that is not there", code: .ruleMatchesNothing, mentions: ["Conv"]) {
      [Fill(Conv.self, with: .zeros)]
    },
  ]

  @Test("What is wrong with rules is said before anything is written", arguments: refusals)
  func refuses(_ value: Refusal) throws {
    let before = try Net().fresh()
    var model = before
    let error = #expect(throws: Diagnostic.self) { try model.reinitialize(seed: 5) { value.rules() } }
    #expect(error?.code == value.code)
    for word in value.mentions { #expect(error?.description.contains(word) == true, "\(word) in \(error!)") }
    #expect(try changes(before, model) == [])
  }

  @Test("A rule may be allowed to match nothing")
  func optional() throws {
    let before = try Net().fresh()
    let after = try before.reinitialized(seed: 5) {
      Fill(Conv.self, with: .zeros, optional: true)
      Fill("layer5.**?", with: .zeros)
    }
    #expect(try changes(before, after) == [])
  }

  @Test("A keep that a later fill overrides is warned of")
  func warns() throws {
    let plan = try Net().plan(seed: 5) {
      Keep(\Net.head)
      Fill(Dense.self, with: .zeros)
    }
    #expect(plan.warnings.count == 1 && plan.warnings[0].contains("keep"))
  }

  @Test("Frozen parameters are reached by their own path only")
  func frozen() throws {
    let before = try Adapter().fresh()
    let all = try before.reinitialized(seed: 5) { Fill(Dense.self, with: .normal(std: 3)) }
    #expect(try changes(before, all) == ["down.weight"])
    let named = try before.reinitialized(seed: 5) { Fill("base.weight", with: .normal(std: 3)) }
    #expect(try changes(before, named) == ["base.weight"])
  }

  @Test("A report counts tensors and parameters of each rule, and what no rule reached")
  func report() throws {
    let plan = try Net().plan(seed: 5) {
      Fill(Dense.self, with: .zeros)
      Keep(\Net.head)
    }
    #expect(plan.rules.map(\.tensors) == [4, 2])
    #expect(plan.rules.map(\.parameters) == [4 * 5 * 2 * 2, 15])
    #expect(plan.untouched.count == 1 + 2 * 3 && plan.kept.count == 2)
    #expect(plan.parameters == 80)
  }
}
