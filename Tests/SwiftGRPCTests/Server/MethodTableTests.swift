import Testing

@testable import SwiftGRPC

@Suite struct MethodTableTests {
  private func handler(_ service: String, _ method: String) -> MethodHandler {
    MethodHandler(
      descriptor: MethodDescriptor(fullyQualifiedService: service, method: method), start: { _ in },
      intercepted: { _ in preconditionFailure("not intercepted here") }
    )
  }

  private func find(_ path: String, in table: MethodTable) -> String? {
    Array(path.utf8).withUnsafeBytes { table.handler(forPath: $0)?.descriptor.path }
  }

  @Test func everyMethodIsFoundByItsPath() {
    let handlers = (0..<500).map { self.handler("package.Service\($0 % 7)", "Method\($0)") }
    let table = MethodTable(handlers)
    for handler in handlers {
      #expect(self.find(handler.descriptor.path, in: table) == handler.descriptor.path)
    }
  }

  @Test(arguments: ["", "/", "/a.B/C ", "/a.B/c", "/a.B/", "a.B/C", "/a.B/CC", "//a.B/C"])
  func otherPathsAreNotFound(path: String) {
    #expect(self.find(path, in: MethodTable([self.handler("a.B", "C")])) == nil)
  }

  @Test func emptyTableFindsNothing() {
    #expect(self.find("/a.B/C", in: MethodTable([MethodHandler]())) == nil)
  }
}
