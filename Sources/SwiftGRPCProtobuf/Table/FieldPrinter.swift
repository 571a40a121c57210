#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Prints the fields of a message as `name: value` lines, by its table.
struct FieldPrinter {
  private(set) var text = ""
  private var indentation = ""

  mutating func print<M: Message>(_ message: M) {
    withUnsafePointer(to: message) { message in
      M._withFields(of: message) { print(M._table, at: $0) }
    }
  }

  mutating func print(_ table: MessageTable, at message: UnsafeRawPointer) {
    for field in table.fields {
      let address = message + field.offset
      guard field.isSet(address) else { continue }
      if let oneof = field.oneof {
        _ = oneof.withValue(at: address) { printValue(field, at: $1) }
      } else {
        printField(field, at: address)
      }
    }
    for (_, value) in table.extensions(in: message)?.sorted ?? [] {
      value.field._withValue { printField(value.type._description, at: $0) }
    }
    let unknown = table.unknownFields(in: message)
    if !unknown.isEmpty { text += "\(indentation)# \(unknown.byteCount) bytes of unknown fields\n" }
  }

  private mutating func printField(_ field: FieldDescription, at address: UnsafeRawPointer) {
    switch (field.content, field.shape) {
    case (.map(let map), _):
      map.forEach(in: address, sorted: true) { key, value in
        printBlock(field.name) { printer in
          printer.printValue(map.key, at: key)
          printer.printValue(map.value, at: value)
        }
        return true
      }
    case (.message(let type), .repeated):
      let list = type.list(address)
      for index in 0..<list.count { printBlock(field.name) { $0.print(type.table, at: list[index]) } }
    case (.message(let type), .optional), (.message(let type), .required):
      guard let fields = type.fields(ofOptional: address) else { return }
      printBlock(field.name) { $0.print(type.table, at: fields) }
    case (.enumeration(let type), .repeated):
      for number in type.numbers(in: address) { printLine(field.name, type.names.name(of: number) ?? "\(number)") }
    case (.enumeration(let type), .optional), (.enumeration(let type), .required):
      guard let number = type.number(ofOptional: address) else { return }
      printLine(field.name, type.names.name(of: number) ?? "\(number)")
    case (.scalar, _): for value in field.scalars(at: address, field.shape) { printLine(field.name, value) }
    default: printValue(field, at: address)
    }
  }

  /// Prints a value that lies alone.
  private mutating func printValue(_ field: FieldDescription, at value: UnsafeRawPointer) {
    switch field.content {
    case .message(let type): printBlock(field.name) { $0.print(type.table, at: type.fields(of: value)) }
    case .enumeration(let type):
      let number = type.number(of: value)
      printLine(field.name, type.names.name(of: number) ?? "\(number)")
    case .map, .scalar: for text in field.scalars(at: value, .implicit) { printLine(field.name, text) }
    }
  }

  private mutating func printBlock(_ name: String, _ body: (inout FieldPrinter) -> Void) {
    text += "\(indentation)\(name) {\n"
    indentation += "  "
    body(&self)
    indentation.removeLast(2)
    text += "\(indentation)}\n"
  }

  private mutating func printLine(_ name: String, _ value: String) { text += "\(indentation)\(name): \(value)\n" }
}

extension FieldDescription {
  /// The values of a field of numbers, strings or bytes.
  fileprivate func scalars(at field: UnsafeRawPointer, _ shape: Shape) -> [String] {
    func all<Value>(_ type: Value.Type) -> [String] {
      switch shape {
      case .repeated: field.assumingMemoryBound(to: [Value].self).pointee.map { "\($0)" }
      case .optional, .required: field.assumingMemoryBound(to: Value?.self).pointee.map { ["\($0)"] } ?? []
      case .implicit, .map, .oneof: ["\(field.assumingMemoryBound(to: Value.self).pointee)"]
      }
    }
    switch kind {
    case .int32, .sint32, .sfixed32: return all(Int32.self)
    case .int64, .sint64, .sfixed64: return all(Int64.self)
    case .uint32, .fixed32: return all(UInt32.self)
    case .uint64, .fixed64: return all(UInt64.self)
    case .float: return all(Float.self)
    case .double: return all(Double.self)
    case .bool: return all(Bool.self)
    case .string: return all(String.self).map(\.debugDescription)
    case .bytes: return all(Data.self)
    case .enum, .message, .group: return []
    }
  }
}
