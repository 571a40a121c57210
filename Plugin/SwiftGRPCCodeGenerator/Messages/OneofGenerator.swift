import SwiftGRPCProtobuf

/// Generates the enum that holds a oneof, and its coding.
struct OneofGenerator {
  let oneof: OneofDescriptor
  let context: FileContext
  let isBoxed: Bool

  private var typeName: String { context.namer.name(of: oneof) }
  private var names: (property: String, storage: String) { context.namer.names(of: oneof) }
  private var fields: [FieldGenerator] {
    oneof.fields.map { FieldGenerator(field: $0, context: context, isBoxed: isBoxed) }
  }

  /// The name under which the oneof is stored, in the message or in its box.
  var storageName: String { isBoxed ? names.storage : names.property }

  /// The stored property in the box.
  var storageDeclaration: String { "var \(storageName): \(typeName)?" }

  /// Prints the enum and the property that holds it.
  func printDeclaration(to printer: inout CodePrinter) {
    printer.printDocumentation(context.comment(of: oneof))
    if isBoxed {
      printer.block("\(context.access)var \(names.property): \(typeName)?") { printer in
        printer.print("get { _storage.fields.\(storageName) }")
        printer.print("_modify { yield &_uniqueFields.pointee.\(storageName) }")
      }
    } else {
      printer.print("\(context.access)\(storageDeclaration)")
    }
    printer.print()
    printer.print("/// The fields of which `\(names.property.withoutBackticks)` holds one.")
    printer.block("\(context.typeModifiers)enum \(typeName): \(context.runtime)Oneof") { printer in
      for field in fields {
        let comment = context.comment(of: field.field)
        printer.printDocumentation(comment, isDeprecated: field.field.isDeprecated, of: "field")
        printer.print("case \(context.namer.dottedCaseName(of: field.field).asCaseDeclaration)(\(field.type))")
      }
    }
  }

  /// Prints the statement that writes the members in `run`.
  func printEncoding(of run: [FieldGenerator], to printer: inout CodePrinter) {
    printer.print("switch message.pointee.\(storageName) {")
    for field in run {
      let caseName = context.namer.dottedCaseName(of: field.field)
      printer.print("case \(caseName)(let value)?: p = \(field.oneofEncoding)")
    }
    printer.print(run.count == oneof.fields.count ? "case nil: break" : "default: break")
    printer.print("}")
  }

  /// Prints the functions through which the table's interpreter reaches the payload.
  ///
  /// Each case returns: as a single expression, a `switch` of many cases takes the compiler very long.
  func printSupport(to printer: inout CodePrinter) {
    let name = context.namer.fullName(of: oneof)
    let pointer = context.standard("UnsafeRawPointer")
    printer.block("\(context.isolation)extension \(name)") { printer in
      printer.block(
        "\(context.access)func _withValue<Result>(_ body: (Int32, \(pointer)) -> Result) -> Result"
      ) { printer in
        printer.print("switch self {")
        for field in fields {
          let caseName = context.namer.dottedCaseName(of: field.field)
          printer.print(
            "case \(caseName)(let value): return Swift.withUnsafePointer(to: value) { body(\(field.field.number), $0) }"
          )
        }
        printer.print("}")
      }
      printer.print()
      printer.block("\(context.access)static func _make(number: Int32, from value: \(pointer)) -> Self?") {
        printer in
        printer.print("switch number {")
        for field in fields {
          let caseName = context.namer.dottedCaseName(of: field.field)
          let type = field.elementTypeExpression
          printer.print(
            "case \(field.field.number): return \(caseName)(value.assumingMemoryBound(to: \(type).self).pointee)")
        }
        printer.print("default: return nil")
        printer.print("}")
      }
    }
  }
}

extension String {
  /// The declaration's form of a case that expressions write with a leading dot: in backticks where it is a keyword.
  fileprivate var asCaseDeclaration: String {
    let name = String(dropFirst())
    return ReservedNames.keywords.contains(name) ? "`\(name)`" : name
  }
}
