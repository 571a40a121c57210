/// The names and numbers of an enum's values, as its `.proto` file declares them.
///
/// Generated code gives them as one text, which is read on first use: names in the order of their numbers, with white
/// space between them. A name's number is one more than that of the name before it, and the first one's is zero, unless
/// the number is written before it. A name after `=` is an alias of the name before it. So `A B =C 10 D -1 E` means
/// A 0, B 1, C 1, D 10, E -1.
public struct EnumNames: Sendable {
  /// The numbers that have names, ascending, and the position of each one's first name.
  private let numbers: [(number: Int32, position: Int)]
  /// All names, aliases included, and their numbers.
  private let values: [(name: String, number: Int32)]
  /// Finds numbers.
  private let index: FieldNameIndex

  /// Reads the text of generated code.
  public init(_ text: StaticString) {
    var values: [(name: String, number: Int32)] = []
    var number: Int32 = -1
    for word in text.description.split(whereSeparator: \.isWhitespace) {
      if let explicit = Int32(word) {
        number = explicit &- 1
      } else if word.first == "=" {
        values.append((String(word.dropFirst()), number))
      } else {
        number &+= 1
        values.append((String(word), number))
      }
    }
    self.init(values)
  }

  /// Names and numbers in the order of declaration.
  init(_ values: some Sequence<(name: String, number: Int32)>) {
    self.values = Array(values)
    index = FieldNameIndex(self.values.map { ($0.name, Int($0.number)) })
    var numbers: [(number: Int32, position: Int)] = []
    for (position, value) in self.values.enumerated() { numbers.append((value.number, position)) }
    numbers.sort { ($0.number, $0.position) < ($1.number, $1.position) }
    self.numbers = numbers.indices.filter { $0 == 0 || numbers[$0].number != numbers[$0 - 1].number }.map {
      numbers[$0]
    }
  }

  /// The first name that was declared for a number.
  public func name(of number: Int32) -> String? { position(of: number).map { values[$0].name } }

  /// The first name that was declared for a number, in UTF-8; valid as long as these names are.
  /// ``FieldNameIndex/padding`` bytes may be read behind it.
  func bytes(of number: Int32) -> UnsafeRawBufferPointer? { position(of: number).map { index.name(at: $0) } }

  private func position(of number: Int32) -> Int? {
    guard let first = numbers.first else { return nil }
    let guess = Int(number) - Int(first.number)  // most enums number their values 0, 1, 2
    if numbers.indices.contains(guess), numbers[guess].number == number { return numbers[guess].position }
    var low = 0
    var high = numbers.count
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return low < numbers.count && numbers[low].number == number ? numbers[low].position : nil
  }

  /// The number of a name, also of an alias.
  public func number(of name: String) -> Int32? {
    var name = name
    return name.withUTF8 { number(of: UnsafeRawBufferPointer($0)) }
  }

  /// The number of a name in UTF-8, also of an alias.
  func number(of name: UnsafeRawBufferPointer) -> Int32? {
    index.field(named: name).map { Int32(truncatingIfNeeded: $0) }
  }
}
