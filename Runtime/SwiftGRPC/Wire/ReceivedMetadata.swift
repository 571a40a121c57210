import SwiftGRPCHTTP2
import Synchronization

/// The metadata in a header list that was received, kept as it arrived.
///
/// A look-up compares bytes and makes text of the values that it finds only. The whole list is turned into elements at
/// most once, when somebody asks for it.
final class ReceivedMetadata: Sendable {
  private let block: HeaderBlock
  private let cache = Mutex<[Metadata.Element]?>(nil)

  init(_ block: HeaderBlock) {
    self.block = block
  }

  /// Every key and value of the block that is metadata, in the order of arrival.
  var elements: [Metadata.Element] {
    cache.withLock { cached in
      if let cached { return cached }
      var elements: [Metadata.Element] = []
      block.forEach { name, value in
        guard !ReservedHeaders.isHiddenFromMetadata(name) else { return }
        let key = String(decoding: name, as: UTF8.self)
        Self.forEachValue(of: name, value) { elements.append((key, $0)) }
      }
      cached = elements
      return elements
    }
  }

  /// The values of a key, in the order of arrival; upper and lower case are the same.
  func values(forKey key: String) -> [Metadata.Value] {
    var values: [Metadata.Value] = []
    block.forEach { name, value in
      guard ASCII.equal(name, ignoringCaseOf: key), !ReservedHeaders.isHiddenFromMetadata(name) else { return }
      Self.forEachValue(of: name, value) { values.append($0) }
    }
    return values
  }

  /// Calls `body` with the bytes of each name and value that is metadata, as they arrived.
  func forEachField(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void) {
    block.forEach { name, value in
      if !ReservedHeaders.isHiddenFromMetadata(name) { body(name, value) }
    }
  }

  /// Splits the value of a `-bin` key at commas and decodes each part; any other value is one text.
  ///
  /// A part that is not Base64 is kept as text, because a bad value must not fail a call.
  /// Spec: gRPC over HTTP/2, "Custom-Metadata": implementations must split before decoding.
  private static func forEachValue(
    of name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ body: (Metadata.Value) -> Void
  ) {
    guard ASCII.hasSuffix(name, "-bin") else {
      body(.string(String(decoding: value, as: UTF8.self)))
      return
    }
    for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      let text = ASCII.trimmed(UnsafeRawBufferPointer(rebasing: part))
      if let bytes = Base64.decode(text) {
        body(.binary(bytes))
      } else {
        body(.string(String(decoding: text, as: UTF8.self)))
      }
    }
  }
}
