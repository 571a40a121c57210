import SwiftGRPCProtobuf

/// The binary coding of a message: reading, and the two passes of writing.
extension MessageGenerator {
  /// Prints the three functions. They are methods of the struct that stores the fields.
  func printCoding(access: String, underscore: String, to printer: inout CodePrinter) {
    printDecode(access: access, name: underscore + "decode", to: &printer)
    printer.print()
    printSize(access: access, name: underscore + "encodedSize", to: &printer)
    printer.print()
    printEncode(access: access, name: underscore + "encode", to: &printer)
  }

  // MARK: Signatures

  func printDecodeHead(
    access: String, name: String, to printer: inout CodePrinter, _ body: (inout CodePrinter) -> Void
  ) {
    let pointer = context.standard("UnsafeRawPointer")
    printer.print("\(access)mutating func \(name)(")
    printer.print(
      "  _ start: \(pointer), _ end: \(pointer), _ context: inout \(context.coder("DecodingContext"))")
    printer.block(") -> \(pointer)", body)
  }

  func printSizeHead(
    access: String, name: String, to printer: inout CodePrinter, _ body: (inout CodePrinter) -> Void
  ) {
    let message = context.standard("UnsafeMutablePointer") + "<Self>"
    printer.print("\(access)static func \(name)(")
    printer.print("  _ message: \(message), _ sizes: inout \(context.coder("EncodedSizes"))")
    printer.block(") -> Int", body)
  }

  func printEncodeHead(
    access: String, name: String, to printer: inout CodePrinter, _ body: (inout CodePrinter) -> Void
  ) {
    let message = context.standard("UnsafeMutablePointer") + "<Self>"
    let pointer = context.standard("UnsafeMutableRawPointer")
    printer.print("\(access)static func \(name)(")
    printer.print("  _ message: \(message), _ start: \(pointer),")
    printer.print("  _ sizes: inout \(context.coder("EncodedSizes"))")
    printer.block(") -> \(pointer)", body)
  }

  // MARK: Bodies

  /// What is written one after the other, in the order of field numbers.
  private enum Item {
    case field(FieldGenerator)
    /// Members of a oneof that no other field's number separates.
    case oneof(OneofGenerator, [FieldDescriptor])
    case extensions(Range<Int32>)
    case messageSetItems
  }

  private var items: [Item] {
    if message.isMessageSet { return [.messageSetItems] }
    var numbered: [(Int32, Item)] = fieldsByNumber.map { field in
      let oneof = field.field.realOneof.map { OneofGenerator(oneof: $0, context: context, isBoxed: layout.isBoxed) }
      return (field.field.number, oneof.map { .oneof($0, [field.field]) } ?? .field(field))
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

  /// The compiler takes time and memory in the square of what one function does with a message; longer ones are cut in
  /// pieces of as many fields.
  private static let longestFunction = 200

  private func printDecode(access: String, name: String, to printer: inout CodePrinter) {
    let reader = context.coder("FieldReader")
    let pieces = fieldsByNumber.pieces(of: Self.longestFunction)
    printDecodeHead(access: access, name: name, to: &printer) { printer in
      printer.print("var p = start")
      printer.block("fields: while p < end") { printer in
        printer.print("let field = p")
        printer.print("let tag = \(reader).tag(&p, end, &context)")
        if pieces.count > 1 {
          printChoice(of: pieces, name: name, to: &printer)
          printUnknown(to: &printer)
          return
        }
        printer.print("switch tag {")
        for field in fieldsByNumber { field.printDecoding(to: &printer) }
        printer.print("default:")
        printer.indented { printUnknown(to: &$0) }
        printer.print("}")
      }
      printRequiredCheck(of: "self", noting: "context.sawMissingRequired", to: &printer)
      printer.print("return p")
    }
    guard pieces.count > 1 else { return }
    for (index, piece) in pieces.enumerated() {
      printer.print()
      printDecode(piece, name: "\(name)\(index + 1)", to: &printer)
    }
  }

  /// Prints the call of the function that knows the field; goes on with the next field when there is such a one.
  private func printChoice(of pieces: [ArraySlice<FieldGenerator>], name: String, to printer: inout CodePrinter) {
    let pointer = context.standard("UnsafeRawPointer")
    printer.print("let known: \(pointer)?")
    printer.print("switch tag >> 3 {")
    for (index, piece) in pieces.enumerated() {
      let isLast = index == pieces.count - 1
      let pattern = isLast ? "default" : "case ...\(piece.last?.field.number ?? 0)"
      printer.print("\(pattern): known = \(name)\(index + 1)(tag, p, end, &context)")
    }
    printer.print("}")
    printer.block("if let known") { printer in
      printer.print("p = known")
      printer.print("continue fields")
    }
  }

  /// Prints the function that decodes some of the fields, and returns `nil` when the tag is of none of them.
  private func printDecode(_ piece: ArraySlice<FieldGenerator>, name: String, to printer: inout CodePrinter) {
    let pointer = context.standard("UnsafeRawPointer")
    printer.print("fileprivate mutating func \(name)(")
    printer.print("  _ tag: UInt32, _ start: \(pointer), _ end: \(pointer),")
    printer.print("  _ context: inout \(context.coder("DecodingContext"))")
    printer.block(") -> \(pointer)?") { printer in
      printer.print("var p = start")
      printer.print("switch tag {")
      for field in piece { field.printDecoding(to: &printer) }
      printer.print("default: return nil")
      printer.print("}")
      printer.print("return p")
    }
  }

  /// Prints what happens to a field that the message does not have.
  private func printUnknown(to printer: inout CodePrinter) {
    let read = message.isMessageSet ? "messageSetItem" : "unknown"
    printer.print("let next = \(context.coder("FieldReader")).\(read)(")
    if message.isExtensible {
      let type = context.namer.expression(ofType: context.namer.visibleName(fullName, in: message), in: message)
      printer.print("  tag: tag, from: field, p, end, &context, &self.unknownFields,")
      printer.print("  &self._protobuf_extensionFieldValues, of: \(type).self)")
    } else {
      printer.print("  tag: tag, from: field, p, end, &context, &self.unknownFields)")
    }
    printer.print("guard let next else { break fields }")
    printer.print("p = next")
  }

  private func printSize(access: String, name: String, to printer: inout CodePrinter) {
    let pieces = items.pieces(of: Self.longestFunction)
    printSizeHead(access: access, name: name, to: &printer) { printer in
      printer.print("\(pieces.isEmpty ? "let" : "var") size = message.pointee.unknownFields.byteCount")
      if pieces.count > 1 {
        for index in pieces.indices { printer.print("size += \(name)\(index + 1)(message, &sizes)") }
      } else {
        for item in items { printSize(of: item, to: &printer) }
      }
      printRequiredCheck(of: "message.pointee", noting: "sizes.sawMissingRequired", to: &printer)
      printer.print("return size")
    }
    guard pieces.count > 1 else { return }
    for (index, piece) in pieces.enumerated() {
      printer.print()
      printSizeHead(access: "fileprivate ", name: "\(name)\(index + 1)", to: &printer) { printer in
        printer.print("var size = 0")
        for item in piece { printSize(of: item, to: &printer) }
        printer.print("return size")
      }
    }
  }

  private func printSize(of item: Item, to printer: inout CodePrinter) {
    let set = "message.pointee._protobuf_extensionFieldValues"
    switch item {
    case .field(let field): field.printSize(to: &printer)
    case .oneof(let oneof, let run): oneof.printSize(of: run, to: &printer)
    case .extensions(let range):
      printer.print("size += \(set)._encodedSize(in: \(range.lowerBound)..<\(range.upperBound), &sizes)")
    case .messageSetItems: printer.print("size += \(set)._messageSetSize(&sizes)")
    }
  }

  /// Prints the check that a message has its own required fields.
  private func printRequiredCheck(of value: String, noting flag: String, to printer: inout CodePrinter) {
    let missing = fields.filter(\.field.isRequired).map { "\(value).\($0.storageName) == nil" }
    for piece in missing.pieces(of: 16) {  // long conditions take the compiler very long
      printer.block("if \(piece.joined(separator: "\n  || "))") { $0.print("\(flag) = true") }
    }
  }

  private func printEncode(access: String, name: String, to printer: inout CodePrinter) {
    let pieces = items.pieces(of: Self.longestFunction)
    printEncodeHead(access: access, name: name, to: &printer) { printer in
      guard !pieces.isEmpty else {
        printer.print("message.pointee.unknownFields._encode(start)")
        return
      }
      printer.print("var p = start")
      if pieces.count > 1 {
        for index in pieces.indices { printer.print("p = \(name)\(index + 1)(message, p, &sizes)") }
      } else {
        for item in items { printEncoding(of: item, to: &printer) }
      }
      printer.print("return message.pointee.unknownFields._encode(p)")
    }
    guard pieces.count > 1 else { return }
    for (index, piece) in pieces.enumerated() {
      printer.print()
      printEncodeHead(access: "fileprivate ", name: "\(name)\(index + 1)", to: &printer) { printer in
        printer.print("var p = start")
        for item in piece { printEncoding(of: item, to: &printer) }
        printer.print("return p")
      }
    }
  }

  private func printEncoding(of item: Item, to printer: inout CodePrinter) {
    let set = "message.pointee._protobuf_extensionFieldValues"
    switch item {
    case .field(let field): field.printEncoding(to: &printer)
    case .oneof(let oneof, let run): oneof.printEncoding(of: run, to: &printer)
    case .extensions(let range):
      printer.print("p = \(set)._encode(in: \(range.lowerBound)..<\(range.upperBound), p, &sizes)")
    case .messageSetItems: printer.print("p = \(set)._encodeMessageSet(p, &sizes)")
    }
  }
}

extension Array {
  /// The array cut in pieces of `count` elements; none when it is empty.
  fileprivate func pieces(of count: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
  }
}

extension MessageDescriptor {
  /// Whether the extensions are written as items of a message set, which then is all that the message has.
  fileprivate var isMessageSet: Bool { usesMessageSetWireFormat && isExtensible }
}
