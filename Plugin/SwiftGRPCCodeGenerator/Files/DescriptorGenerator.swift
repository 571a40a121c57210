import SwiftGRPCProtobuf

/// Generates the constant with a file's descriptor, and what ties types to it.
struct DescriptorGenerator {
  private let context: FileContext
  private var file: FileDescriptor { context.file }

  init(_ context: FileContext) {
    self.context = context
  }

  /// Prints the constant.
  func generate(to printer: inout CodePrinter) {
    printer.print("// MARK: - Descriptor")
    printer.print()
    printer.print("/// The description of \(file.name), which is read on first use.")
    printer.print("\(context.typeModifiers)let \(constantName) = \(generatedFile)(")
    printer.indented { printer in
      printer.print("\"\"\"")
      printer.print(lines: DescriptorText(file.proto).lines(width: 96))
      printer.print("\"\"\"" + (importedTypes.isEmpty ? "" : ","))
      guard !importedTypes.isEmpty else { return }
      printer.print("imports: [")
      printer.indented { $0.print(lines: importedTypes.map { "\($0).self," }) }
      printer.print("]")
    }
    printer.print(")")
  }

  /// Prints the property through which a type of the file knows its descriptor.
  func printReference(to printer: inout CodePrinter) {
    guard context.options.embedsDescriptors else { return }
    printer.print("\(context.access)static var _protobuf_file: \(generatedFile)? { \(constantName) }")
  }

  private var generatedFile: String { context.coder("ProtoDescriptor") + ".GeneratedFile" }

  /// `File_google_protobuf_any_proto`, after the path, which no other file of a program has.
  private var constantName: String {
    "File_"
      + String(
        scalars: file.name.unicodeScalars.map { scalar in
          scalar.isASCIILowercase || scalar.isASCIIUppercase || scalar.isASCIIDigit ? scalar : "_"
        })
  }

  /// The first used type of each other file, by which its descriptor is found.
  private var importedTypes: [String] {
    var known: Set<FileDescriptor> = [file]
    var names: [String] = []
    func use(_ message: MessageDescriptor?) {
      guard let message, known.insert(message.file).inserted else { return }
      names.append(context.namer.fullName(of: message))
    }
    func use(_ type: EnumDescriptor?) {
      guard let type, known.insert(type.file).inserted else { return }
      names.append(context.namer.fullName(of: type))
    }
    for field in file.allMessages.flatMap({ Array($0.fields) + $0.mapEntries.flatMap(\.fields) }) + file.allExtensions {
      use(field.message)
      use(field.messageType)
      use(field.enumType)
    }
    for method in file.services.flatMap(\.methods) {
      use(method.input)
      use(method.output)
    }
    return names
  }
}

/// A file's description as the text of a Swift literal: each byte is the Unicode scalar of its number.
///
/// Descriptors are mostly names, so that this is little longer than the bytes, and readable.
struct DescriptorText {
  private let bytes: [UInt8]

  /// - Parameter proto: the description; what only the compiler needs is left out.
  init(_ proto: Google_Protobuf_FileDescriptorProto) {
    var proto = proto
    proto.clearSourceCodeInfo()
    proto.messageType = proto.messageType.map(Self.withoutDerivedNames)
    proto.extension = proto.extension.map(Self.withoutDerivedNames)
    // Cannot fail: the description came out of a request that was smaller than the limit.
    bytes = (try? proto.serializedBytes(partial: true)) ?? []
  }

  /// The text in lines of at most `width` characters; each but the last ends in a backslash, which joins it to the next.
  func lines(width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for byte in bytes {
      let piece = Self.escaped(byte)
      if line.utf8.count + piece.utf8.count >= width {
        lines.append(line + "\\")
        line = ""
      }
      line += piece
    }
    return lines + [line]
  }

  private static func escaped(_ byte: UInt8) -> String {
    switch byte {
    case 0: "\\0"
    case UInt8(ascii: "\t"): "\\t"
    case UInt8(ascii: "\n"): "\\n"
    case UInt8(ascii: "\r"): "\\r"
    case UInt8(ascii: "\""): "\\\""
    case UInt8(ascii: "\\"): "\\\\"
    case 0x20..<0x7F: String(Unicode.Scalar(byte))
    default: "\\u{\(String(byte, radix: 16))}"
    }
  }

  /// Without names in JSON that follow from the fields' names, which protoc writes down for plugins only.
  private static func withoutDerivedNames(_ message: Google_Protobuf_DescriptorProto) -> Google_Protobuf_DescriptorProto
  {
    var message = message
    message.field = message.field.map(withoutDerivedNames)
    message.extension = message.extension.map(withoutDerivedNames)
    message.nestedType = message.nestedType.map(withoutDerivedNames)
    return message
  }

  private static func withoutDerivedNames(
    _ field: Google_Protobuf_FieldDescriptorProto
  ) -> Google_Protobuf_FieldDescriptorProto {
    guard field.jsonName == FieldDescriptor.defaultJSONName(of: field.name) else { return field }
    var field = field
    field.clearJsonName()
    return field
  }
}
