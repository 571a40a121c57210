import SwiftGRPCProtobuf

/// Generates the Swift struct of a message.
struct MessageGenerator {
  let message: MessageDescriptor
  let context: FileContext
  let layout: MessageLayout
  /// The fields in the order of declaration.
  let fields: [FieldGenerator]
  let fieldsByNumber: [FieldGenerator]
  let oneofs: [OneofGenerator]

  init(message: MessageDescriptor, context: FileContext) {
    self.message = message
    self.context = context
    layout = context.layouts.layout(of: message)
    let isBoxed = layout.isBoxed
    fields = message.fields.map { FieldGenerator(field: $0, context: context, isBoxed: isBoxed) }
    fieldsByNumber = fields.sorted { $0.field.number < $1.field.number }
    oneofs = message.realOneofs.map { OneofGenerator(oneof: $0, context: context, isBoxed: isBoxed) }
  }

  /// Prints the declaration that users read: properties, oneofs and nested types.
  func generate(to printer: inout CodePrinter) {
    printer.printDocumentation(
      context.comment(of: message), isDeprecated: message.isDeprecated, of: "message", in: context.file)
    let name = context.namer.name(of: message)
    let conformance = message.isExtensible ? "ExtensibleMessage" : "Message"
    printer.block("\(context.typeModifiers)struct \(name): \(context.runtime)\(conformance)") { printer in
      printProperties(to: &printer)
      for nested in message.enums {
        printer.print()
        EnumGenerator(type: nested, context: context).generate(to: &printer)
      }
      for nested in message.messages where !nested.isDeclaredApart {
        printer.print()
        MessageGenerator(message: nested, context: context).generate(to: &printer)
      }
      printer.print()
      printer.print("\(context.access)init() {}")
      if context.options.addsMemberwiseInitializers { printMemberwiseInitializer(to: &printer) }
      printStorage(to: &printer)
    }
  }

  /// Prints the declarations of nested messages that do not stand in those of their parents.
  func generateApart(to printer: inout CodePrinter) {
    for nested in message.messages {
      let generator = MessageGenerator(message: nested, context: context)
      if nested.isDeclaredApart {
        printer.print()
        printer.block("\(context.isolation)extension \(fullName)") { generator.generate(to: &$0) }
      }
      generator.generateApart(to: &printer)
    }
  }

  /// Prints the properties: fields in the order of the .proto file, a oneof where its first field is.
  private func printProperties(to printer: inout CodePrinter) {
    for field in fields {
      if let descriptor = field.field.realOneof, descriptor.fields.first == field.field {
        let oneof = OneofGenerator(oneof: descriptor, context: context, isBoxed: layout.isBoxed)
        oneof.printDeclaration(to: &printer)
        printer.print()
      }
      field.printProperty(to: &printer)
      printer.print()
    }
    printer.print("/// Fields that were received but are not in the .proto file.")
    printRuntimeProperty("unknownFields", type: "UnknownStorage", to: &printer)
    guard message.isExtensible else { return }
    printer.print()
    printer.print("/// The extensions that are set; the properties that they add are the way to use them.")
    printRuntimeProperty("_protobuf_extensionFieldValues", type: "ExtensionFieldValueSet", to: &printer)
  }

  private func printRuntimeProperty(_ name: String, type: String, to printer: inout CodePrinter) {
    let type = context.runtime + type
    guard layout.isBoxed else {
      printer.print("\(context.access)var \(name) = \(type)()")
      return
    }
    printer.block("\(context.access)var \(name): \(type)") { printer in
      printer.print("get { _storage.fields.\(name) }")
      printer.print("_modify { yield &_uniqueFields.pointee.\(name) }")
    }
  }

  /// Prints what the properties are stored in and users do not see.
  private func printStorage(to printer: inout CodePrinter) {
    guard layout.isBoxed else {
      let hidden = fields.filter(\.hasHiddenStorage)
      guard !hidden.isEmpty else { return }
      printer.print()
      for field in hidden { printer.print("fileprivate " + field.storageDeclaration) }
      return
    }
    printer.print()
    printer.block("fileprivate \(context.isolation)struct _Fields") { printer in
      for field in fields where field.field.realOneof == nil { printer.print(field.storageDeclaration) }
      for oneof in oneofs { printer.print(oneof.storageDeclaration) }
      printer.print("var unknownFields = \(context.runtime)UnknownStorage()")
      if message.isExtensible {
        printer.print("var _protobuf_extensionFieldValues = \(context.runtime)ExtensionFieldValueSet()")
      }
    }
    printer.print()
    printer.print("// Sendable because copies of the message share it only until one of them changes.")
    printer.block("fileprivate \(context.isolation)final class _Storage: @unchecked Sendable") { printer in
      printer.print("@exclusivity(unchecked) var fields: _Fields")
      printer.print("init(_ fields: _Fields) { self.fields = fields }")
    }
    printer.print("fileprivate var _storage = _Storage(_Fields())")
    printer.print("// The fields for changing, in a box that no other message has. Not inlined: the copy is long.")
    let pointer = context.standard("UnsafeMutablePointer")
    printer.block("fileprivate var _uniqueFields: \(pointer)<_Fields>") { printer in
      printer.print("@inline(never)")
      printer.block("mutating get") { printer in
        printer.print(
          "if !Swift.isKnownUniquelyReferenced(&_storage) { _storage = _Storage(_storage.fields) }")
        printer.print("return \(context.coder("MessageBox")).content(of: _storage, as: _Fields.self)")
      }
    }
  }
}

extension MessageDescriptor {
  /// Whether the declaration stands in an extension of its parent: the compiler's time doubles with each level of
  /// declarations in one another, so that this starts afresh at every eighth.
  fileprivate var isDeclaredApart: Bool {
    var depth = 0
    var next = parent
    while let message = next {
      depth += 1
      next = message.parent
    }
    return depth > 0 && depth.isMultiple(of: 8)
  }
}
