public import SwiftGRPCProtobuf

/// The plugin without its input and output: a request of protoc in, a response out.
public enum CodeGenerator {
  /// Generates the Swift code that a request asks for.
  ///
  /// Never fails: what is wrong with the request, its options or its files is the response's `error`, which protoc shows
  /// to the user. The same request gives the same bytes.
  ///
  /// - Parameters:
  ///   - request: the files and the plugin's parameter.
  ///   - readFile: reads a text file that an option names; the error that it throws becomes the response's.
  public static func response(
    to request: Google_Protobuf_Compiler_CodeGeneratorRequest,
    readFile: (_ path: String) throws -> String
  ) -> Google_Protobuf_Compiler_CodeGeneratorResponse {
    var response = Google_Protobuf_Compiler_CodeGeneratorResponse()
    response.supportedFeatures = [.proto3Optional, .supportsEditions].reduce(0) { features, feature in
      features | UInt64((feature as Google_Protobuf_Compiler_CodeGeneratorResponse.Feature).rawValue)
    }
    response.minimumEdition = Int32(ProtoDescriptor.Edition.supported.lowerBound.rawValue)
    response.maximumEdition = Int32(ProtoDescriptor.Edition.supported.upperBound.rawValue)
    do {
      response.file = try files(for: request, readFile: readFile)
    } catch {
      response.error = error.message
    }
    return response
  }

  private static func files(
    for request: Google_Protobuf_Compiler_CodeGeneratorRequest,
    readFile: (_ path: String) throws -> String
  ) throws(GenerationError) -> [Google_Protobuf_Compiler_CodeGeneratorResponse.File] {
    let options = try OptionParser.parse(request.parameter) { path throws(GenerationError) in
      do {
        return try readFile(path)
      } catch {
        throw GenerationError("\(error)")
      }
    }
    let linked = try LinkedFiles(request)
    var sources: [String: String] = [:]
    var result: [Google_Protobuf_Compiler_CodeGeneratorResponse.File] = []
    for file in linked.filesToGenerate {
      let generator = FileGenerator(
        file: file, siblings: linked.filesToGenerate, options: options, containment: linked.containment)
      for output in try generator.generate() {
        if let other = sources.updateValue(file.name, forKey: output.name) {
          throw GenerationError(
            "\(other) and \(file.name) would both become \(output.name); use another FileNaming or generate them apart")
        }
        result.append(
          .with {
            $0.name = output.name
            $0.content = output.content
          })
      }
    }
    return result
  }
}
