import SwiftGRPC
import SwiftGRPCProtobuf

/// The client: calls each method and prints what came back.
struct Walker {
  let guide: Routeguide_RouteGuide.Client

  /// Unary.
  func lookAtOnePlace() async throws {
    print("GetFeature (unary)")
    for place in [Self.bridge, Self.nowhere] {
      let feature = try await guide.getFeature(place)
      print("  at \(place.text): \(feature.name.isEmpty ? "nothing" : feature.name)")
    }
  }

  /// Server streaming.
  func listPlacesAround() async throws {
    print("ListFeatures (server streaming)")
    var count = 0
    for try await feature in try await guide.listFeatures(Self.firstValleys) {
      count += 1
      if count <= 5 { print("  \(feature.name) at \(feature.location.text)") }
    }
    print("  … \(count) features in all")
  }

  /// Client streaming.
  func recordWalk() async throws {
    print("RecordRoute (client streaming)")
    let walk = try await guide.recordRoute()
    for place in Self.route {
      print("  walking over \(place.text)")
      try await walk.write(place)
    }
    let summary = try await walk.finish()
    print(
      "  \(summary.pointCount) points, \(summary.featureCount) features, \(summary.distance) m, "
        + "\(summary.elapsedTime) s")
  }

  /// Bidirectional: this client leaves three notes, then reads what the second and third were answered with.
  func exchangeNotes() async throws {
    print("RouteChat (bidirectional streaming)")
    let chat = try await guide.routeChat()
    for text in ["the bridge is open", "mind the third plank", "plank repaired"] {
      print("  leaving \"\(text)\"")
      try await chat.write(
        .with {
          $0.location = Self.bridge
          $0.message = text
        })
    }
    try await chat.finish()
    for try await note in chat { print("  found \"\(note.message)\"") }
  }

  private static let bridge = point(472_000_000, -285_000_000)
  private static let ford = point(472_137_000, -282_383_000)
  private static let nowhere = point(472_000_001, -285_000_000)
  private static let route = [bridge, nowhere, ford]

  private static let firstValleys = Routeguide_Rectangle.with {
    $0.lo = point(471_000_000, -286_000_000)
    $0.hi = point(475_000_000, -270_000_000)
  }

  private static func point(_ latitude: Int32, _ longitude: Int32) -> Routeguide_Point {
    .with {
      $0.latitude = latitude
      $0.longitude = longitude
    }
  }
}

extension Routeguide_Point {
  /// The coordinates in degrees.
  fileprivate var text: String { "\(Double(latitude) / Self.degree)°, \(Double(longitude) / Self.degree)°" }
}
