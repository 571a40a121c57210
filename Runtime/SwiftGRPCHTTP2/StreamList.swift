/// A doubly linked list of streams through the streams themselves: no allocation, and removal anywhere in O(1).
///
/// The list owns its members. A stream is in at most one list.
struct StreamList {
  private var first: Unmanaged<HTTP2Stream>?
  private var last: Unmanaged<HTTP2Stream>?
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  /// The stream that has been in the list for longest.
  var head: HTTP2Stream? { first?.takeUnretainedValue() }

  mutating func append(_ stream: HTTP2Stream) {
    let link = Unmanaged.passRetained(stream)
    stream.previous = last
    stream.next = nil
    if let last {
      last._withUnsafeGuaranteedRef { $0.next = link }
    } else {
      first = link
    }
    last = link
    count += 1
  }

  mutating func remove(_ stream: HTTP2Stream) {
    if let previous = stream.previous {
      previous._withUnsafeGuaranteedRef { $0.next = stream.next }
    } else {
      first = stream.next
    }
    if let next = stream.next {
      next._withUnsafeGuaranteedRef { $0.previous = stream.previous }
    } else {
      last = stream.previous
    }
    stream.next = nil
    stream.previous = nil
    count -= 1
    Unmanaged.passUnretained(stream).release()
  }

  /// The first stream for which `predicate` holds.
  func first(where predicate: (HTTP2Stream) -> Bool) -> HTTP2Stream? {
    var link = first
    while let stream = link?.takeUnretainedValue() {
      if predicate(stream) { return stream }
      link = stream.next
    }
    return nil
  }
}
