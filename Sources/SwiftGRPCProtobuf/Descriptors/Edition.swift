extension ProtoDescriptor {
  /// The language that a `.proto` file is written in; `proto2` and `proto3` count as editions, as in `descriptor.proto`.
  public enum Edition: Int, Comparable, Sendable, CustomStringConvertible {
    /// `syntax = "proto2"`, or no syntax at all.
    case proto2 = 998
    /// `syntax = "proto3"`.
    case proto3 = 999
    /// `edition = "2023"`.
    case edition2023 = 1000
    /// `edition = "2024"`.
    case edition2024 = 1001
    /// What may become the next edition; protoc reads it with `--experimental_editions` only.
    case unstable = 9999

    /// The released editions that can be linked.
    public static let supported: ClosedRange<Edition> = .proto2 ... .edition2024

    /// Orders editions by their time.
    public static func < (left: Edition, right: Edition) -> Bool { left.rawValue < right.rawValue }

    /// The name for people: `proto3`, `edition 2023`.
    public var description: String {
      switch self {
      case .proto2: "proto2"
      case .proto3: "proto3"
      case .edition2023: "edition 2023"
      case .edition2024: "edition 2024"
      case .unstable: "the unstable edition"
      }
    }

    init(of proto: Google_Protobuf_FileDescriptorProto) throws(DescriptorError) {
      guard proto.syntax == "editions" || proto.hasEdition else {
        switch proto.syntax {
        case "", "proto2": self = .proto2
        case "proto3": self = .proto3
        default: throw DescriptorError(proto.name, "has syntax \"\(proto.syntax)\", which is not supported")
        }
        return
      }
      guard let edition = Edition(rawValue: proto.edition.rawValue) else {
        // A number that descriptor.proto does not name is not in the field at all.
        let name = proto.hasEdition ? "edition number \(proto.edition.rawValue)" : "an unknown edition"
        let range = Self.supported
        throw DescriptorError(proto.name, "has \(name); supported are \(range.lowerBound) to \(range.upperBound)")
      }
      self = edition
    }
  }
}
