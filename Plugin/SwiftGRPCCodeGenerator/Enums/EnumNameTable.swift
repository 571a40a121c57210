import SwiftGRPCProtobuf

/// The names of an enum's values for JSON and text format, as the text that the runtime parses on first use.
///
/// Names stand in the order of their numbers with white space between them. A name's number is one more than that of the
/// name before it, the first one's zero, unless the number is written before it. A name after `=` is an alias of the
/// name before it. So `A B =C 10 D -1 E` means A 0, B 1, C 1, D 10, E -1.
struct EnumNameTable {
  private var words: [String] = []

  init(_ type: EnumDescriptor) {
    var expected: Int64 = 0
    for value in type.primaryValues.sorted(by: { $0.number < $1.number }) {
      let prefix = Int64(value.number) == expected ? "" : "\(value.number) "
      words.append(prefix + value.name)
      words += type.values.filter { $0.original == value }.map { "=" + $0.name }
      expected = Int64(value.number) + 1
    }
  }

  /// The table in lines of about `width` characters.
  func text(width: Int) -> String {
    var lines: [String] = []
    for word in words {
      if let last = lines.last, last.utf8.count + word.utf8.count < width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(word)
      }
    }
    return lines.joined(separator: "\n")
  }
}
