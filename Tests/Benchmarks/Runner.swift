import Foundation

/// Runs cases: ours, the limit's and the peers' in turn, and takes the median of each.
struct Runner {
  let peer: Peer?

  func run(_ line: Case) throws -> Outcome {
    let ours = try line.ours()
    let limit = try line.limit?.work()
    var times: [Double] = []
    var limits: [Double] = []
    var others = line.peers.map { _ in [Double]() }
    // A round that does not count: everything is loaded, and memory is where it will be.
    for (index, request) in line.peers.enumerated() {
      if peer?.ask(request.request) == nil { others[index] = [.nan] }
    }
    _ = try ours()
    for round in 0..<line.rounds {
      if round % 2 == 0 { times.append(try ours()) }
      if let limit { limits.append(try limit()) }
      for (index, request) in line.peers.enumerated() where !(others[index].first?.isNaN ?? false) {
        peer?.ask(request.request).map { others[index].append($0) }
      }
      if round % 2 == 1 { times.append(try ours()) }
    }
    return Outcome(
      row: line.row, name: line.name, measure: line.measure, ours: median(times),
      peers: zip(line.peers, others).compactMap { request, times in
        times.isEmpty || times[0].isNaN ? nil : (request.name, median(times))
      }, limit: line.limit.map { ($0.name, median(limits)) }, goals: line.goals)
  }
}
