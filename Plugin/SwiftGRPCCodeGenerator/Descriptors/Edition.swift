/// The language that a .proto file is written in; `proto2` and `proto3` count as editions, as in descriptor.proto.
enum Edition: Int, Comparable, CustomStringConvertible {
  case proto2 = 998
  case proto3 = 999
  case edition2023 = 1000
  case edition2024 = 1001

  /// The editions that the generator understands, as declared in the response.
  static let supported: ClosedRange<Edition> = .proto2 ... .edition2024

  static func < (lhs: Edition, rhs: Edition) -> Bool { lhs.rawValue < rhs.rawValue }

  var description: String {
    switch self {
    case .proto2: "proto2"
    case .proto3: "proto3"
    case .edition2023: "edition 2023"
    case .edition2024: "edition 2024"
    }
  }
}
