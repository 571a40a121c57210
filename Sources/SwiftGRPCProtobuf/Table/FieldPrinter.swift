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

  private mutating func print(_ table: MessageTable, at message: UnsafeRawPointer) {
    for field in table.fields where !field.isRepeatedOneofMember {
      let address = message + field.offset
      guard field.isSet(address) else { continue }
      if let oneof = field.oneof {
        oneof.withValue(at: address) { number, value in
          guard let member = table.fields.first(where: { $0.number == number }) else { return }
          print(member.name, member.value(at: value))
        }
      } else if case .map(let map) = field.content {
        map.forEachSorted(at: address) { key, value in
          text += "\(indentation)\(field.name) {\n"
          indentation += "  "
          print("key", key)
          print("value", value)
          indentation.removeLast(2)
          text += "\(indentation)}\n"
        }
      } else {
        for value in field.values(at: address) { print(field.name, value) }
      }
    }
    if let extensions = table.extensions(in: message) {
      for (number, field) in extensions.sorted { print("[\(number)]", (field as? any ExtensionField)?.anyValue ?? "") }
    }
    let unknown = table.unknownFields(in: message)
    if !unknown.isEmpty { text += "\(indentation)# \(unknown.byteCount) bytes of unknown fields\n" }
  }

  private mutating func print(_ name: String, _ value: Any) {
    switch value {
    case let message as any Message:
      text += "\(indentation)\(name) {\n"
      indentation += "  "
      print(message)
      indentation.removeLast(2)
      text += "\(indentation)}\n"
    case let string as String: text += "\(indentation)\(name): \(string.debugDescription)\n"
    case let bytes as Data: text += "\(indentation)\(name): \(bytes.count) bytes\n"
    case let value as any Enum: text += "\(indentation)\(name): \(value.name ?? String(value.rawValue))\n"
    default: text += "\(indentation)\(name): \(value)\n"
    }
  }
}

extension ExtensionField {
  fileprivate var anyValue: Any { value }
}
