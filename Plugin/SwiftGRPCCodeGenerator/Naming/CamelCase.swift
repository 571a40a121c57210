/// Splits names into words and joins them in camel case, in the way that Swift's protobuf users know.
///
/// A word ends at an underscore, before a digit that follows a letter and after the digits, and before an upper-case
/// letter that follows a lower-case one. `url`, `http`, `https` and `id` are written in upper case, except as the first
/// word of a lowerCamelCase name. The second and later of several underscores stay.
enum CamelCase {
  private static let abbreviations: Set<String> = ["url", "http", "https", "id"]

  private enum CharacterClass {
    case start, digit, lower, upper, underscore, other

    init(_ scalar: Unicode.Scalar) {
      switch scalar {
      case "0"..."9": self = .digit
      case "a"..."z": self = .lower
      case "A"..."Z": self = .upper
      case "_": self = .underscore
      default: self = .other
      }
    }
  }

  /// `some_http_name` as `someHTTPName`.
  static func lower(_ name: String) -> String { convert(name, startsUpper: false) }

  /// `some_http_name` as `SomeHTTPName`.
  static func upper(_ name: String) -> String { convert(name, startsUpper: true) }

  private static func convert(_ name: String, startsUpper: Bool) -> String {
    var result = ""
    var word = ""
    var previous = CharacterClass.start

    func endWord() {
      guard !word.isEmpty else { return }
      if result.isEmpty && !startsUpper {
        result = word
      } else if abbreviations.contains(word) {
        result += word.asciiUppercased
      } else {
        result += word.asciiCapitalized
      }
      word = ""
    }

    for scalar in name.unicodeScalars {
      let current = CharacterClass(scalar)
      switch current {
      case .lower:
        if previous != .lower && previous != .upper { endWord() }
        word.unicodeScalars.append(scalar)
      case .upper:
        if previous != .upper { endWord() }
        word.unicodeScalars.append(scalar.asciiLowercased)
      case .digit:
        if previous != .digit { endWord() }
        // An identifier does not start with a digit.
        if result.isEmpty { result = "_" }
        word.unicodeScalars.append(scalar)
      case .underscore:
        endWord()
        if previous == .underscore { result += "_" }
      case .other, .start:
        endWord()
        let fits = result.isEmpty ? scalar.properties.isXIDStart : scalar.properties.isXIDContinue
        if fits {
          word.unicodeScalars.append(scalar)
        } else {
          result += "_u\(scalar.value)"
        }
      }
      previous = current
    }
    endWord()
    if previous == .underscore { result += "_" }
    return result
  }
}
