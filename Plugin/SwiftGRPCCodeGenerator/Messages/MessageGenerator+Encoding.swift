import SwiftGRPCProtobuf

/// The binary coding of a message: writing, backwards, so that the fields are written from the last to the first.
extension MessageGenerator {
  /// What is written one after the other.
  private enum Item {
    case field(FieldGenerator)
    /// Members of a oneof that no other field's number separates.
    case oneof(OneofGenerator, [FieldGenerator])
    case extensions(Range<Int32>)
    case messageSetItems

    /// The most bytes that the item takes of the room that there is; `nil` when it asks for its own.
    var mostBytes: Int? {
      switch self {
      case .field(let field): field.encodedBytes
      case .oneof(_, let run): run.allSatisfy { $0.encodedBytes != nil } ? mostBytesLeftTaken : nil
      case .extensions, .messageSetItems: nil
      }
    }

    /// The most bytes of the room that an item takes without asking.
    var mostBytesLeftTaken: Int {
      guard case .oneof(_, let run) = self else { return 0 }
      return run.compactMap(\.encodedBytes).max() ?? 0
    }
  }

  /// The items in the order of field numbers.
  private var items: [Item] {
    if message.isMessageSet { return [.messageSetItems] }
    var numbered: [(Int32, Item)] = fieldsByNumber.map { field in
      let oneof = field.field.realOneof.map { OneofGenerator(oneof: $0, context: context, isBoxed: layout.isBoxed) }
      return (field.field.number, oneof.map { .oneof($0, [field]) } ?? .field(field))
    }
    numbered += message.extensionNumbers.map { ($0.lowerBound, .extensions($0)) }
    numbered.sort { $0.0 < $1.0 }
    return numbered.reduce(into: []) { items, next in
      if case .oneof(let oneof, let member) = next.1, case .oneof(let last, let run)? = items.last,
        last.oneof == oneof.oneof
      {
        items[items.count - 1] = .oneof(oneof, run + member)
      } else {
        items.append(next.1)
      }
    }
  }

  func printEncodeHead(
    access: String, name: String, to printer: inout CodePrinter, _ body: (inout CodePrinter) -> Void
  ) {
    let message = context.standard("UnsafeMutablePointer") + "<Self>"
    let pointer = context.standard("UnsafeMutableRawPointer")
    printer.print("\(access)static func \(name)(")
    printer.print("  _ message: \(message), before end: \(pointer),")
    printer.print("  _ context: inout \(context.coder("EncodingContext"))")
    printer.block(") -> \(pointer)", body)
  }

  func printEncode(access: String, name: String, to printer: inout CodePrinter) {
    let pieces = Array(items.reversed()).pieces(of: Self.longestFunction)
    printEncodeHead(access: access, name: name, to: &printer) { printer in
      let unknown = "message.pointee.unknownFields._encode(before: end, &context)"
      guard !pieces.isEmpty else {
        printer.print(unknown)
        return
      }
      printer.print("var p = \(unknown)")
      if pieces.count > 1 {
        for index in pieces.indices {
          printer.print("p = context.room(before: \(name)\(index + 1)(message, before: p, &context))")
        }
      } else {
        printEncoding(of: pieces[0], to: &printer)
      }
      printRequiredCheck(of: "message.pointee", noting: "context.sawMissingRequired", to: &printer)
      printer.print("return p")
    }
    guard pieces.count > 1 else { return }
    for (index, piece) in pieces.enumerated() {
      printer.print()
      printEncodeHead(access: "fileprivate ", name: "\(name)\(index + 1)", to: &printer) { printer in
        printer.print("var p = end")
        printEncoding(of: piece, to: &printer)
        printer.print("return p")
      }
    }
  }

  /// Prints the statements that write some of the items, and ask for room where what was written may have taken it.
  private func printEncoding(of items: ArraySlice<Item>, to printer: inout CodePrinter) {
    let mostTaken = EncodingContext.room - EncodingContext.reserve
    var taken = 0
    for item in items {
      let bytes = item.mostBytes
      if bytes.map({ taken + $0 > mostTaken }) ?? (taken > 0) {
        printer.print("p = context.room(before: p)")
        taken = 0
      }
      taken += bytes ?? item.mostBytesLeftTaken
      printEncoding(of: item, to: &printer)
    }
  }

  private func printEncoding(of item: Item, to printer: inout CodePrinter) {
    let set = "message.pointee._protobuf_extensionFieldValues"
    switch item {
    case .field(let field): field.printEncoding(to: &printer)
    case .oneof(let oneof, let run): oneof.printEncoding(of: run, to: &printer)
    case .extensions(let range):
      printer.print("p = \(set)._encode(in: \(range.lowerBound)..<\(range.upperBound), before: p, &context)")
    case .messageSetItems: printer.print("p = \(set)._encodeMessageSet(before: p, &context)")
    }
  }
}
