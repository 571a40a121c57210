import SwiftGRPCProtobuf

/// Generates the client of a service: for each method, calls that need nothing but messages, and calls with a closure
/// that sees the whole response.
struct ClientGenerator {
  private let generator: ServiceGenerator
  private var context: FileContext { generator.context }
  private var grpc: String { context.grpc }

  init(_ generator: ServiceGenerator) {
    self.generator = generator
  }

  func generate(to printer: inout CodePrinter) {
    printer.print("/// A client of the service.")
    printer.block("\(context.typeModifiers)struct Client: Swift.Sendable") { printer in
      printer.print("private let _client: \(grpc)GRPCClient")
      printer.print()
      printer.print("/// Makes a client that calls through `client`, which may serve many services.")
      printer.block("\(context.access)init(wrapping client: \(grpc)GRPCClient)") { $0.print("_client = client") }
      for method in generator.methods { printDirectCall(method, to: &printer) }
    }
  }

  func generateSupport(to printer: inout CodePrinter) {
    guard !generator.methods.isEmpty else { return }
    generator.printExtension(of: "Client", to: &printer) { printer in
      for (index, method) in generator.methods.enumerated() {
        if index > 0 { printer.print() }
        printScopedCall(method, to: &printer)
        printer.print()
        printRequestCall(method, to: &printer)
      }
    }
  }

  // MARK: Calls

  /// The call without closures: a message, or a call kept as a value.
  private func printDirectCall(_ method: ServiceMethod, to printer: inout CodePrinter) {
    let types =
      switch (method.descriptor.isClientStreaming, method.descriptor.isServerStreaming) {
      case (false, false): (result: method.output, make: "unary")
      case (false, true): (result: "\(grpc)ServerStreamingCall<\(method.output)>", make: "makeServerStreamingCall")
      case (true, false):
        (result: "\(grpc)ClientStreamingCall<\(method.input), \(method.output)>", make: "makeClientStreamingCall")
      case (true, true):
        (result: "\(grpc)BidirectionalCall<\(method.input), \(method.output)>", make: "makeBidirectionalCall")
      }
    printer.print()
    printDocumentation(of: method, to: &printer)
    let message = method.descriptor.isClientStreaming ? [] : ["_ message: \(method.input)"]
    let parameters = message + ["metadata: \(grpc)Metadata = [:]", "options: \(grpc)CallOptions = .defaults"]
    printFunction(method, generics: "", parameters: parameters, result: types.result, to: &printer) { printer in
      printer.print("try await _client.\(types.make)(")
      printer.indented { printer in
        let descriptor = "Method.\(method.typeName).descriptor"
        // The unary call has its message first, as the one that is most often written by hand.
        if method.isUnary {
          printer.print("message, \(descriptor), metadata: metadata, options: options")
        } else if message.isEmpty {
          printer.print("\(descriptor), metadata: metadata, options: options")
        } else {
          printer.print("\(descriptor), message, metadata: metadata, options: options")
        }
      }
      printer.print(")")
    }
  }

  /// The call with a closure for the response, and one for the requests where they are a stream.
  private func printScopedCall(_ method: ServiceMethod, to printer: inout CodePrinter) {
    printDocumentation(of: method, to: &printer)
    let isClientStreaming = method.descriptor.isClientStreaming
    var parameters = isClientStreaming ? [] : ["_ message: \(method.input)"]
    parameters += ["metadata: \(grpc)Metadata = [:]", "options: \(grpc)CallOptions = .defaults"]
    if isClientStreaming {
      parameters.append(
        """
        requestProducer producer: @Sendable @escaping (
          \(grpc)RPCWriter<\(method.input)>
        ) async throws -> Swift.Void
        """)
    }
    // Without its closure, a call of one message is the direct one.
    parameters.append(responseParameter(of: method, hasDefault: isClientStreaming))
    printFunction(
      method, generics: "<Result: Swift.Sendable>", parameters: parameters, result: "Result", to: &printer
    ) { printer in
      printer.print("try await \(method.functionName)(")
      printer.indented { printer in
        if isClientStreaming {
          printer.print("request: \(grpc)StreamingClientRequest(metadata: metadata, producer: producer),")
        } else {
          printer.print("request: \(grpc)ClientRequest(message: message, metadata: metadata),")
        }
        printer.print("options: options,")
        printer.print("onResponse: handleResponse")
      }
      printer.print(")")
    }
  }

  /// The call with a request object.
  private func printRequestCall(_ method: ServiceMethod, to printer: inout CodePrinter) {
    printDocumentation(of: method, to: &printer)
    let request = method.descriptor.isClientStreaming ? "StreamingClientRequest" : "ClientRequest"
    let call =
      switch (method.descriptor.isClientStreaming, method.descriptor.isServerStreaming) {
      case (false, false): "unary"
      case (false, true): "serverStreaming"
      case (true, false): "clientStreaming"
      case (true, true): "bidirectionalStreaming"
      }
    let parameters = [
      "request: \(grpc)\(request)<\(method.input)>", "options: \(grpc)CallOptions = .defaults",
      responseParameter(of: method, hasDefault: true),
    ]
    printFunction(
      method, generics: "<Result: Swift.Sendable>", parameters: parameters, result: "Result", to: &printer
    ) { printer in
      printer.print("try await _client.\(call)(")
      printer.indented { printer in
        printer.print("request: request,")
        printer.print("descriptor: \(generator.name).Method.\(method.typeName).descriptor,")
        printer.print("serializer: \(context.grpcProtobuf)ProtobufSerializer<\(method.input)>(),")
        printer.print("deserializer: \(context.grpcProtobuf)ProtobufDeserializer<\(method.output)>(),")
        printer.print("options: options,")
        printer.print("onResponse: handleResponse")
      }
      printer.print(")")
    }
  }

  /// - Parameter hasDefault: whether a single message is returned when the closure is left out.
  private func responseParameter(of method: ServiceMethod, hasDefault: Bool) -> String {
    let isServerStreaming = method.descriptor.isServerStreaming
    let response = isServerStreaming ? "StreamingClientResponse" : "ClientResponse"
    let defaultValue = hasDefault && !isServerStreaming ? " = { try $0.message }" : ""
    return """
      onResponse handleResponse: @Sendable @escaping (
        \(grpc)\(response)<\(method.output)>
      ) async throws -> Result\(defaultValue)
      """
  }

  private func printFunction(
    _ method: ServiceMethod, generics: String, parameters: [String], result: String, to printer: inout CodePrinter,
    _ body: (inout CodePrinter) -> Void
  ) {
    if method.descriptor.isDeprecated { printer.print("@available(*, deprecated)") }
    // Runs where the caller runs: a call costs no hop of its own.
    printer.print("\(context.access)nonisolated(nonsending) func \(method.functionName)\(generics)(")
    printer.indented { printer in
      printer.print(parameters.joined(separator: ",\n"))
    }
    printer.print(") async throws -> \(result) {")
    printer.indented(body)
    printer.print("}")
  }

  private func printDocumentation(of method: ServiceMethod, to printer: inout CodePrinter) {
    let comment = context.comment(of: method.descriptor)
    if comment.text.isEmpty { printer.print("/// Calls `\(method.path)`.") }
    printer.printDocumentation(comment, isDeprecated: method.descriptor.isDeprecated, of: "method")
  }
}
