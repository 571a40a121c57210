import SwiftGRPCProtobuf

/// Generates the Swift enum of an enum.
///
/// An open enum has a case `UNRECOGNIZED` for numbers that the .proto file does not name; a closed one has a raw type.
struct EnumGenerator {
  private let type: EnumDescriptor
  private let context: FileContext
  private var namer: SwiftNamer { context.namer }
  private var valuesByNumber: [EnumValueDescriptor] { type.primaryValues.sorted { $0.number < $1.number } }

  /// The compiler's check that a `switch` names all cases gives up on very long ones; those are cut in pieces.
  private static let longestSwitch = 250

  init(type: EnumDescriptor, context: FileContext) {
    self.type = type
    self.context = context
  }

  /// Prints the declaration that users read: the cases.
  func generate(to printer: inout CodePrinter) {
    printer.printDocumentation(
      context.comment(of: type), isDeprecated: type.isDeprecated, of: "enum", in: context.file)
    let rawType = type.isClosed ? "Int, " : ""
    let attribute = type.isClosed ? "" : context.options.enumGeneration.attribute
    let header =
      "\(attribute)\(context.typeModifiers)enum \(namer.name(of: type)): "
      + "\(rawType)\(context.runtime)Enum, Swift.CaseIterable"
    printer.block(header) { printer in
      for value in namer.declaredValues(of: type) {
        let comment = context.comment(of: value)
        printer.printDocumentation(comment, isDeprecated: value.isDeprecated, of: "value")
        let name = namer.name(of: value)
        if let original = value.original {
          printer.print("\(context.access)static let \(name): Self = \(namer.dottedName(of: original))")
        } else if type.isClosed {
          printer.print("case \(name) = \(value.number)")
        } else {
          printer.print("case \(name)  // = \(value.number)")
        }
      }
      if !type.isClosed {
        printer.print("/// A number that the .proto file did not name when this code was generated.")
        printer.print("case UNRECOGNIZED(Int)")
      }
    }
  }

  /// Prints the conformances that make the declaration work.
  func generateSupport(to printer: inout CodePrinter) {
    printer.block("\(context.isolation)extension \(namer.fullName(of: type))") { printer in
      printer.print("\(context.access)init() { self = \(namer.dottedName(of: type.defaultValue)) }")
      if !type.isClosed {
        printer.print()
        printRawValueInitializer(to: &printer)
        printer.print()
        printRawValue(to: &printer)
        printer.print()
        printAllCases(to: &printer)
      }
      printer.print()
      printNames(to: &printer)
      if context.options.embedsDescriptors {
        printer.print()
        printer.print("\(context.access)static var _protobuf_enumName: String { \"\(type.fullName)\" }")
        DescriptorGenerator(context).printReference(to: &printer)
      }
    }
  }

  private func printRawValueInitializer(to printer: inout CodePrinter) {
    printer.block("\(context.access)init?(rawValue: Int)") { printer in
      printer.print("switch rawValue {")
      for value in valuesByNumber {
        printer.print("case \(value.number): self = \(namer.dottedName(of: value))")
      }
      printer.print("default: self = .UNRECOGNIZED(rawValue)")
      printer.print("}")
    }
  }

  private func printRawValue(to printer: inout CodePrinter) {
    let values = valuesByNumber
    let pieces = stride(from: 0, to: values.count, by: Self.longestSwitch).map {
      values[$0..<min($0 + Self.longestSwitch, values.count)]
    }
    printer.block("\(context.access)var rawValue: Int") { printer in
      for (index, piece) in pieces.enumerated() {
        printer.print("switch self {")
        for value in piece { printer.print("case \(namer.dottedName(of: value)): return \(value.number)") }
        if index == pieces.count - 1 { printer.print("case .UNRECOGNIZED(let number): return number") }
        if pieces.count > 1 { printer.print("default: break") }
        printer.print("}")
      }
      if pieces.count > 1 { printer.print("Swift.preconditionFailure(\"the switches above name every case\")") }
    }
  }

  private func printAllCases(to printer: inout CodePrinter) {
    printer.print("\(context.access)static let allCases: [Self] = [")
    printer.indented { printer in
      for value in type.primaryValues { printer.print("\(namer.dottedName(of: value)),") }
    }
    printer.print("]")
  }

  private func printNames(to printer: inout CodePrinter) {
    printer.print("\(context.access)static let _protobuf_names = \(context.runtime)EnumNames(")
    printer.indented { printer in
      printer.print("\"\"\"")
      printer.print(EnumNameTable(type).text(width: 80))
      printer.print("\"\"\"")
    }
    printer.print(")")
  }
}
