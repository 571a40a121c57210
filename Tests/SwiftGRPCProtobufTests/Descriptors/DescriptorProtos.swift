import SwiftGRPCProtobuf

typealias FileProto = Google_Protobuf_FileDescriptorProto
typealias MessageProto = Google_Protobuf_DescriptorProto
typealias FieldProto = Google_Protobuf_FieldDescriptorProto
typealias EnumProto = Google_Protobuf_EnumDescriptorProto

// Short forms of descriptors as protoc would make them.

extension FileProto {
  static func file(
    _ name: String = "a.proto", package: String = "", syntax: String = "proto3", imports: [String] = [],
    messages: [MessageProto] = [], enums: [EnumProto] = [], extensions: [FieldProto] = []
  ) -> FileProto {
    .with {
      $0.name = name
      $0.package = package
      $0.syntax = syntax
      $0.dependency = imports
      $0.messageType = messages
      $0.enumType = enums
      $0.extension = extensions
    }
  }

  static func edition(_ edition: Google_Protobuf_Edition, _ fill: (inout FileProto) -> Void) -> FileProto {
    .with {
      $0.name = "a.proto"
      $0.syntax = "editions"
      $0.edition = edition
      fill(&$0)
    }
  }
}

extension MessageProto {
  static func message(
    _ name: String, fields: [FieldProto] = [], nested: [MessageProto] = [], enums: [EnumProto] = [],
    oneofs: [String] = [], extensionNumbers: Range<Int32>? = nil
  ) -> MessageProto {
    .with {
      $0.name = name
      $0.field = fields
      $0.nestedType = nested
      $0.enumType = enums
      $0.oneofDecl = oneofs.map { name in .with { $0.name = name } }
      if let extensionNumbers {
        $0.extensionRange = [
          .with {
            $0.start = extensionNumbers.lowerBound
            $0.end = extensionNumbers.upperBound
          }
        ]
      }
    }
  }

  /// The entry of a map field from strings to `value`.
  static func mapEntry(_ name: String, key: FieldProto.TypeEnum = .string, value: FieldProto) -> MessageProto {
    var entry = message(name, fields: [.field("key", 1, key), value])
    entry.options.mapEntry = true
    return entry
  }
}

extension FieldProto {
  static func field(
    _ name: String, _ number: Int32, _ type: FieldProto.TypeEnum = .int32, typeName: String? = nil,
    label: FieldProto.Label = .optional, oneof: Int32? = nil, defaultValue: String? = nil, extendee: String? = nil
  ) -> FieldProto {
    .with {
      $0.name = name
      $0.number = number
      $0.type = type
      $0.label = label
      if let typeName { $0.typeName = typeName }
      if let oneof { $0.oneofIndex = oneof }
      if let defaultValue { $0.defaultValue = defaultValue }
      if let extendee { $0.extendee = extendee }
    }
  }
}

extension EnumProto {
  static func `enum`(_ name: String, _ values: [(String, Int32)]) -> EnumProto {
    .with {
      $0.name = name
      $0.value = values.map { value in
        .with {
          $0.name = value.0
          $0.number = value.1
        }
      }
    }
  }
}

/// The linked form of a single file.
func linked(_ file: FileProto) throws -> ProtoDescriptor.File {
  try ProtoDescriptor.Pool([file]).files[0]
}

/// What the linker says about files.
func linkingError(_ files: FileProto...) -> String? {
  do {
    _ = try ProtoDescriptor.Pool(files)
    return nil
  } catch {
    return "\(error)"
  }
}
