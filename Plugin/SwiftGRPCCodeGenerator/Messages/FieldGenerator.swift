import SwiftGRPCProtobuf

/// Generates what concerns one field of a message: its property here, its coding and description in extensions.
struct FieldGenerator {
  let field: FieldDescriptor
  let context: FileContext
  let isBoxed: Bool
  let names: SwiftNamer.FieldNames
  /// The property's type.
  let type: String
  /// The type of one value.
  let elementType: String
  /// The same as an expression, to make a value or to pass the type on.
  let elementTypeExpression: String

  init(field: FieldDescriptor, context: FileContext, isBoxed: Bool) {
    self.field = field
    self.context = context
    self.isBoxed = isBoxed
    names = context.namer.names(of: field)
    type = context.namer.type(of: field)
    elementType = context.namer.elementType(of: field)
    elementTypeExpression = context.namer.expression(ofType: elementType, in: field.message)
  }

  /// The name under which the field is stored, in the message or in its box; not for members of a oneof.
  var storageName: String { isBoxed || field.hasPresence ? names.storage : names.property }

  /// Whether an inline message stores the field under another name than its property's.
  var hasHiddenStorage: Bool { field.hasPresence && field.realOneof == nil }

  /// The stored property.
  var storageDeclaration: String {
    if field.hasPresence { return "var \(storageName): \(type)?" }
    return "var \(storageName): \(type) = \(defaultValue)"
  }

  private var defaultValue: String { context.namer.defaultValue(of: field) }

  // MARK: Properties

  /// Prints the property, and for a field with presence how to ask for it and remove it.
  func printProperty(to printer: inout CodePrinter) {
    printer.printDocumentation(context.comment(of: field), isDeprecated: field.isDeprecated, of: "field")
    if let oneof = field.realOneof {
      printOneofProperty(oneof, to: &printer)
    } else if field.hasPresence {
      printOptionalProperty(to: &printer)
    } else if isBoxed {
      printer.block("\(context.access)var \(names.property): \(type)") { printer in
        printer.print("get { _storage.fields.\(storageName) }")
        printer.print("_modify { yield &_uniqueFields.pointee.\(storageName) }")
      }
    } else {
      printer.print("\(context.access)\(storageDeclaration)")
    }
  }

  private func printOneofProperty(_ oneof: OneofDescriptor, to printer: inout CodePrinter) {
    let caseName = context.namer.dottedCaseName(of: field)
    let oneofName = context.namer.names(of: oneof).property
    printer.block("\(context.access)var \(names.property): \(type)") { printer in
      printer.block("get") { printer in
        printer.print("if case \(caseName)(let value)? = self.\(oneofName) { return value }")
        printer.print("return \(defaultValue)")
      }
      printer.print("set { self.\(oneofName) = \(caseName)(newValue) }")
    }
  }

  private func printOptionalProperty(to printer: inout CodePrinter) {
    let stored = isBoxed ? "_storage.fields.\(storageName)" : storageName
    let changed = isBoxed ? "_uniqueFields.pointee.\(storageName)" : storageName
    printer.block("\(context.access)var \(names.property): \(type)") { printer in
      printer.print("get { \(stored) ?? \(defaultValue) }")
      if field.type.isPackable {
        printer.print("set { \(changed) = newValue }")
      } else {
        printer.block("_modify") { printer in
          if isBoxed { printer.print("let fields = _uniqueFields") }
          let target = isBoxed ? "fields.pointee.\(storageName)" : storageName
          printer.print("if \(target) == nil { \(target) = \(defaultValue) }")
          printer.print("yield &\(target)!")
        }
      }
    }
    printer.print("/// Whether `\(names.property.withoutBackticks)` is set.")
    printer.print("\(context.access)var \(names.has): Bool { \(stored) != nil }")
    printer.print("/// Makes `\(names.property.withoutBackticks)` unset, so that it has its default.")
    printer.print("\(context.access)mutating func \(names.clear)() { \(changed) = nil }")
  }
}
