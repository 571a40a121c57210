import SwiftGRPCProtobuf

/// The conformances that make a message's declaration work: binary coding, and the table for everything else.
extension MessageGenerator {
  /// Prints the conformances of the message and of what is nested in it.
  func generateSupport(to printer: inout CodePrinter) {
    printMessageExtension(to: &printer)
    for oneof in oneofs {
      printer.print()
      oneof.printSupport(to: &printer)
    }
    for nested in message.enums {
      printer.print()
      EnumGenerator(type: nested, context: context).generateSupport(to: &printer)
    }
    for nested in message.messages {
      printer.print()
      MessageGenerator(message: nested, context: context).generateSupport(to: &printer)
    }
  }

  var fullName: String { context.namer.fullName(of: message) }

  private func printMessageExtension(to printer: inout CodePrinter) {
    printer.block("\(context.isolation)extension \(fullName)") { printer in
      printer.print("\(context.access)static var protoMessageName: String { \"\(message.fullName)\" }")
      DescriptorGenerator(context).printReference(to: &printer)
      if context.containment[message].containsRequired {
        printer.print()
        printer.print("\(context.access)var isInitialized: Bool { _hasRequiredFields }")
      }
      printer.print()
      if layout.isBoxed {
        printForwarding(to: &printer)
      } else {
        printCoding(access: context.access, underscore: "_", to: &printer)
      }
      printer.print()
      printTable(to: &printer)
    }
    guard layout.isBoxed else { return }
    printer.print()
    printer.block("\(context.isolation)extension \(fullName)._Fields") { printer in
      printCoding(access: "fileprivate ", underscore: "", to: &printer)
    }
  }

  /// Prints the functions of the binary format. They are methods of the struct that stores the fields.
  private func printCoding(access: String, underscore: String, to printer: inout CodePrinter) {
    printDecode(access: access, name: underscore + "decode", to: &printer)
    printer.print()
    printEncode(access: access, name: underscore + "encode", to: &printer)
  }

  // MARK: Boxed storage

  /// The requirements of a boxed message, which its box's content answers.
  private func printForwarding(to printer: inout CodePrinter) {
    let access = context.access
    let pointer = context.standard("UnsafePointer")
    let mutablePointer = context.standard("UnsafeMutablePointer")
    let rawPointer = context.standard("UnsafeRawPointer")
    let mutableRawPointer = context.standard("UnsafeMutableRawPointer")
    printDecodeHead(access: access, name: "_decode", to: &printer) {
      $0.print("_uniqueFields.pointee.decode(start, end, &context)")
    }
    printer.print()
    printEncodeHead(access: access, name: "_encode", to: &printer) {
      $0.print("_withFields(\(pointer)(message)) { _Fields.encode($0, before: end, &context) }")
    }
    printer.print()
    printer.print("\(access)static func _withFields<Result>(")
    printer.print("  of message: \(pointer)<Self>, _ body: (\(rawPointer)) -> Result")
    printer.block(") -> Result") { $0.print("_withFields(message) { body($0) }") }
    printer.print()
    printer.print("\(access)mutating func _withMutableFields<Result>(")
    printer.print("  _ body: (\(mutableRawPointer)) -> Result")
    printer.block(") -> Result") {
      $0.print("body(_uniqueFields)")
    }
    printer.print()
    printer.print("// The message keeps its box while `body` runs, so that no reference need be counted.")
    printer.print("@inline(__always)")
    printer.print("fileprivate static func _withFields<Result>(")
    printer.print("  _ message: \(pointer)<Self>, _ body: (\(mutablePointer)<_Fields>) -> Result")
    printer.block(") -> Result") { printer in
      let unmanaged = context.standard("Unmanaged")
      printer.block("\(unmanaged).passUnretained(message.pointee._storage)._withUnsafeGuaranteedRef") { printer in
        printer.print("body(\(context.coder("MessageBox")).content(of: $0, as: _Fields.self))")
      }
    }
  }

  // MARK: Table

  private func printTable(to printer: inout CodePrinter) {
    let text = MessageTableText(message, fields: fields, isBoxed: layout.isBoxed, context: context)
    let size = context.standard("MemoryLayout") + (layout.isBoxed ? "<_Fields>.size" : "<Self>.size")
    printer.print("\(context.access)static let _table = \(context.coder("MessageTable"))(")
    printer.indented { printer in
      printer.print("of: Self.self, size: \(size),")
      printer.print("\"\"\"")
      printer.print(lines: text.lines.map(\.escapedForSwift))
      printer.print("\"\"\"" + text.lists.map { ",\n" + $0 }.joined() + ")")
    }
  }
}
