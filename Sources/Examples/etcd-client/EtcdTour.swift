import Foundation
import SwiftGRPC
import SwiftGRPCProtobuf

/// Something that etcd answered and that was not expected.
struct UnexpectedAnswer: Error, CustomStringConvertible {
  let description: String
}

/// What the example does with an etcd server. It leaves no key behind.
struct EtcdTour: Sendable {
  private let keys: Etcdserverpb_KV.Client
  private let watches: Etcdserverpb_Watch.Client
  private let leases: Etcdserverpb_Lease.Client

  init(client: GRPCClient) {
    keys = Etcdserverpb_KV.Client(wrapping: client)
    watches = Etcdserverpb_Watch.Client(wrapping: client)
    leases = Etcdserverpb_Lease.Client(wrapping: client)
  }

  /// Puts three keys, reads them back as one range, and deletes them.
  func putAndRange() async throws {
    let fruits = ["apple": "red", "banana": "yellow", "cherry": "dark red"]
    for (name, colour) in fruits { try await put("fruit/\(name)", colour) }
    let answer = try await keys.range(
      .with {
        $0.key = Data("fruit/".utf8)
        $0.rangeEnd = Data("fruit0".utf8)  // "0" follows "/"
        $0.sortOrder = .ascend
      })
    for pair in answer.kvs { print("range: \(text(pair.key)) = \(text(pair.value))") }
    try expect(answer.kvs.map { text($0.key) }, fruits.keys.sorted().map { "fruit/\($0)" })
    let deletion = try await keys.deleteRange(
      .with {
        $0.key = Data("fruit/".utf8)
        $0.rangeEnd = Data("fruit0".utf8)
      })
    try expect(deletion.deleted, Int64(fruits.count))
  }

  /// Watches a key while another call changes it, and checks that each change is told, in order.
  func watch(changeCount: Int) async throws {
    let watch = try await watches.watch()
    try await watch.write(.with { $0.createRequest.key = Data("counter".utf8) })
    var answers = watch.makeAsyncIterator()
    try expect(await answers.next()?.created, true)

    async let changing: Void = change("counter", times: changeCount)
    var seen: [String] = []
    while seen.count < changeCount, let answer = try await answers.next() {
      seen += answer.events.map { text($0.kv.value) }
    }
    try await changing
    try expect(seen, (1...changeCount).map { "\($0)" })
    print("watch: \(changeCount) changes seen in order")

    watch.cancel()
    _ = try await keys.deleteRange(.with { $0.key = Data("counter".utf8) })
  }

  /// Grants a lease, extends it some times, and shows that its key vanishes when it is revoked.
  func keepLeaseAlive() async throws {
    let lease = try await leases.leaseGrant(.with { $0.ttl = 5 })
    try await put("leased", "for a while", lease: lease.id)

    let keepAlive = try await leases.leaseKeepAlive()
    var answers = keepAlive.makeAsyncIterator()
    for _ in 1...3 {
      try await keepAlive.write(.with { $0.id = lease.id })
      try expect(await answers.next()?.ttl, lease.ttl)
      print("lease: extended to \(lease.ttl) s")
    }
    try await keepAlive.finish()
    try expect(await answers.next(), nil)

    _ = try await leases.leaseRevoke(.with { $0.id = lease.id })
    try expect(await keys.range(.with { $0.key = Data("leased".utf8) }).count, 0)
    print("lease: its key vanished with it")
  }

  private func change(_ key: String, times: Int) async throws {
    for number in 1...times { try await put(key, "\(number)") }
  }

  private func put(_ key: String, _ value: String, lease: Int64 = 0) async throws {
    _ = try await keys.put(
      .with {
        $0.key = Data(key.utf8)
        $0.value = Data(value.utf8)
        $0.lease = lease
      })
  }

  private func text(_ bytes: Data) -> String { String(decoding: bytes, as: UTF8.self) }

  private func expect<Value: Equatable>(_ actual: Value, _ expected: Value) throws {
    guard actual != expected else { return }
    throw UnexpectedAnswer(description: "expected \(expected), got \(actual)")
  }
}
