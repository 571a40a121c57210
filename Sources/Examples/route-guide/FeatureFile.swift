import Foundation
import SwiftGRPCProtobuf

/// The places in `features.json`.
enum FeatureFile {
  private struct Content: Decodable {
    struct Place: Decodable {
      let name: String
      let latitude: Int32
      let longitude: Int32
    }

    let features: [Place]
  }

  /// Reads all places.
  static func read() throws -> [Routeguide_Feature] {
    guard let file = Bundle.module.url(forResource: "features", withExtension: "json") else {
      throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: "features.json"])
    }
    return try JSONDecoder().decode(Content.self, from: Data(contentsOf: file)).features.map { place in
      .with {
        $0.name = place.name
        $0.location.latitude = place.latitude
        $0.location.longitude = place.longitude
      }
    }
  }
}
