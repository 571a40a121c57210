/// Random bytes and damage that a seed repeats (SplitMix64).
struct RandomMutations: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Changes bytes in one to four places: flips, cuts, inserts, repeats.
  mutating func damage(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &self) {
      let place = Int.random(in: 0...bytes.count, using: &self)
      switch Int.random(in: 0..<6, using: &self) {
      case 0: bytes.removeSubrange(place...)
      case 1: bytes.insert(UInt8.random(in: 0...255, using: &self), at: place)
      case 2: bytes.insert(contentsOf: [UInt8](repeating: 0xff, count: Int.random(in: 1...11, using: &self)), at: place)
      case 3: bytes.insert(contentsOf: bytes[place...].prefix(64), at: place)
      case 4 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      case 5 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &self)
      default: break
      }
    }
    return bytes
  }
}
