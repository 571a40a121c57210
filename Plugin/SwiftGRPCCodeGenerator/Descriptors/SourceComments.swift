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

  /// The comments at the top of the file: those of its `syntax` or `edition` line.
  var header: Comment {
    // The fields `edition` and `syntax` of FileDescriptorProto.
    byPath[[14]] ?? self[[12]]
  }
}
