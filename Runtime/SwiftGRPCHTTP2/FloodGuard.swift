/// A token bucket over the frames that cost us work and bring nothing.
///
/// The clock is only read when the bucket is empty, so an honest peer never pays for it.
struct FloodGuard {
  private let burst: Double
  private let perSecond: Double
  private var tokens: Double
  private var refilled = ContinuousClock.now

  init(burst: Int, perSecond: Int) {
    self.burst = Double(burst)
    self.perSecond = Double(perSecond)
    self.tokens = Double(burst)
  }

  /// Counts a frame; `false` when it is one too many.
  mutating func admit() -> Bool {
    tokens -= 1
    if tokens >= 0 { return true }
    let now = ContinuousClock.now
    tokens = min(burst, tokens + (now - refilled) / .seconds(1) * perSecond)
    refilled = now
    return tokens >= 0
  }
}
