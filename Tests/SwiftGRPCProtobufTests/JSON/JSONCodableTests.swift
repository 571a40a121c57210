import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

extension EveryKind_Proto3_EveryKindProto3: Codable {}
extension Google_Protobuf_Duration: Codable {}

@Suite struct JSONCodableTests {
  typealias Proto3 = EveryKind_Proto3_EveryKindProto3

  private struct Page: Codable, Hashable {
    var title = "a"
    var messages: [Proto3] = []
    var time: Google_Protobuf_Duration?
  }

  @Test func messagesAreTheirJSONInOtherTypes() throws {
    let page = Page(messages: [Samples.proto3, Proto3()], time: Google_Protobuf_Duration(seconds: 1, nanos: 0))
    let json = try JSONEncoder().encode(page)
    #expect(try JSONDecoder().decode(Page.self, from: json) == page)
    let tree = try #require(try JSONSerialization.jsonObject(with: json) as? NSDictionary)
    #expect(tree["time"] as? String == "1s")
    let message = try JSONSerialization.jsonObject(with: Samples.proto3.jsonUTF8Data())
    #expect((tree["messages"] as? NSArray)?.firstObject as? NSDictionary == message as? NSDictionary)
  }

  @Test func randomMessagesComeBackFromOtherFormats() throws {
    var random = RandomMutations(seed: 8)
    for _ in 0..<40 {
      let page = Page(messages: [RandomMessages.proto3(&random, depth: 1)])
      #expect(try JSONDecoder().decode(Page.self, from: JSONEncoder().encode(page)) == page)
      #expect(try PropertyListDecoder().decode(Page.self, from: PropertyListEncoder().encode(page)) == page)
    }
  }

  @Test func whatIsNoSuchMessageIsRefused() throws {
    let json = Data(#"{"title":"","messages":[{"pink":1}]}"#.utf8)
    #expect(throws: JSONDecodingError.unknownField("pink")) { try JSONDecoder().decode(Page.self, from: json) }
    let deep = String(repeating: #"{"itself":"#, count: 300) + "{}" + String(repeating: "}", count: 300)
    #expect(throws: JSONDecodingError.messageDepthLimit) {
      try JSONDecoder().decode(Proto3.self, from: Data(deep.utf8))
    }
  }
}
