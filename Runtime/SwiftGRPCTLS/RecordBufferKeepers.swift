/// The TLS ends of one thread that keep OpenSSL's record buffers while these are empty: the ones that came last.
///
/// The buffers take 33 KB of each end, too much for idle ones, and to get and free them for each record takes a tenth of its time.
/// So those keep them that will probably work next. Confined to the thread of the engines.
public struct RecordBufferKeepers {
  /// How many there are at most, so that they hold 1 MB.
  static let maxCount = 32

  /// The one that came first leads.
  private var engines: [TLSEngine] = []

  /// Takes no memory before an engine comes.
  public init() {}

  /// Lets `engine` keep its buffers until it is removed, or until as many others as may keep theirs have come after it.
  ///
  /// It is held until then.
  @inline(__always)
  public mutating func add(_ engine: TLSEngine) {
    guard !engine.keepsRecordBuffers else { return }
    insert(engine)
  }

  private mutating func insert(_ engine: TLSEngine) {
    if engines.count == Self.maxCount { engines.removeFirst().keepsRecordBuffers = false }
    engine.keepsRecordBuffers = true
    engines.append(engine)
  }

  /// Frees the buffers of an engine whose connection has ended; does nothing with one that is not here.
  public mutating func remove(_ engine: TLSEngine) {
    guard engine.keepsRecordBuffers, let index = engines.firstIndex(where: { $0 === engine }) else { return }
    engines.remove(at: index)
    engine.keepsRecordBuffers = false
  }
}
