/// The names and numbers of an enum's values, as its `.proto` file declares them.
///
/// Generated code gives them as one text, which is read on first use: names in the order of their numbers, with white
/// space between them. A name's number is one more than that of the name before it, and the first one's is zero, unless
/// the number is written before it. A name after `=` is an alias of the name before it. So `A B =C 10 D -1 E` means
/// A 0, B 1, C 1, D 10, E -1.
public struct EnumNames: Sendable {
  private var names: [Int32: String] = [:]
  private var numbers: [String: Int32] = [:]

  /// Reads the text of generated code.
  public init(_ text: StaticString) {
    var number: Int32 = -1
    for word in text.description.split(whereSeparator: \.isWhitespace) {
      if let explicit = Int32(word) {
        number = explicit &- 1
      } else if word.first == "=" {
        numbers[String(word.dropFirst())] = number
      } else {
        number &+= 1
        names[number] = String(word)
        numbers[String(word)] = number
      }
    }
  }

  /// The names of an enum that is known at run time only, in the order of declaration.
  init(_ values: some Sequence<(name: String, number: Int32)>) {
    for (name, number) in values {
      if names[number] == nil { names[number] = name }
      numbers[name] = number
    }
  }

  /// The first name that was declared for a number.
  public func name(of number: Int32) -> String? { names[number] }

  /// The number of a name, also of an alias.
  public func number(of name: String) -> Int32? { numbers[name] }
}
