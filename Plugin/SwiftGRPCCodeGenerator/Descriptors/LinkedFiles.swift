import SwiftGRPCProtobuf

/// The files of a request, linked.
struct LinkedFiles {
  /// All files, each after those that it imports.
  let files: [FileDescriptor]
  /// The files that code is wanted for, in the order of the request.
  let filesToGenerate: [FileDescriptor]
  /// What the graph of all messages says about each.
  let containment: ContainmentTable

  /// - Throws: ``GenerationError`` when the request does not contain all that its files refer to, or contradicts
  ///   itself.
  init(_ request: Google_Protobuf_Compiler_CodeGeneratorRequest) throws(GenerationError) {
    let pool: ProtoDescriptor.Pool
    do {
      pool = try ProtoDescriptor.Pool(request.protoFile)
    } catch {
      throw GenerationError(error.description)
    }
    files = pool.files
    var filesToGenerate: [FileDescriptor] = []
    for name in request.fileToGenerate {
      guard let file = pool.file(named: name) else {
        throw GenerationError("file to generate \(name) is not among the files of the request")
      }
      filesToGenerate.append(file)
    }
    self.filesToGenerate = filesToGenerate
    containment = ContainmentTable(pool.files)
  }
}
