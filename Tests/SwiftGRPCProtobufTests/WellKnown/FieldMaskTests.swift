import Testing

@testable import SwiftGRPCProtobuf

struct FieldMaskTests {
  typealias Mask = Google_Protobuf_FieldMask

  private func text(of paths: [String]) -> String? {
    let byteCount = FieldMaskText.maximumByteCount(of: paths)
    return withUnsafeTemporaryAllocation(byteCount: byteCount + 1, alignment: 1) { buffer in
      guard let start = buffer.baseAddress, let end = FieldMaskText.write(paths, to: start) else { return nil }
      #expect(end - start <= byteCount)
      return String(decoding: buffer[..<(end - start)], as: UTF8.self)
    }
  }

  private func paths(_ text: String) -> [String]? { Array(text.utf8).withUnsafeBytes(FieldMaskText.parse) }

  @Test(arguments: [
    ([], ""), (["foo"], "foo"), (["foo", "foo_bar", "foo.bar.baz"], "foo,fooBar,foo.bar.baz"), (["a_b_c"], "aBC"),
    (["_foo"], "Foo"), (["a._b"], "a.B"), (["a1.b2"], "a1.b2"), (["(a.b_c)"], "(a.bC)"),
  ])
  func pathsHaveAText(paths: [String], text: String) {
    #expect(self.text(of: paths) == text)
    #expect(self.paths(text) == paths)
  }

  @Test(arguments: ["", "foo_3_bar", "foo__bar", "foo_", "_", "fooBar", "foo,bar", "foo-bar", "a b", "ȟìĳ", "a_.b"])
  func pathsThatWouldNotBeReadBackHaveNoText(path: String) {
    #expect(text(of: [path]) == nil)
    #expect(text(of: ["ok", path]) == nil)
  }

  @Test(arguments: ["foo,", ",foo", "foo,,bar", ",", "foo_bar", "foo-bar", "foo bar", "foo/bar", "foo\"", "H\u{302}"])
  func malformedTextsAreRefused(text: String) {
    #expect(paths(text) == nil)
  }

  @Test func pathsAreTakenAsTheyAre() {
    #expect(Mask(protoPaths: "foo", "bar").paths == ["foo", "bar"])
    #expect(Mask(protoPaths: ["b", "b", "?"]).paths == ["b", "b", "?"])
    #expect(Mask(jsonPaths: "fooBar", "a.bC")?.paths == ["foo_bar", "a.b_c"])
    #expect(Mask(jsonPaths: "fooBar", "a_b") == nil)
  }

  @Test(arguments: [
    (["a.b", "a", "b"], ["a", "b"]), (["b", "a"], ["a", "b"]),
    (["c", "a.b.c", "a.b", "a.b", "a.b.c.d"], ["a.b", "c"]),
    (["a.c", "a", "a.b"], ["a"]), (["ab", "a", "a_b", "a.b", "a0"], ["a", "a0", "a_b", "ab"]), ([], []),
  ])
  func theCanonicalMaskIsSortedAndHasNoPathBelowAnother(paths: [String], canonical: [String]) {
    #expect(Mask(protoPaths: paths).canonical.paths == canonical)
  }

  @Test func aPathContainsItselfAndWhatIsBelow() {
    let mask = Mask(protoPaths: "a.b", "c")
    #expect(mask.contains("a.b") && mask.contains("a.b.c") && mask.contains("c.d"))
    #expect(!mask.contains("a") && !mask.contains("a.bc") && !mask.contains("a.c") && !mask.contains("cc"))
    #expect(!Mask().contains("a"))
  }

  @Test func setOperationsKeepTheOrderAndEachPathOnce() {
    let left = Mask(protoPaths: "c", "a", "c", "b")
    let right = Mask(protoPaths: "d", "b", "a", "d")
    #expect(left.union(right).paths == ["c", "a", "b", "d"])
    #expect(left.intersect(right).paths == ["a", "b"])
    #expect(left.subtract(right).paths == ["c"])
    #expect(right.subtract(left).paths == ["d"])
    #expect(Mask().union(right).paths == ["d", "b", "a"])
  }
}
