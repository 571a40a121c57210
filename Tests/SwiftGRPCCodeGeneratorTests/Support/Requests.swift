import SwiftGRPCProtobuf

@testable import SwiftGRPCCodeGenerator

typealias FileProto = Google_Protobuf_FileDescriptorProto
typealias MessageProto = Google_Protobuf_DescriptorProto
typealias FieldProto = Google_Protobuf_FieldDescriptorProto
typealias EnumProto = Google_Protobuf_EnumDescriptorProto
typealias Request = Google_Protobuf_Compiler_CodeGeneratorRequest
typealias Response = Google_Protobuf_Compiler_CodeGeneratorResponse

extension FileProto {
  /// A proto3 file with messages and enums.
  static func file(
    _ name: String, package: String = "", syntax: String = "proto3", imports: [String] = [],
    messages: [MessageProto] = [], enums: [EnumProto] = []
  ) -> FileProto {
    .with {
      $0.name = name
      $0.package = package
      $0.syntax = syntax
      $0.dependency = imports
      $0.messageType = messages
      $0.enumType = enums
    }
  }
}

extension MessageProto {
  static func message(
    _ name: String, fields: [FieldProto] = [], nested: [MessageProto] = [], oneofs: [String] = []
  ) -> MessageProto {
    .with {
      $0.name = name
      $0.field = fields
      $0.nestedType = nested
      $0.oneofDecl = oneofs.map { name in .with { $0.name = name } }
    }
  }
}

extension FieldProto {
  static func field(
    _ name: String, _ number: Int32, _ type: FieldProto.TypeEnum = .int32, typeName: String? = nil,
    label: FieldProto.Label = .optional, oneof: Int32? = nil, defaultValue: String? = nil
  ) -> FieldProto {
    .with {
      $0.name = name
      $0.number = number
      $0.type = type
      $0.label = label
      if let typeName { $0.typeName = typeName }
      if let oneof { $0.oneofIndex = oneof }
      if let defaultValue { $0.defaultValue = defaultValue }
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

extension Request {
  /// A request for all of the files.
  static func request(_ files: [FileProto], parameter: String = "") -> Request {
    .with {
      $0.protoFile = files
      $0.fileToGenerate = files.map(\.name)
      $0.parameter = parameter
    }
  }

  /// The response in this process, with no file to read.
  func response() -> Response {
    CodeGenerator.response(to: self) { path in throw GenerationError("no file \(path)") }
  }
}

/// The linked form of a single file.
func linked(_ file: FileProto) throws -> FileDescriptor {
  let files = try LinkedFiles(.request([file]))
  return files.filesToGenerate[0]
}
