import Foundation
import SwiftGRPCProtobuf

extension Routeguide_Point {
  /// A degree, in the units of a point's coordinates.
  static let degree = 1e7

  /// Metres along the great circle to another point, by the haversine formula on a sphere.
  func distance(to other: Routeguide_Point) -> Double {
    let earthRadius = 6_371_000.0
    func radians(_ units: Int32) -> Double { Double(units) / Self.degree * .pi / 180 }
    let half = sin((radians(other.latitude) - radians(latitude)) / 2)
    let halfAcross = sin((radians(other.longitude) - radians(longitude)) / 2)
    let chord = half * half + cos(radians(latitude)) * cos(radians(other.latitude)) * halfAcross * halfAcross
    return 2 * earthRadius * asin(min(1, chord.squareRoot()))
  }
}

extension Routeguide_Rectangle {
  /// Whether a point is inside or on an edge; the corners may be given in any order.
  func contains(_ point: Routeguide_Point) -> Bool {
    let latitudes = min(lo.latitude, hi.latitude)...max(lo.latitude, hi.latitude)
    let longitudes = min(lo.longitude, hi.longitude)...max(lo.longitude, hi.longitude)
    return latitudes.contains(point.latitude) && longitudes.contains(point.longitude)
  }
}
