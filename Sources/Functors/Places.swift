/// Numbers for the places of a tree, in which all occurrences of a tied value are one place.
///
/// The numbers of two walks agree if one value numbers both, even if one walk leaves out what the other
/// visits.
struct Places {
  private struct Step: Hashable {
    let parent: Int
    let index: Int
  }
  private var steps: [Step: Int] = [:]
  private var ties: [NodeIdentity: Int] = [:]
  private var open: [Int] = []
  private var count = 0

  /// The number of the place that is being visited; to be asked at each node that is entered.
  mutating func place(of visit: borrowing Visit) -> Int {
    open.removeLast(max(0, open.count - visit.depth))
    let place = number(visit.node.identity, Step(parent: open.last ?? -1, index: visit.index))
    open.append(place)
    return place
  }

  private mutating func number(_ identity: NodeIdentity?, _ step: Step) -> Int {
    if let known = identity.map({ ties[$0] }) ?? steps[step] { return known }
    count += 1
    if let identity { ties[identity] = count } else { steps[step] = count }
    return count
  }
}
