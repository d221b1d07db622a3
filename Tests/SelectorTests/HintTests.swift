import Diagnostics
import Functors
import Reinitialization
import Testing

@Suite("Errors of selectors name what to type instead")
struct HintTests {
  private static let resnet: [(rule: String, text: String)] = [
    (
      "layer5.**=zeros",
      """
      error[R0203]: 'layer5.**=zeros' matches nothing
        hint: a similar selector exists: 'layer4.**' (15 tensors)
        hint: add '?' to accept no match: 'layer5.**?=zeros'
      """
    ),
    (
      "keep layer5.**",
      """
      error[R0203]: 'keep layer5.**' matches nothing
        hint: a similar selector exists: 'layer4.**' (30 tensors)
        hint: add '?' to accept no match: 'keep layer5.**?'
      """
    ),
    (
      "Dens.weight=zeros",
      """
      error[R0203]: 'Dens.weight=zeros' matches nothing
        hint: a similar selector exists: 'Dense.weight' (1 tensor)
        hint: add '?' to accept no match: 'Dens.weight?=zeros'
      """
    ),
    (
      "conv.weight=zeros",
      """
      error[R0203]: 'conv.weight=zeros' matches nothing
        hint: a similar selector exists: 'Conv.weight' (20 tensors)
        hint: add '?' to accept no match: 'conv.weight?=zeros'
      """
    ),
    (
      "module.layer4.0.conv1=zeros",
      """
      error[R0203]: 'module.layer4.0.conv1=zeros' matches nothing
        hint: a similar selector exists: 'layer4.0.conv1' (1 tensor)
        hint: add '?' to accept no match: 'module.layer4.0.conv1?=zeros'
      """
    ),
    (
      "BatchNorm=ones",
      """
      error[R0203]: 'BatchNorm=ones' reaches no weights
            expected parameters in the role weight
            found bias: 20 tensors, scale: 20 tensors, buffer: 60 tensors
        hint: for role bias: 'BatchNorm @bias=ones' (20 tensors)
        hint: for role scale: 'BatchNorm @scale=ones' (20 tensors)
        hint: for role buffer: 'BatchNorm @buffer=ones' (60 tensors)
        hint: add '?' to accept no match: 'BatchNorm?=ones'
      """
    ),
    (
      "**.weight=normal(std: 1)",
      """
      error[R0205]: '**.weight=normal(std: 1)' reaches parameters of 2 roles
            expected parameters of one role
            found weight: 21 tensors, scale: 20 tensors
        hint: for role weight: '@weight=normal(std: 1)' (21 tensors)
        hint: for role scale: '@scale=normal(std: 1)' (20 tensors)
      """
    ),
    (
      "layer4.**=zeros",
      """
      error[R0205]: 'layer4.**=zeros' reaches parameters of 3 roles
            expected parameters of one role
            found weight: 5 tensors, bias: 5 tensors, scale: 5 tensors
        hint: for role weight: 'layer4 @weight=zeros' (5 tensors)
        hint: for role bias: 'layer4 @bias=zeros' (5 tensors)
        hint: for role scale: 'layer4 @scale=zeros' (5 tensors)
      """
    ),
  ]

  @Test("The whole text of an error is that", arguments: resnet.indices)
  func text(index: Int) throws {
    let (rule, text) = HintTests.resnet[index]
    let inventory = try #require(Trees.all["resnet18"])
    #expect(try failure(of: rule, in: inventory)?.description == text)
  }

  private func failure(of text: String, in inventory: Inventory) throws -> Diagnostic? {
    let rule = try RuleText(parsing: text)
    let match = try inventory.match(rule.selector)
    do {
      let leaves = try match.fillTargets(in: inventory, rule: text)
      return leaves.isEmpty ? inventory.nothingMatches(rule.selector, rule: text) : nil
    } catch { return error }
  }

  @Test("Nothing under --at: the nearest path, and how much it holds")
  func branch() throws {
    let inventory = try #require(Trees.all["resnet18"])
    #expect(
      inventory.nothingMatches(try Selector(path: "layer9"), option: "--at").description == """
        error[R0209]: nothing in this tree has the path of --at 'layer9'
          hint: a similar path exists: --at 'layer4' (30 tensors)
        """)
  }

  @Test("Each selector that an error offers for a role reaches as many tensors as it says, all of that role")
  func offersForRoles() throws {
    var checked = 0
    for item in Case.all where item.what == "fill" && (item.code == "R0205" || item.code == "R0203") {
      guard let inventory = Trees.all[item.tree] else { continue }
      guard let error = try failure(of: "\(item.selector)=zeros", in: inventory) else { continue }
      for offer in offers(of: error) {
        #expect(try reach(offer, in: inventory), "\(item.selector): \(offer)")
        checked += 1
      }
    }
    #expect(checked > 100)
  }

  private struct Offer { let role: String?, selector: String, count: Int }

  /// `for role bias: 'fc.bias=zeros' (1 tensor)`, and `a similar selector exists: 'fc' (1 tensor)`.
  private func offers(of error: Diagnostic) -> [Offer] {
    error.hints.compactMap { hint in
      let quoted = hint.split(separator: "'", omittingEmptySubsequences: false)
      guard quoted.count == 3, let count = Int(quoted[2].drop { !$0.isNumber }.prefix { $0.isNumber }) else {
        return nil
      }
      let role = hint.hasPrefix("for role ") ? hint.dropFirst(9).prefix { $0 != ":" } : nil
      let selector = quoted[1].hasSuffix("=zeros") ? quoted[1].dropLast(6) : quoted[1]
      return Offer(role: role.map(String.init), selector: String(selector), count: count)
    }
  }

  private func reach(_ offer: Offer, in inventory: Inventory) throws -> Bool {
    let match = try inventory.match(Selector(parsing: offer.selector))
    guard let role = offer.role else { return match.roles(in: inventory).values.reduce(0, +) == offer.count }
    return match.roles(in: inventory) == [ParameterRole(rawValue: role) ?? .weight: offer.count]
  }
}
