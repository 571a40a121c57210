extension Google_Protobuf_FieldMask {
  /// A mask of paths in the names of the `.proto` file, taken as they are.
  public init(protoPaths: [String]) {
    self.init()
    paths = protoPaths
  }

  /// A mask of paths in the names of the `.proto` file, taken as they are.
  public init(protoPaths: String...) { self.init(protoPaths: protoPaths) }

  /// A mask of paths in lower camel case, as they are in JSON; `nil` when one of them is no such path.
  public init?(jsonPaths: String...) {
    self.init()
    for path in jsonPaths {
      var path = path
      guard let protoPath = path.withUTF8({ FieldMaskText.parsePath(UnsafeRawBufferPointer($0)) }) else { return nil }
      paths.append(protoPath)
    }
  }

  /// The mask with the same meaning that is sorted and has no path twice or below another one.
  public var canonical: Google_Protobuf_FieldMask {
    var result = Google_Protobuf_FieldMask()
    for path in paths.sorted() {
      if let last = result.paths.last, last.covers(path) { continue }
      result.paths.append(path)
    }
    return result
  }

  /// True when the mask has a path or one above it: `a.b` contains `a.b` and `a.b.c`, not `a`.
  public func contains(_ path: String) -> Bool { paths.contains { $0.covers(path) } }

  /// The paths that are in this mask or in another one, each once.
  public func union(_ mask: Google_Protobuf_FieldMask) -> Google_Protobuf_FieldMask {
    Google_Protobuf_FieldMask(distinct: paths + mask.paths)
  }

  /// The paths that are in both masks, each once. They are compared as they are written: `a` is not `a.b`.
  public func intersect(_ mask: Google_Protobuf_FieldMask) -> Google_Protobuf_FieldMask {
    let others = Set(mask.paths)
    return Google_Protobuf_FieldMask(distinct: paths.filter(others.contains))
  }

  /// The paths that are in this mask and not in another one, each once. They are compared as they are written.
  public func subtract(_ mask: Google_Protobuf_FieldMask) -> Google_Protobuf_FieldMask {
    let others = Set(mask.paths)
    return Google_Protobuf_FieldMask(distinct: paths.filter { !others.contains($0) })
  }

  private init(distinct paths: [String]) {
    var seen: Set<String> = []
    self.init(protoPaths: paths.filter { seen.insert($0).inserted })
  }
}

extension String {
  /// True when another path is this one or one below it.
  fileprivate func covers(_ path: String) -> Bool {
    guard path.utf8.starts(with: utf8) else { return false }
    let rest = path.utf8.dropFirst(utf8.count)
    return rest.isEmpty || rest.first == UInt8(ascii: ".")
  }
}
