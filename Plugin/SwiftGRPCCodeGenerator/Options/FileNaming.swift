/// How the path of a .proto file becomes the path of a generated one.
enum FileNaming: String, CaseIterable {
  /// `a/b/c.proto` becomes `a/b/c.pb.swift`.
  case fullPath = "FullPath"
  /// `a/b/c.proto` becomes `a_b_c.pb.swift`.
  case pathToUnderscores = "PathToUnderscores"
  /// `a/b/c.proto` becomes `c.pb.swift`.
  case dropPath = "DropPath"

  /// - Parameter suffix: what replaces the suffix of the .proto file, `.pb.swift`.
  func path(for protoPath: String, suffix: String) -> String {
    let components = protoPath.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let directories = components.dropLast()
    let file = components.last ?? ""
    let stem = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
    return switch self {
    case .fullPath: (directories + [stem + suffix]).joined(separator: "/")
    case .pathToUnderscores: (directories + [stem + suffix]).joined(separator: "_")
    case .dropPath: stem + suffix
    }
  }
}
