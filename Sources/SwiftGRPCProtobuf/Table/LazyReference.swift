import Synchronization

/// An object that is made when it is first asked for, whichever thread asks.
///
/// As the standard library's `AtomicLazyReference`, which looks up generic metadata on each load: hundreds of
/// instructions.
struct LazyReference<Instance: AnyObject & Sendable>: ~Copyable {
  /// The address of the object, retained; 0 until there is one.
  private let address = Atomic<UInt>(0)

  deinit { Self.reference(address.load(ordering: .acquiring))?.release() }

  /// The object; made by `make`, if there is none yet. Of two that are made at once, one is kept.
  @inline(__always)
  func value(_ make: () -> Instance) -> Instance {
    (Self.reference(address.load(ordering: .acquiring)) ?? keep(make())).takeUnretainedValue()
  }

  /// Gives `body` the object without counting a reference to it.
  @inline(__always)
  func withValue<Result>(_ make: () -> Instance, _ body: (Instance) -> Result) -> Result {
    (Self.reference(address.load(ordering: .acquiring)) ?? keep(make()))._withUnsafeGuaranteedRef { body($0) }
  }

  @inline(never)
  private func keep(_ instance: Instance) -> Unmanaged<Instance> {
    let made = Unmanaged.passRetained(instance)
    let (isFirst, other) = address.compareExchange(
      expected: 0, desired: UInt(bitPattern: made.toOpaque()), ordering: .acquiringAndReleasing)
    guard !isFirst, let other = Self.reference(other) else { return made }
    made.release()
    return other
  }

  @inline(__always)
  private static func reference(_ address: UInt) -> Unmanaged<Instance>? {
    UnsafeRawPointer(bitPattern: address).map { Unmanaged.fromOpaque($0) }
  }
}
