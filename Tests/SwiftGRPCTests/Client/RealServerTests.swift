import Foundation
import SwiftGRPC
import SwiftGRPCProtobuf
import Testing

/// The client with this package's own server, over every kind of address.
@Suite(.timeLimit(.minutes(1))) struct RealServerTests {
  typealias Text = Google_Protobuf_StringValue

  static let unary = MethodDescriptor(fullyQualifiedService: "test.Echo", method: "Unary")
  static let clientStreaming = MethodDescriptor(fullyQualifiedService: "test.Echo", method: "ClientStreaming")
  static let serverStreaming = MethodDescriptor(fullyQualifiedService: "test.Echo", method: "ServerStreaming")
  static let bidirectional = MethodDescriptor(fullyQualifiedService: "test.Echo", method: "Bidirectional")

  struct Echo: RegistrableRPCService {
    func registerMethods(with router: inout RPCRouter) {
      router.registerUnary(unary) { (message: Text, _) -> Text in message }
      router.registerClientStreaming(clientStreaming) { (messages: RPCAsyncSequence<Text, any Error>, _) -> Text in
        var all = ""
        for try await message in messages { all += message.value }
        return Text(all)
      }
      router.registerServerStreaming(serverStreaming) { (message: Text, writer: RPCWriter<Text>, _) in
        for character in message.value { try await writer.write(Text(String(character))) }
      }
      router.registerBidirectionalStreaming(bidirectional) {
        (messages: RPCAsyncSequence<Text, any Error>, writer: RPCWriter<Text>, _) in
        for try await message in messages { try await writer.write(message) }
      }
    }
  }

  enum Address: CaseIterable {
    case ipv4, ipv6, name, unix
  }

  @Test(arguments: Address.allCases) func allFourKindsOfCallWorkOverEveryAddress(address: Address) async throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString.prefix(8)).sock").path
    let listening: SocketAddress =
      switch address {
      case .ipv4, .name: .ipv4(host: "127.0.0.1", port: 0)
      case .ipv6: .ipv6(host: "::1", port: 0)
      case .unix: .unixDomainSocket(path: path)
      }
    let transport = ServerTransport.http2(address: listening, transportSecurity: .plaintext)
    try await withGRPCServer(transport: transport, services: [Echo()]) { server in
      let port = try await server.listeningAddress.port ?? 0
      let target: ClientTarget =
        switch address {
        case .ipv4: .ipv4(host: "127.0.0.1", port: port)
        case .ipv6: .ipv6(host: "::1", port: port)
        case .name: .dns(host: "localhost", port: port)
        case .unix: .unixDomainSocket(path: path)
        }
      try await withGRPCClient(transport: .http2(target: target, transportSecurity: .plaintext)) { client in
        try await Self.callAllKinds(client)
      }
    }
  }

  /// Makes a call of each kind; `count` makes the messages longer.
  static func callAllKinds(_ client: GRPCClient, repeating count: Int = 1) async throws {
    let options = CallOptions(timeout: .seconds(20))
    let reply: Text = try await client.unary(
      Text(String(repeating: "hello", count: count)), Self.unary, options: options)
    #expect(reply.value == String(repeating: "hello", count: count))

    let upload: ClientStreamingCall<Text, Text> = try await client.makeClientStreamingCall(
      Self.clientStreaming, options: options
    )
    let parts = ["a", "b", "c"].map { String(repeating: $0, count: count) }
    for part in parts { try await upload.write(Text(part)) }
    let joined = try await upload.finish()
    #expect(joined.value == parts.joined())

    let download: ServerStreamingCall<Text> = try await client.makeServerStreamingCall(
      Self.serverStreaming, Text("xyz"), options: options
    )
    var letters: [String] = []
    for try await part in download { letters.append(part.value) }
    #expect(letters == ["x", "y", "z"])

    let chat: BidirectionalCall<Text, Text> = try await client.makeBidirectionalCall(
      Self.bidirectional, options: options
    )
    var answers = chat.makeAsyncIterator()
    for word in ["one", "two"].map({ String(repeating: $0, count: count) }) {
      try await chat.write(Text(word))
      let answer = try await answers.next()
      #expect(answer?.value == word)
    }
    try await chat.finish()
    let end = try await answers.next()
    #expect(end == nil)
  }
}

extension Google_Protobuf_StringValue {
  fileprivate init(_ value: String) {
    self = .with { $0.value = value }
  }
}
