import SwiftGRPC
import SwiftGRPCProtobuf

/// The service: one method for each kind of call.
struct RouteGuide: Routeguide_RouteGuide.SimpleServiceProtocol {
  private let features: [Routeguide_Feature]
  private let notes = NoteBoard()

  init(features: [Routeguide_Feature]) {
    self.features = features
  }

  /// Unary: one message in, one out.
  func getFeature(request: Routeguide_Point, context: ServerContext) async throws -> Routeguide_Feature {
    features.first { $0.location == request } ?? .with { $0.location = request }
  }

  /// Server streaming: `write` waits while the client reads slower than this server finds.
  func listFeatures(
    request: Routeguide_Rectangle, response: RPCWriter<Routeguide_Feature>, context: ServerContext
  ) async throws {
    for feature in features where request.contains(feature.location) {
      try await response.write(feature)
    }
  }

  /// Client streaming: the answer is made when the client is done.
  func recordRoute(
    request: RPCAsyncSequence<Routeguide_Point, any Error>, context: ServerContext
  ) async throws -> Routeguide_RouteSummary {
    let start = ContinuousClock.now
    var summary = Routeguide_RouteSummary()
    var metres = 0.0
    var previous: Routeguide_Point?
    for try await point in request {
      summary.pointCount += 1
      if features.contains(where: { $0.location == point }) { summary.featureCount += 1 }
      if let previous { metres += previous.distance(to: point) }
      previous = point
    }
    summary.distance = Int32(metres)
    summary.elapsedTime = Int32((ContinuousClock.now - start).components.seconds)
    return summary
  }

  /// Bidirectional: notes come and go on the same call.
  func routeChat(
    request: RPCAsyncSequence<Routeguide_RouteNote, any Error>, response: RPCWriter<Routeguide_RouteNote>,
    context: ServerContext
  ) async throws {
    for try await note in request {
      for earlier in await notes.leave(note) { try await response.write(earlier) }
    }
  }
}

/// The notes that were left, by place. Calls run at the same time, so an actor keeps them.
private actor NoteBoard {
  private var notes: [Routeguide_Point: [Routeguide_RouteNote]] = [:]

  /// Leaves a note and returns those that were there before.
  func leave(_ note: Routeguide_RouteNote) -> [Routeguide_RouteNote] {
    defer { notes[note.location, default: []].append(note) }
    return notes[note.location, default: []]
  }
}
