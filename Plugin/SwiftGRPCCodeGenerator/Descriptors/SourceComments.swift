import SwiftGRPCProtobuf

/// The comments of a .proto file by the path of what they belong to.
///
/// A path lists field numbers and indexes from `FileDescriptorProto` down, as descriptor.proto describes it.
struct SourceComments {
  /// The comments around one element.
  struct Comment: Equatable {
    /// Blocks before the element, with an empty line after each.
    var detached: [String] = []
    /// The text directly before the element or, without one, after it on its line.
    var text = ""
  }

  private let byPath: [[Int32]: Comment]

  init(_ info: Google_Protobuf_SourceCodeInfo) {
    var byPath: [[Int32]: Comment] = [:]
    for location in info.location {
      let text = location.leadingComments.isEmpty ? location.trailingComments : location.leadingComments
      guard !text.isEmpty || !location.leadingDetachedComments.isEmpty else { continue }
      // Several locations may share a path (two `extend` blocks); the first is the declaration's.
      if byPath[location.path] == nil {
        byPath[location.path] = Comment(detached: location.leadingDetachedComments, text: text)
      }
    }
    self.byPath = byPath
  }

  /// The comment of the element at `path`, empty when it has none.
  subscript(path: [Int32]) -> Comment { byPath[path] ?? Comment() }
}

/// Field numbers of descriptor.proto that the paths of comments consist of.
enum DescriptorPath {
  static let fileMessage: Int32 = 4
  static let fileEnum: Int32 = 5
  static let fileService: Int32 = 6
  static let fileExtension: Int32 = 7
  static let fileSyntax: Int32 = 12
  static let fileEdition: Int32 = 14
  static let messageField: Int32 = 2
  static let messageMessage: Int32 = 3
  static let messageEnum: Int32 = 4
  static let messageExtension: Int32 = 6
  static let messageOneof: Int32 = 8
  static let enumValue: Int32 = 2
  static let serviceMethod: Int32 = 2
}
