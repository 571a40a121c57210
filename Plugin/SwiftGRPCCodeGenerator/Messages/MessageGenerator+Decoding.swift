import SwiftGRPCProtobuf

/// The binary coding of a message: reading.
extension MessageGenerator {
  /// The compiler takes time and memory in the square of what one function does with a message; longer ones are cut in
  /// pieces of as many fields.
  static let longestFunction = 200

  func printDecodeHead(
    access: String, name: String, to printer: inout CodePrinter, _ body: (inout CodePrinter) -> Void
  ) {
    let pointer = context.standard("UnsafeRawPointer")
    printer.print("\(access)mutating func \(name)(")
    printer.print(
      "  _ start: \(pointer), _ end: \(pointer), _ context: inout \(context.coder("DecodingContext"))")
    printer.block(") -> \(pointer)", body)
  }

  func printDecode(access: String, name: String, to printer: inout CodePrinter) {
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

  /// Prints the check that a message has its own required fields.
  func printRequiredCheck(of value: String, noting flag: String, to printer: inout CodePrinter) {
    let missing = fields.filter(\.field.isRequired).map { "\(value).\($0.storageName) == nil" }
    for piece in missing.pieces(of: 16) {  // long conditions take the compiler very long
      printer.block("if \(piece.joined(separator: "\n  || "))") { $0.print("\(flag) = true") }
    }
  }
}

extension Array {
  /// The array cut in pieces of `count` elements; none when it is empty.
  func pieces(of count: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
  }
}

extension MessageDescriptor {
  /// Whether the extensions are written as items of a message set, which then is all that the message has.
  var isMessageSet: Bool { usesMessageSetWireFormat && isExtensible }
}
