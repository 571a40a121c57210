extension Google_Protobuf_Struct: ExpressibleByDictionaryLiteral {
  /// An object with these fields.
  public init(fields: [String: Google_Protobuf_Value]) {
    self.init()
    self.fields = fields
  }

  /// An object with these fields; of a name that is there twice the last one counts.
  public init(dictionaryLiteral fields: (String, Google_Protobuf_Value)...) {
    self.init(fields: Dictionary(fields) { $1 })
  }

  /// The field with this name, `nil` when there is none. Setting `nil` removes it, which is not the same as null.
  public subscript(name: String) -> Google_Protobuf_Value? {
    get { fields[name] }
    set { fields[name] = newValue }
  }
}

extension Google_Protobuf_ListValue: ExpressibleByArrayLiteral {
  /// A list of these values.
  public init(values: [Google_Protobuf_Value]) {
    self.init()
    self.values = values
  }

  /// A list of these values.
  public init(arrayLiteral values: Google_Protobuf_Value...) { self.init(values: values) }

  /// The value at an index, which must be one of ``values``.
  public subscript(index: Int) -> Google_Protobuf_Value {
    get { values[index] }
    set { values[index] = newValue }
  }
}

extension Google_Protobuf_Value {
  init(kind: OneOf_Kind) {
    self.init()
    self.kind = kind
  }

  /// A number.
  public init(numberValue: Double) { self.init(kind: .numberValue(numberValue)) }

  /// A string.
  public init(stringValue: String) { self.init(kind: .stringValue(stringValue)) }

  /// True or false.
  public init(boolValue: Bool) { self.init(kind: .boolValue(boolValue)) }

  /// An object.
  public init(structValue: Google_Protobuf_Struct) { self.init(kind: .structValue(structValue)) }

  /// A list.
  public init(listValue: Google_Protobuf_ListValue) { self.init(kind: .listValue(listValue)) }
}

// With all literals of JSON, a whole document can be written as one: `["name": "a", "tags": [1, true, nil]]`.

extension Google_Protobuf_Value: ExpressibleByNilLiteral {
  /// Null.
  public init(nilLiteral: ()) { self.init(kind: .nullValue(.nullValue)) }
}

extension Google_Protobuf_Value: ExpressibleByBooleanLiteral {
  /// True or false.
  public init(booleanLiteral value: Bool) { self.init(boolValue: value) }
}

extension Google_Protobuf_Value: ExpressibleByIntegerLiteral {
  /// A number, the nearest that a `Double` can hold.
  public init(integerLiteral value: Int64) { self.init(numberValue: Double(value)) }
}

extension Google_Protobuf_Value: ExpressibleByFloatLiteral {
  /// A number.
  public init(floatLiteral value: Double) { self.init(numberValue: value) }
}

extension Google_Protobuf_Value: ExpressibleByStringLiteral {
  /// A string.
  public init(stringLiteral value: String) { self.init(stringValue: value) }
}

extension Google_Protobuf_Value: ExpressibleByArrayLiteral {
  /// A list of these values.
  public init(arrayLiteral values: Google_Protobuf_Value...) {
    self.init(listValue: Google_Protobuf_ListValue(values: values))
  }
}

extension Google_Protobuf_Value: ExpressibleByDictionaryLiteral {
  /// An object with these fields; of a name that is there twice the last one counts.
  public init(dictionaryLiteral fields: (String, Google_Protobuf_Value)...) {
    self.init(structValue: Google_Protobuf_Struct(fields: Dictionary(fields) { $1 }))
  }
}
