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

  private var fullName: String { context.namer.fullName(of: message) }

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

  // MARK: Coding

  /// What is written one after the other, in the order of field numbers.
  private enum Item {
    case field(FieldGenerator)
    /// Members of a oneof that no other field's number separates.
    case oneof(OneofGenerator, [FieldDescriptor])
    case extensions(Range<Int32>)
  }

  private var items: [Item] {
    var numbered: [(Int32, Item)] = []
    for descriptor in message.fieldsByNumber {
      guard let generator = fields.first(where: { $0.field == descriptor }) else { continue }
      if let oneof = oneofs.first(where: { $0.oneof == descriptor.realOneof }) {
        numbered.append((descriptor.number, .oneof(oneof, [descriptor])))
      } else {
        numbered.append((descriptor.number, .field(generator)))
      }
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

  private func printCoding(access: String, underscore: String, to printer: inout CodePrinter) {
    printDecode(access: access, name: underscore + "decode", to: &printer)
    printer.print()
    printSize(access: access, name: underscore + "encodedSize", to: &printer)
    printer.print()
    printEncode(access: access, name: underscore + "encode", to: &printer)
  }

  private func printDecode(access: String, name: String, to printer: inout CodePrinter) {
    let reader = context.coder("WireReader")
    printer.print("\(access)mutating func \(name)(")
    printer.print(
      "  _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout \(context.coder("DecodingContext"))")
    printer.block(") throws(\(context.coder("BinaryDecodingError"))) -> UnsafeRawPointer") { printer in
      printer.print("var p = start")
      printer.block("fields: while p < end") { printer in
        printer.print("let field = p")
        printer.print("let tag = try \(reader).tag(&p, end)")
        printer.print("switch tag {")
        for field in message.fieldsByNumber {
          fields.first { $0.field == field }?.printDecoding(to: &printer)
        }
        printer.print("default:")
        printer.indented { printer in
          printer.print("let isEnd = try \(reader).unknown(")
          if message.isExtensible {
            printer.print("  tag: tag, from: field, &p, end, &context, &self.unknownFields,")
            printer.print("  &self._protobuf_extensionFieldValues, of: \(fullName).self)")
          } else {
            printer.print("  tag: tag, from: field, &p, end, &context, &self.unknownFields)")
          }
          printer.print("if isEnd { break fields }")
        }
        printer.print("}")
      }
      printRequiredCheck(of: "self", noting: "context.sawMissingRequired", to: &printer)
      printer.print("return p")
    }
  }

  private func printSize(access: String, name: String, to printer: inout CodePrinter) {
    printer.print("\(access)static func \(name)(")
    printer.print("  _ message: UnsafeMutablePointer<Self>, _ sizes: inout \(context.coder("EncodedSizes"))")
    printer.block(") -> Int") { printer in
      let items = items
      printer.print("\(items.isEmpty ? "let" : "var") size = message.pointee.unknownFields.byteCount")
      for item in items {
        switch item {
        case .field(let field): field.printSize(to: &printer)
        case .oneof(let oneof, let run): oneof.printSize(of: run, to: &printer)
        case .extensions(let range):
          let set = "message.pointee._protobuf_extensionFieldValues"
          printer.print("size += \(set)._encodedSize(in: \(range.lowerBound)..<\(range.upperBound), &sizes)")
        }
      }
      printRequiredCheck(of: "message.pointee", noting: "sizes.sawMissingRequired", to: &printer)
      printer.print("return size")
    }
  }

  /// Prints the check that a message has its own required fields.
  private func printRequiredCheck(of value: String, noting flag: String, to printer: inout CodePrinter) {
    let missing = fields.filter(\.field.isRequired).map { "\(value).\($0.storageName) == nil" }
    if missing.isEmpty { return }
    printer.block("if \(missing.joined(separator: "\n  || "))") { $0.print("\(flag) = true") }
  }

  private func printEncode(access: String, name: String, to printer: inout CodePrinter) {
    printer.print("\(access)static func \(name)(")
    printer.print("  _ message: UnsafeMutablePointer<Self>, _ start: UnsafeMutableRawPointer,")
    printer.print("  _ sizes: inout \(context.coder("EncodedSizes"))")
    printer.block(") -> UnsafeMutableRawPointer") { printer in
      let items = items
      guard !items.isEmpty else {
        printer.print("message.pointee.unknownFields._encode(start)")
        return
      }
      printer.print("var p = start")
      for item in items {
        switch item {
        case .field(let field): field.printEncoding(to: &printer)
        case .oneof(let oneof, let run): oneof.printEncoding(of: run, to: &printer)
        case .extensions(let range):
          let set = "message.pointee._protobuf_extensionFieldValues"
          printer.print("p = \(set)._encode(in: \(range.lowerBound)..<\(range.upperBound), p, &sizes)")
        }
      }
      printer.print("return message.pointee.unknownFields._encode(p)")
    }
  }

  // MARK: Boxed storage

  /// The requirements of a boxed message, which its box's content answers.
  private func printForwarding(to printer: inout CodePrinter) {
    let access = context.access
    printer.print("\(access)mutating func _decode(")
    printer.print(
      "  _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout \(context.coder("DecodingContext"))")
    printer.block(") throws(\(context.coder("BinaryDecodingError"))) -> UnsafeRawPointer") {
      $0.print("try _uniqueStorage.fields.decode(start, end, &context)")
    }
    printer.print()
    printer.print("\(access)static func _encodedSize(")
    printer.print("  _ message: UnsafeMutablePointer<Self>, _ sizes: inout \(context.coder("EncodedSizes"))")
    printer.block(") -> Int") { $0.print("_withFields(UnsafePointer(message)) { _Fields.encodedSize($0, &sizes) }") }
    printer.print()
    printer.print("\(access)static func _encode(")
    printer.print("  _ message: UnsafeMutablePointer<Self>, _ start: UnsafeMutableRawPointer,")
    printer.print("  _ sizes: inout \(context.coder("EncodedSizes"))")
    printer.block(") -> UnsafeMutableRawPointer") {
      $0.print("_withFields(UnsafePointer(message)) { _Fields.encode($0, start, &sizes) }")
    }
    printer.print()
    printer.print("\(access)static func _withFields<Result>(")
    printer.print("  of message: UnsafePointer<Self>, _ body: (UnsafeRawPointer) -> Result")
    printer.block(") -> Result") { $0.print("_withFields(message) { body($0) }") }
    printer.print()
    printer.print("\(access)mutating func _withMutableFields<Result>(")
    printer.print("  _ body: (UnsafeMutableRawPointer) -> Result")
    printer.block(") -> Result") { $0.print("withUnsafeMutablePointer(to: &_uniqueStorage.fields) { body($0) }") }
    printer.print()
    printer.print("// The message keeps its box while `body` runs, so that no reference need be counted.")
    printer.print("@inline(__always)")
    printer.print("fileprivate static func _withFields<Result>(")
    printer.print("  _ message: UnsafePointer<Self>, _ body: (UnsafeMutablePointer<_Fields>) -> Result")
    printer.block(") -> Result") { printer in
      printer.block("Unmanaged.passUnretained(message.pointee._storage)._withUnsafeGuaranteedRef") { printer in
        printer.print("body(\(context.coder("MessageBox")).content(of: $0, as: _Fields.self))")
      }
    }
  }

  // MARK: Table

  private func printTable(to printer: inout CodePrinter) {
    let text = MessageTableText(message, fields: fields, isBoxed: layout.isBoxed, context: context)
    let size = "MemoryLayout<\(layout.isBoxed ? "_Fields" : "Self")>.size"
    printer.print("\(context.access)static let _table = \(context.coder("MessageTable"))(")
    printer.indented { printer in
      printer.print("of: Self.self, size: \(size),")
      printer.print("\"\"\"")
      printer.print(lines: text.lines.map(\.escapedForSwift))
      printer.print("\"\"\"" + text.lists.map { ",\n" + $0 }.joined() + ")")
    }
  }
}

extension FileContext {
  /// A name of the runtime that coding uses; with its module where a type of the file has the same name.
  func coder(_ name: String) -> String {
    typeNames.contains(name) ? runtime + name : name
  }

  private var typeNames: Set<String> {
    Set(file.allMessages.map(\.name) + file.allEnums.map(\.name))
  }
}
