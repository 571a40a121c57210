import SwiftGRPCCodeGenerator
import SwiftGRPCProtobuf

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// protoc runs the plugin with a request on standard input and takes the response from standard output. Mistakes of the
// .proto files and options are part of the response; the exit code tells only whether there was a request at all.

if CommandLine.arguments.count > 1 {
  fail("takes no arguments; run it with `protoc --swiftgrpc_out=DIRECTORY FILE.proto`")
}
do {
  let input = try readAll(from: STDIN_FILENO)
  let request = try Google_Protobuf_Compiler_CodeGeneratorRequest(serializedBytes: input)
  guard !request.fileToGenerate.isEmpty else {
    fail("standard input is not a request with files to generate; protoc is meant to run this program")
  }
  let response = CodeGenerator.response(to: request, readFile: readTextFile)
  try writeAll(response.serializedBytes(), to: STDOUT_FILENO)
} catch let error as SystemError {
  fail("\(error)")
} catch {
  fail("standard input is not a request of protoc: \(error)")
}
