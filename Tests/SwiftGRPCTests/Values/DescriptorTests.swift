import SwiftGRPC
import Testing

@Suite struct DescriptorTests {
  @Test func aServiceSplitsAtItsLastDot() {
    let service = ServiceDescriptor(fullyQualifiedService: "google.pubsub.v1.Publisher")
    #expect(service.package == "google.pubsub.v1")
    #expect(service.service == "Publisher")
    #expect(service == ServiceDescriptor(package: "google.pubsub.v1", service: "Publisher"))
  }

  @Test func aServiceMayHaveNoPackage() {
    let service = ServiceDescriptor(package: "", service: "Echo")
    #expect(service.fullyQualifiedService == "Echo")
    #expect(service.package == "")
    #expect(service.service == "Echo")
  }

  @Test func thePathIsSlashServiceSlashMethod() {
    let method = MethodDescriptor(fullyQualifiedService: "helloworld.Greeter", method: "SayHello", type: .unary)
    #expect(method.path == "/helloworld.Greeter/SayHello")
    #expect(method.fullyQualifiedMethod == "helloworld.Greeter/SayHello")
    #expect("\(method)" == "helloworld.Greeter/SayHello")
  }

  @Test func methodsAreEqualWhenTheirPathsAre() {
    let service = ServiceDescriptor(fullyQualifiedService: "a.B")
    let typed = MethodDescriptor(service: service, method: "C", type: .unary)
    let untyped = MethodDescriptor(service: service, method: "C")
    #expect(typed == untyped)
    #expect(Set([typed, untyped]).count == 1)
    #expect(typed != MethodDescriptor(service: service, method: "c"))
  }

  @Test func kindsKnowWhichSideStreams() {
    let kinds = MethodDescriptor.RPCType.allCases
    #expect(kinds.map(\.isRequestStreaming) == [false, true, false, true])
    #expect(kinds.map(\.isResponseStreaming) == [false, false, true, true])
  }
}
