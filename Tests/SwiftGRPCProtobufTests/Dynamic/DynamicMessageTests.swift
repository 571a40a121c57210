import Foundation
import SwiftGRPCProtobuf
import Testing

@Suite struct DynamicMessageTests {
  let schema: DynamicSchema
  let shelf: DynamicMessageType
  let book: DynamicMessageType

  init() throws {
    schema = try DynamicSchema(ProtoDescriptor.Pool([Self.file]))
    shelf = try #require(schema.messageType(named: "acme.Shelf"))
    book = try #require(schema.messageType(named: "acme.Book"))
  }

  /// A shelf of books, as `.proto` files of a shop might describe it.
  private static let file = FileProto.file(
    package: "acme", syntax: "proto2", messages: [shelfProto, bookProto],
    enums: [.enum("Genre", [("NOVEL", 1), ("DRAMA", 2)])],
    extensions: [.field("color", 100, .string, extendee: ".acme.Shelf")])

  private static let shelfProto = MessageProto.message(
    "Shelf", fields: shelfFields,
    nested: [
      .mapEntry("CopiesEntry", value: .field("value", 2, .enum, typeName: ".acme.Genre")),
      .mapEntry("ByNumberEntry", key: .int32, value: .field("value", 2, .message, typeName: ".acme.Book")),
    ],
    oneofs: ["detail"], extensionNumbers: 100..<200)

  private static let shelfFields: [FieldProto] = [
    .field("name", 1, .string, label: .required),
    .field("books", 2, .message, typeName: ".acme.Book", label: .repeated),
    .field("front", 3, .message, typeName: ".acme.Book"),
    .field("copies", 4, .message, typeName: ".acme.Shelf.CopiesEntry", label: .repeated),
    .field("by_number", 5, .message, typeName: ".acme.Shelf.ByNumberEntry", label: .repeated),
    .field("width", 6, .double, oneof: 0),
    .field("label", 7, .string, oneof: 0),
    .field("owner", 8, .message, typeName: ".acme.Book", oneof: 0),
    .field("upper", 9, .message, typeName: ".acme.Shelf"),
  ]

  private static let bookProto = MessageProto.message(
    "Book",
    fields: [
      .field("title", 1, .string), .field("pages", 2, .uint32, defaultValue: "100"),
      .field("genre", 3, .enum, typeName: ".acme.Genre", defaultValue: "DRAMA"),
      .field("tags", 4, .string, label: .repeated), .field("weight", 5, .float), .field("cover", 6, .bytes),
      .field("genres", 7, .enum, typeName: ".acme.Genre", label: .repeated), .field("sold", 8, .bool),
    ])

  // MARK: Fields

  @Test func fieldsAreReachedByNameNumberAndDescriptor() throws {
    var message = DynamicMessage(book)
    message["title"] = "Proust"
    message[2] = 500
    let genre = try #require(book.descriptor.field(named: "genre"))
    message[genre] = 1
    #expect(message[1] == "Proust")
    #expect(message["pages"] == .uint32(500))
    #expect(message["genre"]?.enumValue?.name == "NOVEL")
    #expect(message["no_such_field"] == nil)
    #expect(message[99] == nil)
    #expect(message[try #require(shelf.descriptor.field(number: 1))] == nil)
    #expect(message.setFields.map(\.name) == ["title", "pages", "genre"])
  }

  @Test func fieldsThatAreNotSetHaveTheirDefaults() {
    let message = DynamicMessage(book)
    #expect(message["title"] == "")
    #expect(message["pages"] == .uint32(100))
    #expect(message["genre"]?.enumValue?.name == "DRAMA")
    #expect(message["tags"] == [])
    #expect(message["weight"] == .float(0))
    #expect(message["cover"] == .bytes(Data()))
    #expect(message["sold"] == false)
    #expect(DynamicMessage(shelf)["copies"] == [:])
    #expect(DynamicMessage(shelf)["front"] == .message(message))
    #expect(!message.has("pages"))
  }

  @Test func clearedFieldsAreUnset() {
    var message = DynamicMessage(book)
    message["title"] = ""
    message["tags"] = ["a"]
    #expect(message.has("title") && message.has("tags"))
    message.clear("title")
    message["tags"] = nil
    #expect(message == DynamicMessage(book))
    message.clear("no_such_field")
  }

  @Test func innerMessagesAreChangedInPlace() {
    var message = DynamicMessage(shelf)
    message["front"]?.messageValue?["title"] = "Front"
    message["books"]?.listValue?.append(.message(DynamicMessage(book)))
    message["books"]?.listValue?[0].messageValue?["pages"] = 7
    message["upper"]?.messageValue?["upper"]?.messageValue?["name"] = "top"
    #expect(message["front"]?.messageValue?["title"] == "Front")
    #expect(message["books"]?.listValue?.first?.messageValue?["pages"]?.intValue == 7)
    #expect(message["upper"]?.messageValue?["upper"]?.messageValue?["name"] == "top")
  }

  @Test func mapsTakeLiterals() throws {
    var message = DynamicMessage(shelf)
    message["copies"] = ["a": 1, "b": 2]
    message["by_number"] = [7: .message(DynamicMessage(book))]
    #expect(message["copies"]?.mapValue?["b"]?.enumValue?.name == "DRAMA")
    #expect(message["by_number"]?.mapValue?[.int32(7)] == .message(DynamicMessage(book)))
    let bytes: [UInt8] = try message.serializedBytes(partial: true)
    #expect(try DynamicMessage(serializedBytes: bytes, type: shelf, partial: true) == message)
  }

  @Test func oneMemberOfAOneofIsSet() throws {
    var message = DynamicMessage(shelf)
    #expect(message.whichField(ofOneof: "detail") == nil)
    message["width"] = 1.5
    message["label"] = "new"
    #expect(message.whichField(ofOneof: "detail")?.name == "label")
    #expect(!message.has("width"))
    #expect(message["width"] == 0.0)
    message.clear("width")
    #expect(message.has("label"))
    message["owner"]?.messageValue?["title"] = "owner"
    #expect(message.whichField(of: try #require(shelf.descriptor.oneofs.first))?.name == "owner")
    message.clear("owner")
    #expect(message.whichField(ofOneof: "detail") == nil)
  }

  @Test func extensionsOfTheSchemaAreFields() throws {
    var message = DynamicMessage(shelf)
    message["[acme.color]"] = "red"
    #expect(message[100] == "red")
    #expect(message.setFields.map(\.fullName) == ["acme.color"])
    let bytes: [UInt8] = try message.serializedBytes(partial: true)
    #expect(bytes == [0xa2, 0x06, 3] + Array("red".utf8))
    #expect(try DynamicMessage(serializedBytes: bytes, type: shelf, partial: true)["[acme.color]"] == "red")
  }

  // MARK: Values that do not fit

  private static let misfits: [(String, DynamicValue, String)] = [
    ("title", .int32(1), "acme.Book.title takes string"),
    ("pages", -1, "acme.Book.pages takes uint32"),
    ("pages", 4_294_967_296, "acme.Book.pages takes uint32"),
    ("genre", 3, "acme.Book.genre takes acme.Genre"),
    ("tags", "a", "acme.Book.tags takes a list of string"),
    ("tags", ["a", 1], "acme.Book.tags takes a list of string"),
    ("cover", "text", "acme.Book.cover takes bytes"),
    ("sold", 1, "acme.Book.sold takes bool"),
  ]

  @Test(arguments: misfits)
  func valuesThatDoNotFitAreRefused(name: String, value: DynamicValue, reason: String) {
    var message = DynamicMessage(book)
    let error = #expect(throws: DynamicMessageError.self) { try message.set(value, for: name) }
    #expect(error.map { "\($0)" } == "field \(reason), not the value given")
    #expect(message == DynamicMessage(book))
  }

  @Test func messagesOfAnotherTypeAndUnknownFieldsAreRefused() {
    var message = DynamicMessage(shelf)
    #expect(throws: DynamicMessageError.self) { try message.set(.message(message), for: "front") }
    #expect(throws: DynamicMessageError.self) { try message.set(["a": "b"], for: "copies") }
    #expect(throws: DynamicMessageError.unknownField("x", type: "acme.Shelf")) { try message.set(1, for: "x") }
  }

  // MARK: As values

  @Test func copiesAreIndependent() {
    var first = DynamicMessage(shelf)
    first["name"] = "first"
    first["front"]?.messageValue?["tags"] = ["a", "b"]
    first["owner"]?.messageValue?["title"] = "owner"
    var second = first
    second["name"] = "second"
    second["front"]?.messageValue?["tags"] = ["c"]
    second["owner"]?.messageValue?["title"] = "another"
    #expect(first["name"] == "first")
    #expect(first["front"]?.messageValue?["tags"] == ["a", "b"])
    #expect(first["owner"]?.messageValue?["title"] == "owner")
    #expect(second["owner"]?.messageValue?["title"] == "another")
    #expect(first != second)
  }

  @Test func equalMessagesHaveEqualHashes() throws {
    let bytes: [UInt8] = [0x0a, 1, 0x61, 0x12, 2, 0x10, 5, 0x22, 5, 0x0a, 1, 0x61, 0x10, 1, 0x32, 0]
    let first = try DynamicMessage(serializedBytes: bytes, type: shelf)
    var second = try DynamicMessage(serializedBytes: bytes, type: shelf)
    #expect(first == second)
    #expect(Set([first, second]).count == 1)
    second["books"]?.listValue?[0].messageValue?["pages"] = 6
    #expect(first != second)
    #expect(DynamicMessage(shelf) != DynamicMessage(book))
  }

  @Test func emptyMessagesEqualTouchedOnes() {
    var touched = DynamicMessage(book)
    touched["title"] = "a"
    touched.clear("title")
    #expect(touched == DynamicMessage(book))
    #expect(touched.hashValue == DynamicMessage(book).hashValue)
  }

  @Test func messagesOutliveTheirSchema() throws {
    var message: DynamicMessage
    do {
      let schema = try DynamicSchema(ProtoDescriptor.Pool([Self.file]))
      message = DynamicMessage(try #require(schema.messageType(named: "acme.Shelf")))
      message["front"]?.messageValue?["title"] = "still here"
    }
    #expect(message["front"]?.messageValue?["title"] == "still here")
    let front = try #require(message["front"]?.messageValue)
    message = front
    #expect(message["title"] == "still here")
  }

  @Test func messagesAreReadByManyTasks() async {
    let message = DynamicMessage(shelf)
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<16 {
        group.addTask { [message] in
          var copy = message
          copy["upper"]?.messageValue?["name"] = .string("\(number)")
          return copy["upper"]?.messageValue?["name"] == .string("\(number)")
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  // MARK: Required and unknown fields

  @Test func requiredFieldsAreCheckedInBothDirections() throws {
    var message = DynamicMessage(shelf)
    message["upper"]?.messageValue?["width"] = 1
    #expect(!message.isInitialized)
    #expect(throws: BinaryEncodingError.missingRequiredFields) { try message.serializedData() }
    message["name"] = "outer"
    let encodingError = #expect(throws: BinaryEncodingError.self) { try message.serializedData() }
    #expect(encodingError?.description == "the required field upper.name is not set")
    let bytes: [UInt8] = try message.serializedBytes(partial: true)
    let error = #expect(throws: BinaryDecodingError.self) { try DynamicMessage(serializedBytes: bytes, type: shelf) }
    #expect(error?.location?.fieldPath == "upper.name")
    message["upper"]?.messageValue?["name"] = "inner"
    #expect(message.isInitialized)
    #expect(try DynamicMessage(serializedBytes: message.serializedData(), type: shelf) == message)
  }

  @Test func unknownFieldsAreKeptUnlessToldOtherwise() throws {
    let bytes: [UInt8] = [0x18, 9, 0x98, 0x3f, 1, 0x0a, 1, 0x61]  // genre 9, which the closed enum does not name
    var message = try DynamicMessage(serializedBytes: bytes, type: book)
    #expect(!message.has("genre"))
    #expect(message.unknownFields.data == Data([0x18, 9, 0x98, 0x3f, 1]))
    #expect(try message.serializedData() == Data([0x0a, 1, 0x61, 0x18, 9, 0x98, 0x3f, 1]))
    message.unknownFields = UnknownStorage()
    #expect(try message.serializedData() == Data([0x0a, 1, 0x61]))
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    #expect(try DynamicMessage(serializedBytes: bytes, type: book, options: options) == message)
  }

  @Test func errorsSayWhere() {
    let bytes: [UInt8] = [0x12, 3, 0x0a, 1, 0xff]  // books[0].title is not UTF-8
    let error = #expect(throws: BinaryDecodingError.invalidUTF8) {
      try DynamicMessage(serializedBytes: bytes, type: shelf)
    }
    #expect(error?.location?.fieldPath == "books[0].title")
  }

  @Test func nestingIsLimited() {
    var bytes: [UInt8] = []
    for _ in 0..<101 {
      var length: [UInt8] = []
      var rest = bytes.count
      repeat {
        length.append(UInt8(rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
        rest >>= 7
      } while rest > 0
      bytes = [0x4a] + length + bytes
    }
    #expect(throws: BinaryDecodingError.messageDepthLimit) {
      try DynamicMessage(serializedBytes: bytes, type: shelf, partial: true)
    }
  }

  @Test func messageSetsHoldTheirExtensionsInItems() throws {
    let letter = try #require(GoldenSchema.shared.get().messageType(named: "fixtures.extensions.Letter"))
    let envelope = try #require(GoldenSchema.shared.get().messageType(named: "fixtures.extensions.Envelope"))
    var message = DynamicMessage(envelope)
    message["[fixtures.extensions.Letter.letter]"]?.messageValue?["text"] = "a"
    let item: [UInt8] = [0x0b, 0x10, 0xe8, 0x07, 0x1a, 3, 0x0a, 1, 0x61, 0x0c]
    #expect(try message.serializedBytes() == item)
    #expect(try DynamicMessage(serializedBytes: item, type: envelope) == message)
    let typeLast: [UInt8] = [0x0b, 0x1a, 3, 0x0a, 1, 0x61, 0x10, 0xe8, 0x07, 0x0c]
    #expect(try DynamicMessage(serializedBytes: typeLast, type: envelope) == message)
    let unknownItem: [UInt8] = [0x0b, 0x10, 0x09, 0x1a, 1, 0xff, 0x0c]
    let unknown = try DynamicMessage(serializedBytes: item + unknownItem, type: envelope)
    #expect(unknown.unknownFields.data == Data(unknownItem))
    #expect(try unknown.serializedBytes() == item + unknownItem)
    #expect(DynamicMessage(letter) != message)
    for end in 1..<item.count {
      #expect(throws: BinaryDecodingError.truncated) {
        try DynamicMessage(serializedBytes: Array(item[..<end]), type: envelope)
      }
    }
  }

  // MARK: Other messages

  @Test func fieldMasksMergeAndTrim() throws {
    var source = DynamicMessage(shelf)
    source["name"] = "source"
    source["owner"]?.messageValue?["title"] = "owner"
    source["copies"] = ["a": 1]
    source["books"] = [.message(DynamicMessage(book))]
    var target = DynamicMessage(shelf)
    target["name"] = "target"
    target["copies"] = ["b": 2]
    target["books"] = [.message(DynamicMessage(book))]
    target.merge(from: source, fieldMask: .init(protoPaths: ["owner.title", "copies", "books"]))
    #expect(target["name"] == "target")
    #expect(target["owner"]?.messageValue?["title"] == "owner")
    #expect(target["copies"]?.mapValue?.count == 2)
    #expect(target["books"]?.listValue?.count == 2)
    let isTrimmed = target.trim(keeping: .init(protoPaths: ["name"]))
    #expect(isTrimmed)
    #expect(target.setFields.map(\.name) == ["name"])
    #expect(source["owner"]?.messageValue?["title"] == "owner")
    #expect(!shelf.isPathValid("books.title"))
  }

  @Test func anyIsPackedAndUnpackedThroughTheSchema() throws {
    var message = DynamicMessage(book)
    message["title"] = "packed"
    let any = try Google_Protobuf_Any(message: message)
    #expect(any.typeURL == "type.googleapis.com/acme.Book")
    #expect(try DynamicMessage(unpackingAny: any, schema: schema) == message)
    #expect(throws: DynamicMessageError.unknownType("acme.Tape")) {
      try DynamicMessage(unpackingAny: .with { $0.typeURL = "x/acme.Tape" }, schema: schema)
    }
    #expect(throws: AnyUnpackError.malformedTypeURL) {
      try DynamicMessage(unpackingAny: .init(), schema: schema)
    }
  }

  @Test func jsonOfAnAnyIsFoundThroughTheSchema() throws {
    var pool = schema.pool
    try pool.add(try #require(Google_Protobuf_Any.protoDescriptor).file)
    let schema = DynamicSchema(pool)
    let any = try #require(schema.messageType(named: "google.protobuf.Any"))
    let json =
      #"{"@type":"type.googleapis.com/acme.Shelf","name":"packed","copies":{"a":"DRAMA"},"[acme.color]":"red"}"#
    let message = try DynamicMessage(jsonString: json, type: any)
    let shelf = try DynamicMessage(unpackingAny: Google_Protobuf_Any(message), schema: schema)
    #expect(shelf["name"] == "packed")
    #expect(shelf["[acme.color]"] == "red")
    #expect(try message.jsonString() == json)
  }

  @Test func jsonErrorsSayWhere() {
    let error = #expect(throws: JSONDecodingError.self) {
      try DynamicMessage(jsonString: #"{"books": [{"pages": -1}]}"#, type: shelf)
    }
    #expect(error?.location?.fieldPath == "books[0].pages")
  }

  @Test func generatedMessagesAreReadByDescriptor() throws {
    let field = FieldProto.field("title", 1, .string)
    let type = try GoldenSchema.type(of: FieldProto.self)
    let message = try DynamicMessage(field, type: type)
    #expect(message["name"] == "title")
    #expect(message["type"]?.enumValue?.name == "TYPE_STRING")
    #expect(try FieldProto(message) == field)
  }
}
