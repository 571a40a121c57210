import SwiftGRPCHTTP2
import Testing

@testable import SwiftGRPC

@Suite struct MetadataTests {
  @Test func orderAndRepeatedKeysAreKept() {
    let metadata: Metadata = ["b": "1", "a": "2", "b": "3"]
    #expect(metadata.map(\.key) == ["b", "a", "b"])
    #expect(Array(metadata[stringValues: "b"]) == ["1", "3"])
    #expect(metadata.count == 3)
  }

  @Test func upperAndLowerCaseAreTheSameInKeys() {
    var metadata: Metadata = ["Request-ID": "1"]
    #expect(Array(metadata["request-id"]) == [.string("1")])
    #expect(metadata == ["request-id": "1"])
    #expect(metadata.hashValue == (["REQUEST-ID": "1"] as Metadata).hashValue)
    metadata.removeAllValues(forKey: "REQUEST-id")
    #expect(metadata.isEmpty)
  }

  @Test func replacingRemovesEveryValueOfTheKey() {
    var metadata: Metadata = ["k": "1", "other": "x", "K": "2"]
    metadata.replaceOrAddString("3", forKey: "k")
    #expect(metadata == ["other": "x", "k": "3"])
    metadata.replaceOrAddBinary([1], forKey: "k-bin")
    metadata.replaceOrAddBinary([2], forKey: "k-bin")
    #expect(metadata.firstBinary(forKey: "k-bin") == [2])
  }

  @Test func bytesReadAsTextAreBase64AndTheOtherWayRound() {
    let metadata: Metadata = ["k-bin": [0xAB, 0xAB, 0xAB], "k-bin": "AAE=", "k-bin": "no base 64!"]
    #expect(Array(metadata[stringValues: "k-bin"]) == ["q6ur", "AAE=", "no base 64!"])
    #expect(Array(metadata[binaryValues: "k-bin"]) == [[0xAB, 0xAB, 0xAB], [0, 1]])
  }

  @Test func elementsCanBeAddedFromOtherMetadataAndRemovedByPredicate() {
    var metadata: Metadata = [:]
    metadata.add(contentsOf: ["a": "1"] as Metadata)
    metadata.add(contentsOf: [("b", .string("2")), ("c", .string("3"))])
    metadata.add(.binary([4]), forKey: "d-bin")
    metadata.removeAll { $0.key == "b" }
    #expect(metadata == ["a": "1", "c": "3", "d-bin": [4]])
    metadata.removeAll(keepingCapacity: true)
    #expect(metadata.isEmpty)
  }

  @Test func receivedMetadataHidesWhatIsNotTheUsers() {
    let metadata = received([
      (":status", "200"), ("content-type", "application/grpc"), ("x", "1"), ("grpc-status", "0"),
      ("grpc-message", "m"), ("grpc-status-details-bin", "AQ"), ("user-agent", "grpc-go/1.0"), ("te", "trailers"),
      ("grpc-timeout", "1S"), ("grpc-encoding", "identity"), ("grpc-accept-encoding", "gzip"),
    ])
    #expect(metadata == ["x": "1", "grpc-status-details-bin": [1], "user-agent": "grpc-go/1.0"])
    #expect(Array(metadata[":status"]).isEmpty)
  }

  @Test func receivedBinaryValuesAreSplitAtCommasBeforeTheyAreDecoded_W9() {
    let metadata = received([("k-bin", "AQ==,Ag, Awo="), ("k-bin", "BA"), ("text", "a,b")])
    #expect(Array(metadata[binaryValues: "K-Bin"]) == [[1], [2], [3, 10], [4]])
    #expect(Array(metadata[stringValues: "text"]) == ["a,b"])
    #expect(metadata.count == 5)
  }

  @Test func aReceivedValueThatIsNoBase64IsKeptAsText_W8() {
    let metadata = received([("k-bin", "*?*"), ("obs", "caf\u{e9}")])
    #expect(metadata["k-bin"].map { $0 } == [.string("*?*")])
    #expect(metadata.firstString(forKey: "obs") == "caf\u{e9}")
  }

  @Test func receivedMetadataCanBeChanged() {
    var metadata = received([("a", "1"), ("b", "2")])
    let untouched = metadata
    metadata.addString("3", forKey: "a")
    #expect(metadata == ["a": "1", "b": "2", "a": "3"])
    #expect(untouched == ["a": "1", "b": "2"])
  }

  @Test func itIsACollection() {
    let metadata: Metadata = ["a": "1", "b": "2", "c": "3"]
    #expect(metadata[metadata.index(metadata.startIndex, offsetBy: 1)].key == "b")
    #expect(metadata.reversed().map(\.key) == ["c", "b", "a"])
    #expect("\(metadata)" == #"["a": "1", "b": "2", "c": "3"]"#)
  }

  private func received(_ fields: [(name: String, value: String)]) -> Metadata {
    Metadata(received: ReceivedMetadata(HeaderBlock(fields)))
  }
}
