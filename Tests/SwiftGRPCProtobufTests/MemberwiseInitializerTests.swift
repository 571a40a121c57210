import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

/// The initialisers that the option `MemberwiseInitializers` adds.
struct MemberwiseInitializerTests {
  private typealias Marker = Fixtures_Memberwise_Marker

  @Test func everyFieldIsAParameterInTheOrderOfTheFile() {
    let marker = Marker(
      title: "top", place: .init(x: 1, y: 2), rank: 0, target: .url("u"), tags: ["a"], counts: ["n": 1], color: .red,
      icon: Data([1]))
    let expected = Marker.with {
      $0.title = "top"
      $0.place.x = 1
      $0.place.y = 2
      $0.rank = 0
      $0.url = "u"
      $0.tags = ["a"]
      $0.counts = ["n": 1]
      $0.color = .red
      $0.icon = Data([1])
    }
    #expect(marker == expected)
    #expect(marker.hasRank)
  }

  @Test func whatIsLeftOutIsNotSet() {
    #expect(Marker(title: "") == Marker())
    #expect(!Marker(tags: ["a"]).hasPlace)
    #expect(Fixtures_Memberwise_Point(y: 3) == .with { $0.y = 3 })
    #expect(Fixtures_Memberwise_Words(class: "c", var: false, copy: "d").hasVar)
  }

  @Test func copiesOfABoxedMessageStayApart() {
    let first = Marker(title: "one")
    var second = first
    second.title = "two"
    #expect(first.title == "one")
  }
}
