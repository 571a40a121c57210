import SwiftGRPCProtobuf

/// Generates the protocols that servers implement, and how they refine and register one another.
struct ServerGenerator {
  /// The three ways of writing a server, from the plainest to the most general.
  private enum Level: CaseIterable {
    case simple, service, streaming

    var protocolName: String {
      switch self {
      case .simple: "SimpleServiceProtocol"
      case .service: "ServiceProtocol"
      case .streaming: "StreamingServiceProtocol"
      }
    }
  }

  private let generator: ServiceGenerator
  private var context: FileContext { generator.context }
  private var grpc: String { context.grpc }

  init(_ generator: ServiceGenerator) {
    self.generator = generator
  }

  // MARK: Interface

  func generate(to printer: inout CodePrinter) {
    for level in Level.allCases {
      printer.print()
      printer.print(lines: documentation(of: level).map { $0.isEmpty ? "///" : "/// \($0)" })
      let parent =
        switch level {
        case .simple: "\(generator.name).ServiceProtocol"
        case .service: "\(generator.name).StreamingServiceProtocol"
        case .streaming: "\(grpc)RegistrableRPCService"
        }
      printer.block("\(context.typeModifiers)protocol \(level.protocolName): \(parent)") { printer in
        for (index, method) in generator.methods.enumerated() {
          if index > 0 { printer.print() }
          printDocumentation(of: method, to: &printer)
          printSignature(method, level, access: "", to: &printer)
        }
      }
    }
  }

  private func documentation(of level: Level) -> [String] {
    switch level {
    case .simple:
      [
        "A server of the service that takes messages and returns messages.",
        "",
        "The context has the request's metadata and takes the response's. When a type also has methods of",
        "``ServiceProtocol`` or ``StreamingServiceProtocol``, those are not called.",
      ]
    case .service:
      ["A server of the service that takes requests and returns responses, which are messages with metadata."]
    case .streaming:
      ["A server of the service that treats every method as a stream of requests and a stream of responses."]
    }
  }

  private func printDocumentation(of method: ServiceMethod, to printer: inout CodePrinter) {
    let comment = context.comment(of: method.descriptor)
    if comment.text.isEmpty { printer.print("/// Answers `\(method.path)`.") }
    printer.printDocumentation(comment, isDeprecated: method.descriptor.isDeprecated, of: "method")
  }

  /// Prints the head of a Swift method up to its return type, without the brace of a body.
  private func printSignature(
    _ method: ServiceMethod, _ level: Level, access: String, brace: String = "", to printer: inout CodePrinter
  ) {
    let signature = parameters(of: method, level)
    printer.print("\(access)func \(method.functionName)(")
    printer.indented { printer in
      for parameter in signature.parameters { printer.print("\(parameter),") }
      printer.print("context: \(grpc)ServerContext")
    }
    printer.print(") async throws\(signature.result.map { " -> \($0)" } ?? "")\(brace)")
  }

  private func parameters(of method: ServiceMethod, _ level: Level) -> (parameters: [String], result: String?) {
    let isClientStreaming = method.descriptor.isClientStreaming
    let isServerStreaming = method.descriptor.isServerStreaming
    switch level {
    case .simple:
      let request =
        isClientStreaming ? "\(grpc)RPCAsyncSequence<\(method.input), any Swift.Error>" : method.input
      let writer = isServerStreaming ? ["response: \(grpc)RPCWriter<\(method.output)>"] : []
      return (["request: \(request)"] + writer, isServerStreaming ? nil : method.output)
    case .service:
      let request = isClientStreaming ? "StreamingServerRequest" : "ServerRequest"
      let response = isServerStreaming ? "StreamingServerResponse" : "ServerResponse"
      return (["request: \(grpc)\(request)<\(method.input)>"], "\(grpc)\(response)<\(method.output)>")
    case .streaming:
      return (
        ["request: \(grpc)StreamingServerRequest<\(method.input)>"],
        "\(grpc)StreamingServerResponse<\(method.output)>"
      )
    }
  }

  // MARK: Support

  func generateSupport(to printer: inout CodePrinter) {
    guard !generator.methods.isEmpty else {
      generator.printExtension(of: Level.streaming.protocolName, to: &printer) { printer in
        printer.print("\(context.access)func registerMethods(with router: inout \(grpc)RPCRouter) {}")
      }
      return
    }
    generator.printExtension(of: Level.simple.protocolName, to: &printer) { printer in
      printDirectRegistration(to: &printer)
      for method in generator.methods {
        printer.print()
        printMethod(method, .service, to: &printer) { printServiceBody(of: method, to: &$0) }
      }
    }
    let converted = generator.methods.filter { !$0.descriptor.isClientStreaming || !$0.descriptor.isServerStreaming }
    if !converted.isEmpty {
      generator.printExtension(of: Level.service.protocolName, to: &printer) { printer in
        for (index, method) in converted.enumerated() {
          if index > 0 { printer.print() }
          printMethod(method, .streaming, to: &printer) { printStreamingBody(of: method, to: &$0) }
        }
      }
    }
    generator.printExtension(of: Level.streaming.protocolName, to: &printer) { printGeneralRegistration(to: &$0) }
    if context.options.addsDefaultImplementations { printDefaultImplementations(to: &printer) }
  }

  private func printMethod(
    _ method: ServiceMethod, _ level: Level, to printer: inout CodePrinter, _ body: (inout CodePrinter) -> Void
  ) {
    printSignature(method, level, access: context.access, brace: " {", to: &printer)
    printer.indented(body)
    printer.print("}")
  }

  /// The method of ``ServiceProtocol`` in terms of the simple one.
  private func printServiceBody(of method: ServiceMethod, to printer: inout CodePrinter) {
    let request = method.descriptor.isClientStreaming ? "request.messages" : "request.message"
    let call = "try await self.\(method.functionName)"
    if method.descriptor.isServerStreaming {
      printer.block("return \(grpc)StreamingServerResponse(metadata: [:])", parameters: "writer in") { printer in
        printer.print("\(call)(request: \(request), response: writer, context: context)")
        printer.print("return [:]")
      }
    } else {
      printer.print("let message = \(call)(request: \(request), context: context)")
      printer.print("return \(grpc)ServerResponse(message: message, metadata: [:])")
    }
  }

  /// The method of ``StreamingServiceProtocol`` in terms of ``ServiceProtocol``'s.
  private func printStreamingBody(of method: ServiceMethod, to printer: inout CodePrinter) {
    let request = method.descriptor.isClientStreaming ? "request" : "\(grpc)ServerRequest(stream: request)"
    let call = "try await self.\(method.functionName)(request: \(request), context: context)"
    if method.descriptor.isServerStreaming {
      printer.print(call)
    } else {
      printer.print("let response = \(call)")
      printer.print("return \(grpc)StreamingServerResponse(single: response)")
    }
  }

  /// Registers the methods that take and return messages as they are, which saves every conversion.
  private func printDirectRegistration(to printer: inout CodePrinter) {
    printer.block("\(context.access)func registerMethods(with router: inout \(grpc)RPCRouter)") { printer in
      for method in generator.methods {
        let isClientStreaming = method.descriptor.isClientStreaming
        let isServerStreaming = method.descriptor.isServerStreaming
        let register =
          switch (isClientStreaming, isServerStreaming) {
          case (false, false): "registerUnary"
          case (false, true): "registerServerStreaming"
          case (true, false): "registerClientStreaming"
          case (true, true): "registerBidirectionalStreaming"
          }
        let descriptor = "\(generator.name).Method.\(method.typeName).descriptor"
        let parameters = isServerStreaming ? "request, response, context" : "request, context"
        let arguments =
          isServerStreaming
          ? "request: request, response: response, context: context" : "request: request, context: context"
        printer.block("router.\(register)(\(descriptor))", parameters: "\(parameters) in") { printer in
          printer.print("try await self.\(method.functionName)(\(arguments))")
        }
      }
    }
  }

  private func printGeneralRegistration(to printer: inout CodePrinter) {
    printer.block("\(context.access)func registerMethods(with router: inout \(grpc)RPCRouter)") { printer in
      for method in generator.methods {
        printer.print("router.registerHandler(")
        printer.indented { printer in
          printer.print("forMethod: \(generator.name).Method.\(method.typeName).descriptor,")
          printer.print("deserializer: \(context.grpcProtobuf)ProtobufDeserializer<\(method.input)>(),")
          printer.print("serializer: \(context.grpcProtobuf)ProtobufSerializer<\(method.output)>(),")
          printer.print("handler: { request, context in")
          printer.indented {
            $0.print("try await self.\(method.functionName)(request: request, context: context)")
          }
          printer.print("}")
        }
        printer.print(")")
      }
    }
  }

  /// Lets a server leave methods out, so that a new one in the .proto file does not break it.
  private func printDefaultImplementations(to printer: inout CodePrinter) {
    for level in Level.allCases {
      let methods = generator.methods.filter { method in
        // The general form of a bidirectional method is the same in two protocols; one default serves both.
        level != .service || !method.descriptor.isClientStreaming || !method.descriptor.isServerStreaming
      }
      guard !methods.isEmpty else { continue }
      generator.printExtension(of: level.protocolName, to: &printer) { printer in
        for (index, method) in methods.enumerated() {
          if index > 0 { printer.print() }
          printMethod(method, level, to: &printer) { printer in
            printer.print("throw \(grpc)RPCError(")
            printer.indented {
              $0.print("code: .unimplemented, message: \"method \(method.path) is not implemented\"")
            }
            printer.print(")")
          }
        }
      }
    }
  }
}
