"""The cases whose input is JSON, and those of binary input that has no form in JSON."""

import math
import re

from cases import BINARY, JSON, PARSE_ERROR, SERIALIZE_ERROR, Case, Object, Value
from wire import bytes_, fixed32, fixed64, float64, integer, tag

ANY = "type.googleapis.com"
ORIGINAL_NAMES = (
    "fieldname1 field_name2 _field_name3 field__name4_ field0name5 field_0_name6 fieldName7 FieldName8 field_Name9 "
    "Field_Name10 FIELD_NAME11 FIELD_name12 __field_name13 __Field_name14 field__name15 field__Name16 field_name17__ "
    "Field_name18__").split()
JSON_NAMES = (
    "fieldname1 fieldName2 FieldName3 fieldName4 field0name5 field0Name6 fieldName7 FieldName8 fieldName9 FieldName10 "
    "FIELDNAME11 FIELDName12 FieldName13 FieldName14 fieldName15 fieldName16 fieldName17 FieldName18").split()


def names(first, last, keys=JSON_NAMES):
    """JSON and text of the fields with odd names from one number to another."""
    numbers = range(first, last + 1)
    return (
        "{" + ", ".join(f'"{keys[n - 1]}": {n}' for n in numbers) + "}",
        " ".join(f"{ORIGINAL_NAMES[n - 1]}: {n}" for n in numbers))


SINGULAR = (
    "Int32 Int64 Uint32 Uint64 Sint32 Sint64 Fixed32 Fixed64 Sfixed32 Sfixed64 Float Double Bool String Bytes "
    "NestedEnum NestedMessage").split()
NULLS = ", ".join(
    [f'"{prefix}{kind}": null' for prefix in ("optional", "repeated") for kind in SINGULAR]
    + ['"mapInt32Int32": null', '"mapBoolBool": null', '"mapStringNestedMessage": null'])
WRAPPERS = "Bool Int32 Uint32 Int64 Uint64 Float Double String Bytes".split()

# Name, JSON, and the same in text. Each is written as binary and as JSON.
VALID = [
    ("HelloWorld", '{"optionalString":"Hello, World!"}', "optional_string: 'Hello, World!'"),

    ("FieldNameInSnakeCase", *names(1, 4)), ("FieldNameWithNumbers", *names(5, 6)),
    ("FieldNameWithMixedCases", *names(7, 12)), ("FieldNameWithDoubleUnderscores", *names(13, 18)),
    ("OriginalProtoFieldName", *names(1, 18, ORIGINAL_NAMES)),
    ("FieldNameEscaped", r'{"fieldn\u0061me1": 1}', "fieldname1: 1"),
    *((name, json, "optional_int32: 1 optional_int64: 2") for name, json in (
        ("OneLineNoSpaces", '{"optionalInt32":1,"optionalInt64":2}'),
        ("OneLineWithSpaces", '{ "optionalInt32" : 1 , "optionalInt64" : 2 }'),
        ("MultilineNoSpaces", '{\n"optionalInt32"\n:\n1\n,\n"optionalInt64"\n:\n2\n}'),
        ("MultilineWithSpaces", '{\n  "optionalInt32"  :  1\n  ,\n  "optionalInt64"  :  2\n}\n'))),

    ("Int32FieldMaxValue", '{"optionalInt32": 2147483647}', "optional_int32: 2147483647"),
    ("Int32FieldMinValue", '{"optionalInt32": -2147483648}', "optional_int32: -2147483648"),
    ("Uint32FieldMaxValue", '{"optionalUint32": 4294967295}', "optional_uint32: 4294967295"),
    ("Int64FieldMaxValue", '{"optionalInt64": "9223372036854775807"}', "optional_int64: 9223372036854775807"),
    ("Int64FieldMinValue", '{"optionalInt64": "-9223372036854775808"}', "optional_int64: -9223372036854775808"),
    ("Uint64FieldMaxValue", '{"optionalUint64": "18446744073709551615"}', "optional_uint64: 18446744073709551615"),
    ("Int64FieldMaxValueNotQuoted", '{"optionalInt64": 9223372036854774784}', "optional_int64: 9223372036854774784"),
    ("Int64FieldMinValueNotQuoted", '{"optionalInt64": -9223372036854775808}', "optional_int64: -9223372036854775808"),
    ("Uint64FieldMaxValueNotQuoted", '{"optionalUint64": 18446744073709549568}', "optional_uint64: 18446744073709549568"),
    ("Int32FieldStringValue", '{"optionalInt32": "2147483647"}', "optional_int32: 2147483647"),
    ("Int32FieldStringValueEscaped", r'{"optionalInt32": "2\u003147483647"}', "optional_int32: 2147483647"),
    ("Int32FieldStringValueZero", '{"optionalInt32": "0"}', "optional_int32: 0"),
    ("Int32FieldQuotedExponentialValue", '{"optionalInt32": "1e5"}', "optional_int32: 100000"),
    ("Int32FieldFloatTrailingZero", '{"optionalInt32": 100000.000}', "optional_int32: 100000"),
    ("Int32FieldExponentialFormat", '{"optionalInt32": 1e5}', "optional_int32: 100000"),
    ("Int32FieldMaxFloatValue", '{"optionalInt32": 2.147483647e9}', "optional_int32: 2147483647"),
    ("Int32FieldMinFloatValue", '{"optionalInt32": -2.147483648e9}', "optional_int32: -2147483648"),
    ("Uint32FieldMaxFloatValue", '{"optionalUint32": 4.294967295e9}', "optional_uint32: 4294967295"),

    ("BoolFieldTrue", '{"optionalBool":true}', "optional_bool: true"),
    ("BoolFieldFalse", '{"optionalBool":false}', "optional_bool: false"),

    ("FloatFieldMinPositiveValue", '{"optionalFloat": 1.175494e-38}', "optional_float: 1.175494e-38"),
    ("FloatFieldMaxNegativeValue", '{"optionalFloat": -1.175494e-38}', "optional_float: -1.175494e-38"),
    ("FloatFieldMaxPositiveValue", '{"optionalFloat": 3.402823e+38}', "optional_float: 3.402823e+38"),
    ("FloatFieldMinNegativeValue", '{"optionalFloat": -3.402823e+38}', "optional_float: -3.402823e+38"),
    ("FloatFieldQuotedValue", '{"optionalFloat": "1"}', "optional_float: 1"),
    ("FloatFieldQuotedExponentialValue", '{"optionalFloat": "1.175494e-38"}', "optional_float: 1.175494e-38"),
    ("FloatFieldNan", '{"optionalFloat": "NaN"}', "optional_float: nan"),
    ("FloatFieldInfinity", '{"optionalFloat": "Infinity"}', "optional_float: inf"),
    ("FloatFieldNegativeInfinity", '{"optionalFloat": "-Infinity"}', "optional_float: -inf"),
    ("DoubleFieldMinPositiveValue", '{"optionalDouble": 2.22507e-308}', "optional_double: 2.22507e-308"),
    ("DoubleFieldMaxNegativeValue", '{"optionalDouble": -2.22507e-308}', "optional_double: -2.22507e-308"),
    ("DoubleFieldMaxPositiveValue", '{"optionalDouble": 1.79769e+308}', "optional_double: 1.79769e+308"),
    ("DoubleFieldMinNegativeValue", '{"optionalDouble": -1.79769e+308}', "optional_double: -1.79769e+308"),
    ("DoubleFieldQuotedValue", '{"optionalDouble": "1"}', "optional_double: 1"),
    ("DoubleFieldQuotedExponentialValue", '{"optionalDouble": "2.22507e-308"}', "optional_double: 2.22507e-308"),
    ("DoubleFieldNan", '{"optionalDouble": "NaN"}', "optional_double: nan"),
    ("DoubleFieldInfinity", '{"optionalDouble": "Infinity"}', "optional_double: inf"),
    ("DoubleFieldNegativeInfinity", '{"optionalDouble": "-Infinity"}', "optional_double: -inf"),

    ("EnumField", '{"optionalNestedEnum": "FOO"}', "optional_nested_enum: FOO"),
    ("EnumFieldNumericValueZero", '{"optionalNestedEnum": 0}', "optional_nested_enum: FOO"),
    ("EnumFieldNumericValueNonZero", '{"optionalNestedEnum": 1}', "optional_nested_enum: BAR"),

    ("StringField", '{"optionalString": "Hello world!"}', 'optional_string: "Hello world!"'),
    ("StringFieldUnicode", '{"optionalString": "谷歌"}', 'optional_string: "谷歌"'),
    ("StringFieldEscape", r'{"optionalString": "\"\\\/\b\f\n\r\t"}', r'optional_string: "\"\\/\b\f\n\r\t"'),
    ("StringFieldUnicodeEscape", r'{"optionalString": "\u8C37\u6B4C"}', 'optional_string: "谷歌"'),
    ("StringFieldUnicodeEscapeWithLowercaseHexLetters", r'{"optionalString": "\u8c37\u6b4c"}', 'optional_string: "谷歌"'),
    ("StringFieldSurrogatePair", r'{"optionalString": "\uD83D\uDE01"}', 'optional_string: "😁"'),
    ("StringFieldEmbeddedNull", r'{"optionalString": "Hello\u0000world!"}', r'optional_string: "Hello\000world!"'),
    ("BytesField", '{"optionalBytes": "AQI="}', r'optional_bytes: "\x01\x02"'),
    ("BytesFieldBase64Url", '{"optionalBytes": "-_"}', r'optional_bytes: "\xfb"'),

    ("MessageField", '{"optionalNestedMessage": {"a": 1234}}', "optional_nested_message { a: 1234 }"),

    *((f"{kind}MapField", f'{{"map{kind}{kind}": {{"1": 2, "3": 4}}}}',
       f"map_{kind.lower()}_{kind.lower()} {{ key: 1 value: 2 }} map_{kind.lower()}_{kind.lower()} {{ key: 3 value: 4 }}")
      for kind in ("Int32", "Uint32", "Int64", "Uint64")),
    ("BoolMapField", '{"mapBoolBool": {"true": true, "false": false}}',
     "map_bool_bool { key: true value: true } map_bool_bool { key: false value: false }"),
    ("MessageMapField", '{"mapStringNestedMessage": {"hello": {"a": 1234}, "world": {"a": 5678}}}',
     'map_string_nested_message { key: "hello" value { a: 1234 } } '
     'map_string_nested_message { key: "world" value { a: 5678 } }'),
    ("Int32MapEscapedKey", r'{"mapInt32Int32": {"\u0031": 2}}', "map_int32_int32 { key: 1 value: 2 }"),
    ("Int64MapEscapedKey", r'{"mapInt64Int64": {"\u0031": 2}}', "map_int64_int64 { key: 1 value: 2 }"),
    ("BoolMapEscapedKey", r'{"mapBoolBool": {"tr\u0075e": true}}', "map_bool_bool { key: true value: true }"),

    ("AllFieldAcceptNull", "{" + NULLS + "}", ""),
    ("OneofFieldNullFirst", '{"oneofUint32": null, "oneofString": "test"}', 'oneof_string: "test"'),
    ("OneofFieldNullSecond", '{"oneofString": "test", "oneofUint32": null}', 'oneof_string: "test"'),
    ("OneofZeroUint32", '{"oneofUint32": 0}', "oneof_uint32: 0"),
    ("OneofZeroMessage", '{"oneofNestedMessage": {}}', "oneof_nested_message {}"),
    ("OneofZeroString", '{"oneofString": ""}', 'oneof_string: ""'),
    ("OneofZeroBytes", '{"oneofBytes": ""}', 'oneof_bytes: ""'),
    ("OneofZeroBool", '{"oneofBool": false}', "oneof_bool: false"),
    ("OneofZeroUint64", '{"oneofUint64": 0}', "oneof_uint64: 0"),
    ("OneofZeroFloat", '{"oneofFloat": 0.0}', "oneof_float: 0"),
    ("OneofZeroDouble", '{"oneofDouble": 0.0}', "oneof_double: 0"),
    ("OneofZeroEnum", '{"oneofEnum":"FOO"}', "oneof_enum: FOO"),

    ("PrimitiveRepeatedField", '{"repeatedInt32": [1, 2, 3, 4]}', "repeated_int32: [1, 2, 3, 4]"),
    ("EnumRepeatedField", '{"repeatedNestedEnum": ["FOO", "BAR", "BAZ"]}', "repeated_nested_enum: [FOO, BAR, BAZ]"),
    ("StringRepeatedField", '{"repeatedString": ["Hello", "world"]}', 'repeated_string: ["Hello", "world"]'),
    ("BytesRepeatedField", '{"repeatedBytes": ["AAEC", "AQI="]}', r'repeated_bytes: ["\x00\x01\x02", "\x01\x02"]'),
    ("MessageRepeatedField", '{"repeatedNestedMessage": [{"a": 1234}, {"a": 5678}]}',
     "repeated_nested_message { a: 1234 } repeated_nested_message { a: 5678 }"),
]

# Name and JSON that is to be refused.
REFUSED = [
    ("RejectTopLevelNull", "null"),
    ("StringEndsWithEscapeChar", '{"optionalString": "abc\\'), ("FieldNameNotQuoted", "{fieldname1: 1}"),
    ("TrailingCommaInAnObject", '{"fieldname1":1,}'), ("TrailingCommaInAnObjectWithSpace", '{"fieldname1":1 ,}'),
    ("TrailingCommaInAnObjectWithSpaceCommaSpace", '{"fieldname1":1 , }'),
    ("TrailingCommaInAnObjectWithNewlines", '{\n"fieldname1":1,\n}'),
    ("JsonWithComments", '{\n// This is a comment.\n"fieldname1": 1\n}'),
    ("MissingCommaOneLine", '{ "optionalInt32": 1 "optionalInt64": 2 }'),
    ("MissingCommaMultiline", '{\n  "optionalInt32": 1\n  "optionalInt64": 2\n}'),

    *((f"Field{name}", f'{{"optional{field}": {value}}}') for field, name, value in [
        ("Int32", "Int32TooLarge", 2147483648), ("Int32", "Int32TooSmall", -2147483649),
        ("Uint32", "Uint32TooLarge", 4294967296), ("Int64", "Int64TooLarge", '"9223372036854775808"'),
        ("Int64", "Int64TooSmall", '"-9223372036854775809"'), ("Uint64", "Uint64TooLarge", '"18446744073709551616"'),
        ("Uint64", "Uint64QuotedExponentTooLarge", '"1e536870000"'),
        ("Int32", "Int32NotInteger", "0.5"), ("Uint32", "Uint32NotInteger", "0.5"),
        ("Int64", "Int64NotInteger", '"0.5"'), ("Uint64", "Uint64NotInteger", '"0.5"'),
        ("Int32", "Int32TrueValue", "true"), ("Int32", "Int32FalseValue", "false"),
        ("Int32", "Int32ArabicIndicDigits", '"١٢٣"'), ("Int64", "Int64FullwidthDigits", '"１２３"'),
        *((kind, f"{kind}EmptyString", '""') for kind in ("Int32", "Uint32", "Int64", "Uint64", "Float", "Double")),
        *((kind, f"{kind}NotNumber", '"3x3"') for kind in ("Int32", "Uint32", "Int64", "Uint64")),
        *((kind, f"{kind}StringValue{name}", value) for kind in ("Int32", "Float", "Double") for name, value in (
            ("PartiallyNumeric", '"12abc"'), ("PartiallyNumericSpace", '"12 34"'), ("NonNumeric", '"abc"'),
            ("PartiallyNumericComma", '"12,34"'), ("PartiallyNumericUnicode", '"12谷歌34"'))),
        ("Int32", "Int32PlusSign", "+1"), ("Int32", "Int32LeadingZero", "01"),
        ("Int32", "Int32NegativeWithLeadingZero", "-01"),
        ("Int32", "Int32LeadingSpace", '" 1"'), ("Int32", "Int32TrailingSpace", '"1 "'),
        *(("Bool", f"Bool{name}", value) for name, value in (
            ("IntegerZero", "0"), ("IntegerOne", "1"), ("CamelCaseTrue", "True"), ("CamelCaseFalse", "False"),
            ("AllCapitalTrue", "TRUE"), ("AllCapitalFalse", "FALSE"),
            ("DoubleQuotedTrue", '"true"'), ("DoubleQuotedFalse", '"false"'))),
        *((kind, f"{kind}{name}NotQuoted", value) for kind in ("Float", "Double") for name, value in (
            ("Nan", "NaN"), ("Infinity", "Infinity"), ("NegativeInfinity", "-Infinity"))),
        ("Float", "FloatTooSmall", "-3.502823e+38"), ("Float", "FloatTooLarge", "3.502823e+38"),
        ("Double", "DoubleTooSmall", "-1.89769e+308"), ("Double", "DoubleTooLarge", "1.89769e+308"),
        *((kind, f"{kind}{name}Value", value) for kind in ("Float", "Double") for name, value in (
            ("True", "true"), ("False", "false"))),
        *(("NestedEnum", f"Enum{name}", value) for name, value in (
            ("NotQuoted", "FOO"), ("SingleElementArrayEnumName", '["FOO"]'), ("SingleElementArrayNumericValue", "[2]"),
            ("TrueValue", "true"), ("FalseValue", "false"))),
        *(("String", f"String{name}", value) for name, value in (
            ("UppercaseEscapeLetter", r'"\U8C37\U6b4C"'), ("InvalidEscape", r'"\uXXXX\u6B4C"'),
            ("UnterminatedEscape", r'"\u8C3"'), ("UnpairedHighSurrogate", r'"\uD800"'),
            ("UnpairedLowSurrogate", r'"\uDC00"'), ("SurrogateInWrongOrder", r'"\uDE01\uD83D"'),
            ("NotAString", "12345"), ("SingleQuoteValue", "'Hello world!'"))),
    ]),
    ("StringFieldSingleQuoteKey", """{'optionalString': "Hello world!"}"""),
    ("StringFieldSingleQuoteBoth", "{'optionalString': 'Hello world!'}"),

    *((f"{kind}MapFieldKeyNotQuoted", f'{{"map{kind}{kind}": {{1: 2, 3: 4}}}}')
      for kind in ("Int32", "Uint32", "Int64", "Uint64")),
    ("BoolMapFieldKeyNotQuoted", '{"mapBoolBool": {true: true, false: false}}'),
    ("MapFieldKeyIsNull", '{"mapInt32Int32": {null: 1}}'), ("MapFieldValueIsNull", '{"mapInt32Int32": {"0": null}}'),

    *((f"RepeatedField{name}", f'{{"repeated{field}": {value}}}') for field, name, value in [
        ("Int32", "PrimitiveElementIsNull", "[1, null, 2]"),
        ("NestedMessage", "MessageElementIsNull", '[{"a":1}, null, {"a":2}]'),
        ("Int32", "ExpectingIntegersGotBool", "[1, false, 3, 4]"),
        ("Int32", "ExpectingIntegersGotString", '[1, 2, "name", 4]'),
        ("Int32", "ExpectingIntegersGotMessage", '[1, 2, 3, {"a": 4}]'),
        ("String", "ExpectingStringsGotInt", '["1", 2, "3", "4"]'),
        ("String", "ExpectingStringsGotBool", '["1", "2", false, "4"]'),
        ("String", "ExpectingStringsGotMessage", '["1", 2, "3", {"a": 4}]'),
        ("NestedMessage", "ExpectingMessagesGotInt", '[{"a": 1}, 2]'),
        ("NestedMessage", "ExpectingMessagesGotBool", '[{"a": 1}, false]'),
        ("NestedMessage", "ExpectingMessagesGotString", '[{"a": 1}, "2"]'),
        ("Int32", "SingleValueInt32", "1"), ("NestedMessage", "SingleValueMessage", '{"a": 1}'),
        ("Int32", "TrailingComma", "[1, 2, 3, 4,]"), ("Int32", "TrailingCommaWithSpace", "[1, 2, 3, 4 ,]"),
        ("Int32", "TrailingCommaWithSpaceCommaSpace", "[1, 2, 3, 4 , ]"),
        ("Int32", "TrailingCommaWithNewlines", "[\n1,\n2,\n3,\n4,\n]")]),

    ("UnknownEnumStringValueInOptionalField", '{"optional_nested_enum": "UNKNOWN_ENUM_VALUE"}'),
    ("UnknownEnumStringValueInRepeatedField", '{"repeated_nested_enum": ["UNKNOWN_ENUM_VALUE"]}'),
    ("UnknownEnumStringValueInMapValue", '{"map_string_nested_enum": {"key": "UNKNOWN_ENUM_VALUE"}}'),
    ("UnknownField", '{"unknown": 1}'),
]

# Name, JSON with fields or enum names that are to be ignored, and what remains.
IGNORED = [
    *((f"UnknownJson{name}", f'{{"unknown": {value}}}', "") for name, value in (
        ("Number", "1"), ("String", '"a"'), ("True", "true"), ("False", "false"), ("Null", "null"),
        ("Object", '{"a": 1}'), ("Array", '[1, [2], {"b": "c"}]'))),
    ("EnumStringValueInOptionalField", '{"optional_nested_enum": "UNKNOWN_ENUM_VALUE"}', ""),
    ("EnumStringValueInRepeatedField", '{"repeated_nested_enum": ["UNKNOWN_ENUM_VALUE"]}', ""),
    ("EnumStringValueInMapValue", '{"map_string_nested_enum": {"key": "UNKNOWN_ENUM_VALUE"}}', ""),
    ("EnumStringValueInRepeatedPart", '{"repeated_nested_enum": ["FOO", "UNKNOWN_ENUM_VALUE", "FOO"]}',
     "repeated_nested_enum: [FOO, FOO]"),
    ("EnumStringValueInMapPart", '{"map_string_nested_enum": {"key1": "FOO", "key2": "UNKNOWN_ENUM_VALUE"}}',
     'map_string_nested_enum { key: "key1" value: FOO }'),
]

# Name, JSON that may be refused, and what it means otherwise.
REFUSED_OR_VALID = [
    ("FieldNameDuplicate", '{"optionalNestedMessage": {"a": 1}, "optionalNestedMessage": {}}', "optional_nested_message {}"),
    ("FieldNameDuplicateDifferentCasing1", '{"optional_nested_message": {"a": 1}, "optionalNestedMessage": {}}',
     "optional_nested_message {}"),
    ("FieldNameDuplicateDifferentCasing2", '{"optionalNestedMessage": {"a": 1}, "optional_nested_message": {}}',
     "optional_nested_message {}"),
    ("OneofFieldDuplicate", '{"oneofUint32": 1, "oneofString": "test"}', 'oneof_string: "test"'),
    ("OneofFieldDuplicate2", '{"oneofString": "test", "oneofUint32": 1}', "oneof_uint32: 1"),
]


def has(*keys):
    return Object(lambda object: set(keys) <= set(object), f"with {', '.join(keys)}")


def member(key, value):
    return Object(
        lambda object: key in object and object[key] == value and type(object[key]) is type(value), f"with {key}: {value!r}")


# Name, JSON, and what the JSON that is made of it must look like.
WRITTEN = [
    ("Int64FieldBeString", '{"optionalInt64": 1}', member("optionalInt64", "1")),
    ("Uint64FieldBeString", '{"optionalUint64": 1}', member("optionalUint64", "1")),
    *((name, names(first, last)[0], has(*JSON_NAMES[first - 1:last])) for name, first, last in (
        ("FieldNameInLowerCamelCase", 1, 4), ("FieldNameWithNumbersValidator", 5, 6),
        ("FieldNameWithMixedCasesValidator", 7, 12), ("FieldNameWithDoubleUnderscoresValidator", 13, 18))),
]

# NaNs with other bits, in binary, are NaN all the same.
NANS = [
    ("FloatFieldNormalizeQuietNan", tag(11, 5) + fixed32(0x7FA12345), "optional_float: nan"),
    ("FloatFieldNormalizeSignalingNan", tag(11, 5) + fixed32(0xFFB54321), "optional_float: nan"),
    ("DoubleFieldNormalizeQuietNan", tag(12, 1) + fixed64(0x7FFA123456789ABC), "optional_double: nan"),
    ("DoubleFieldNormalizeSignalingNan", tag(12, 1) + fixed64(0xFFFBCBA987654321), "optional_double: nan"),
]


def wrapper_value(kind, zero):
    if kind == "Bool":
        return ("false", "false") if zero else ("true", "true")
    if kind in ("String", "Bytes"):
        return ('""', '""') if zero else ('"AQI="', '"AQI="' if kind == "String" else r'"\x01\x02"')
    return ("0", "0") if zero else ("1", "1")


def timestamp(text, seconds, nanos=0):
    return f'{{"optionalTimestamp": "{text}"}}', f"optional_timestamp {{ seconds: {seconds} nanos: {nanos} }}"


def duration(text, seconds, nanos=0):
    return f'{{"optionalDuration": "{text}"}}', f"optional_duration {{ seconds: {seconds} nanos: {nanos} }}"


def any_of(name, value, inside):
    return (
        f'{{"optionalAny": {{"@type": "{ANY}/google.protobuf.{name}", "value": {value}}}}}',
        f"optional_any {{ [{ANY}/google.protobuf.{name}] {{ {inside} }} }}")


def nested_struct(depth):
    return '"n": {' * depth + '"value": 1' + "}" * depth


def nested_struct_text(depth):
    return (
        'fields { key: "n" value { struct_value { ' * depth + 'fields { key: "value" value { number_value: 1 } }'
        + " } } }" * depth)


# The well-known types are fields of the proto3 types only.
VALID_WELL_KNOWN = [
    *((f"Optional{kind}Wrapper", f'{{"optional{kind}Wrapper": {wrapper_value(kind, True)[0]}}}',
       f"optional_{kind.lower()}_wrapper {{ value: {wrapper_value(kind, True)[1]} }}") for kind in WRAPPERS),
    ("OptionalWrapperTypesWithNonDefaultValue",
     "{" + ", ".join(f'"optional{kind}Wrapper": {wrapper_value(kind, False)[0]}' for kind in WRAPPERS) + "}",
     " ".join(f"optional_{kind.lower()}_wrapper {{ value: {wrapper_value(kind, False)[1]} }}" for kind in WRAPPERS)),
    *((f"Repeated{kind}Wrapper",
       f'{{"repeated{kind}Wrapper": [{wrapper_value(kind, True)[0]}, {wrapper_value(kind, False)[0]}]}}',
       f"repeated_{kind.lower()}_wrapper {{ value: {wrapper_value(kind, True)[1]} }} "
       f"repeated_{kind.lower()}_wrapper {{ value: {wrapper_value(kind, False)[1]} }}") for kind in WRAPPERS),
    ("WrapperTypesWithNullValue",
     "{" + ", ".join(f'"{prefix}{kind}Wrapper": null' for prefix in ("optional", "repeated") for kind in WRAPPERS) + "}",
     ""),

    ("DurationMinValue", *duration("-315576000000.999999999s", -315576000000, -999999999)),
    ("DurationMaxValue", *duration("315576000000.999999999s", 315576000000, 999999999)),
    ("DurationRepeatedValue", '{"repeatedDuration": ["1.5s", "-1.5s"]}',
     "repeated_duration { seconds: 1 nanos: 500000000 } repeated_duration { seconds: -1 nanos: -500000000 }"),
    ("DurationNull", '{"optionalDuration": null}', ""), ("DurationNegativeSeconds", *duration("-5s", -5)),
    ("DurationNegativeNanos", *duration("-0.5s", 0, -500000000)),

    ("TimestampMinValue", *timestamp("0001-01-01T00:00:00Z", -62135596800)),
    ("TimestampMaxValue", *timestamp("9999-12-31T23:59:59.999999999Z", 253402300799, 999999999)),
    ("TimestampRepeatedValue", '{"repeatedTimestamp": ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"]}',
     "repeated_timestamp { seconds: -62135596800 } repeated_timestamp { seconds: 253402300799 nanos: 999999999 }"),
    ("TimestampEpochValue", *timestamp("1970-01-01T00:00:00.000Z", 0)),
    ("TimestampNanoAfterEpochlValue", *timestamp("1970-01-01T00:00:00.000000001Z", 0, 1)),
    ("TimestampNanoBeforeEpochValue", *timestamp("1969-12-31T23:59:59.999999999Z", -1, 999999999)),
    ("TimestampLittleAfterEpochlValue", *timestamp("1970-01-01T00:00:01.000000001Z", 1, 1)),
    ("TimestampLittleBeforeEpochValue", *timestamp("1969-12-31T23:59:58.999999999Z", -2, 999999999)),
    ("TimestampTenAndHalfSecondsAfterEpochValue", *timestamp("1970-01-01T00:00:10.500Z", 10, 500000000)),
    ("TimestampTenAndHalfSecondsBeforeEpochValue", *timestamp("1969-12-31T23:59:49.500Z", -11, 500000000)),
    ("TimestampLeap", *timestamp("1993-02-10T00:00:00.000Z", 729302400)),
    ("TimestampWithPositiveOffset", *timestamp("1970-01-01T08:00:01+08:00", 1)),
    ("TimestampWithNegativeOffset", *timestamp("1969-12-31T16:00:01-08:00", 1)),
    ("TimestampNull", '{"optionalTimestamp": null}', ""),
    ("TimestampJsonInputLeapFeb29", *timestamp("2000-02-29T00:00:00Z", 951782400)),
    ("TimestampWithOffsetShiftsDay", *timestamp("1970-01-02T01:00:00+02:00", 82800)),
    ("TimestampWithOffsetBoundaryInBoundsMin", *timestamp("0001-01-01T00:00:00-00:01", -62135596740)),
    ("TimestampWithOffsetBoundaryInBoundsMax", *timestamp("9999-12-31T23:59:59+00:01", 253402300739)),
    ("TimestampWithComplexOffset", *timestamp("1970-01-01T00:00:00-11:30", 41400)),

    ("FieldMask", '{"optionalFieldMask": "foo,barBaz"}', 'optional_field_mask { paths: ["foo", "bar_baz"] }'),
    ("EmptyFieldMask", '{"optionalFieldMask": ""}', "optional_field_mask {}"),

    ("Struct",
     '{"optionalStruct": {"nullValue": null, "intValue": 1234, "boolValue": true, "doubleValue": 1234.5678, '
     '"stringValue": "Hello world!", "listValue": [1234, "5678"], "objectValue": {"value": 0}}}',
     'optional_struct { fields { key: "nullValue" value { null_value: NULL_VALUE } } '
     'fields { key: "intValue" value { number_value: 1234 } } fields { key: "boolValue" value { bool_value: true } } '
     'fields { key: "doubleValue" value { number_value: 1234.5678 } } '
     'fields { key: "stringValue" value { string_value: "Hello world!" } } '
     'fields { key: "listValue" value { list_value { values { number_value: 1234 } values { string_value: "5678" } } } } '
     'fields { key: "objectValue" value { struct_value { fields { key: "value" value { number_value: 0 } } } } } }'),
    ("StructWithEmptyListValue", '{"optionalStruct": {"listValue": []}}',
     'optional_struct { fields { key: "listValue" value { list_value {} } } }'),
    ("StructDeepNesting25", '{"optionalStruct": {' + nested_struct(25) + "}}",
     "optional_struct { " + nested_struct_text(25) + " }"),

    *((f"ValueAccept{name}", f'{{"optionalValue": {json}}}', f"optional_value {{ {text} }}") for name, json, text in (
        ("Integer", "1", "number_value: 1"), ("Float", "1.5", "number_value: 1.5"), ("Bool", "false", "bool_value: false"),
        ("Null", "null", "null_value: NULL_VALUE"), ("String", '"hello"', 'string_value: "hello"'),
        ("List", '[0, "hello"]', 'list_value { values { number_value: 0 } values { string_value: "hello" } }'),
        ("Object", '{"value": 1}', 'struct_value { fields { key: "value" value { number_value: 1 } } }'))),
    ("RepeatedValue", '{"repeatedValue": [["a"]]}', 'repeated_value { list_value { values { string_value: "a" } } }'),
    ("RepeatedListValue", '{"repeatedListValue": [["a"]]}', 'repeated_list_value { values { string_value: "a" } }'),
    ("ListValueDeepNesting25", '{"optionalValue": ' + "[" * 25 + "1" + "]" * 25 + "}",
     "optional_value { " + "list_value { values { " * 25 + "number_value: 1" + " } }" * 25 + " }"),
    ("ValueDeepNesting25", '{"optionalValue": {' + nested_struct(25) + "}}",
     "optional_value { struct_value { " + nested_struct_text(25) + " } }"),

    ("AnyWithInt32ValueWrapper", *any_of("Int32Value", "12345", "value: 12345")),
    ("AnyWithDuration", *any_of("Duration", '"1.5s"', "seconds: 1 nanos: 500000000")),
    ("AnyWithTimestamp", *any_of("Timestamp", '"1970-01-01T00:00:00Z"', "")),
    ("AnyWithFieldMask", *any_of("FieldMask", '"foo,barBaz"', 'paths: ["foo", "bar_baz"]')),
    ("AnyWithStruct", *any_of("Struct", '{"foo": 1}', 'fields { key: "foo" value { number_value: 1 } }')),
    ("AnyWithValueForJsonObject", *any_of(
        "Value", '{"foo": 1}', 'struct_value { fields { key: "foo" value { number_value: 1 } } }')),
    ("AnyWithValueForInteger", *any_of("Value", "1", "number_value: 1")),
    ("AnyWithNoType", '{"optionalAny": {}}', "optional_any {}"), ("AnyNull", '{"optionalAny": null}', ""),
    ("AnyEmpty", f'{{"optionalAny": {{"@type": "{ANY}/google.protobuf.Empty"}}}}',
     f"optional_any {{ [{ANY}/google.protobuf.Empty] {{}} }}"),

    *((f"EnumFieldWithAlias{name}", f'{{"optionalAliasedEnum": "{value}"}}', "optional_aliased_enum: ALIAS_BAZ")
      for name, value in (("", "ALIAS_BAZ"), ("UseAlias", "MOO"), ("LowerCase", "moo"), ("DifferentCase", "bAz"))),
]

REFUSED_WELL_KNOWN = [
    *((f"Duration{name}", f'{{"optionalDuration": "{text}"}}') for name, text in (
        ("MissingS", "1"), ("JsonInputTooSmall", "-315576000001.000000000s"),
        ("JsonInputTooLarge", "315576000001.000000000s"))),
    *((f"Timestamp{name}", f'{{"optionalTimestamp": "{text}"}}') for name, text in (
        ("JsonInputTooSmall", "0000-01-01T00:00:00Z"), ("JsonInputTooLarge", "10000-01-01T00:00:00Z"),
        ("JsonInputMissingZ", "0001-01-01T00:00:00"), ("JsonInputMissingT", "0001-01-01 00:00:00Z"),
        ("JsonInputLowercaseZ", "0001-01-01T00:00:00z"), ("JsonInputLowercaseT", "0001-01-01t00:00:00Z"),
        ("WithMissingColonInOffset", "1970-01-01T08:00:01+0800"),
        ("JsonInputMonthTooLarge", "1970-13-01T00:00:00Z"), ("JsonInputMonthZero", "1970-00-01T00:00:00Z"),
        ("JsonInputDayTooLarge", "1970-01-32T00:00:00Z"), ("JsonInputDayZero", "1970-01-00T00:00:00Z"),
        ("JsonInputHourTooLarge", "1970-01-01T24:00:00Z"), ("JsonInputHourTooLarge25", "1970-01-01T25:00:00Z"),
        ("JsonInputMinuteTooLarge", "1970-01-01T00:60:00Z"), ("JsonInputSecondTooLarge", "1970-01-01T00:00:60Z"),
        ("JsonInputInvalidOffsetHour", "1970-01-01T00:00:00+24:00"),
        ("JsonInputInvalidOffsetMinute", "1970-01-01T00:00:00+00:60"),
        ("JsonInputOffsetBoundaryUnderflow", "0001-01-01T00:00:00+00:01"),
        ("JsonInputOffsetBoundaryOverflow", "9999-12-31T23:59:59-00:01"),
        ("JsonInputInvalidNanos", "1970-01-01T00:00:00.1234567890Z"),
        ("JsonInputInvalidCharsInNanos", "1970-01-01T00:00:00.123aZ"),
        ("JsonInputYearTooShort", "999-01-01T00:00:00Z"), ("JsonInputYearTooLong", "00001-01-01T00:00:00Z"),
        ("JsonInputMonthTooShort", "1970-1-01T00:00:00Z"), ("JsonInputDayTooShort", "1970-01-1T00:00:00Z"),
        ("JsonInputNonLeapFeb29", "2001-02-29T00:00:00Z"))),
    ("FieldMaskInvalidCharacter", '{"optionalFieldMask": "foo,bar_bar"}'),
    ("StructDeepNesting200", '{"optionalStruct": {' + nested_struct(200) + "}}"),
    ("ListValueDeepNesting200", '{"optionalValue": ' + "[" * 200 + "1" + "]" * 200 + "}"),
    ("ValueDeepNesting200", '{"optionalValue": {' + nested_struct(200) + "}}"),
    ("AnyWktRepresentationWithEmptyTypeAndValue", '{"optionalAny": {"@type": "", "value": ""}}'),
    ("AnyWktRepresentationWithBadType", '{"optionalAny": {"@type": "not_a_url", "value": ""}}'),
]

WRITTEN_WELL_KNOWN = [
    ("EnumFieldUnknownValue", '{"optionalNestedEnum": 123}', member("optionalNestedEnum", 123)),
    ("SkipsDefaultPrimitive", '{"FieldName13": 0}', Object(lambda object: "FieldName13" not in object, "without it")),
    *((f"DurationHas{name}", f'{{"optionalDuration": "{text}"}}', member("optionalDuration", written))
      for name, text, written in (
        ("ZeroFractionalDigit", "1.000000000s", "1s"), ("3FractionalDigits", "1.010000000s", "1.010s"),
        ("6FractionalDigits", "1.000010000s", "1.000010s"), ("9FractionalDigits", "1.000000010s", "1.000000010s"))),
    *((f"Timestamp{name}", f'{{"optionalTimestamp": "{text}"}}', member("optionalTimestamp", written))
      for name, text, written in (
        ("ZeroNormalized", "1969-12-31T16:00:00-08:00", "1970-01-01T00:00:00Z"),
        ("HasZeroFractionalDigit", "1970-01-01T00:00:00.000000000Z", "1970-01-01T00:00:00Z"),
        ("Has3FractionalDigits", "1970-01-01T00:00:00.010000000Z", "1970-01-01T00:00:00.010Z"),
        ("Has6FractionalDigits", "1970-01-01T00:00:00.000010000Z", "1970-01-01T00:00:00.000010Z"),
        ("Has9FractionalDigits", "1970-01-01T00:00:00.000000010Z", "1970-01-01T00:00:00.000000010Z"))),
    ("NullValueInOtherOneofOldFormat", '{"oneofNullValue": "NULL_VALUE"}', member("oneofNullValue", None)),
    ("NullValueInOtherOneofNewFormat", '{"oneofNullValue": null}', member("oneofNullValue", None)),
    ("NullValueInNormalMessage", '{"optionalNullValue": null}', Object(lambda object: object == {}, "{}")),
]

# Binary that cannot be written as JSON.
NOT_WRITABLE = [
    *((f"Duration{name}", bytes_(301, *parts)) for name, parts in (
        ("TooSmall", [integer(1, -315576000001)]), ("TooLarge", [integer(1, 315576000001)]),
        ("NanosWrongSign", [integer(1, 1), integer(2, -1)]),
        ("NanosWrongSignNegativeSecs", [integer(1, -1), integer(2, 1)]),
        ("NanosTooSmall", [integer(1, -1), integer(2, -1000000000)]),
        ("NanosTooLarge", [integer(1, 1), integer(2, 1000000000)]))),
    *((f"Timestamp{name}", bytes_(302, *parts)) for name, parts in (
        ("TooSmall", [integer(1, -62135596801)]), ("TooLarge", [integer(1, 253402300800)]),
        ("NegativeNanos", [integer(1, 5000), integer(2, -1)]),
        ("NanoTooLarge", [integer(1, 5000), integer(2, 1000000000)]))),
    *((f"FieldMask{name}", bytes_(303, bytes_(1, path))) for name, path in (
        ("PathsDontRoundTrip", b"fooBar"), ("NumbersDontRoundTrip", b"foo_3_bar"), ("TooManyUnderscore", b"foo__bar"))),
    *((f"ValueReject{name}NumberValue", bytes_(306, tag(2, 1) + float64(number))) for name, number in (
        ("Nan", math.nan), ("Inf", math.inf), ("NegativeInf", -math.inf))),
]


def any_cases(type_name):
    """An Any that holds the type itself."""
    url = f"{ANY}/{type_name}"
    text = f"optional_any {{ [{url}] {{ optional_int32: 12345 }} }}"
    yield "Any", f'{{"optionalAny": {{"@type": "{url}", "optionalInt32": 12345}}}}', text
    yield "AnyUnorderedTypeTag", f'{{"optionalAny": {{"optionalInt32": 12345, "@type": "{url}"}}}}', text
    yield "AnyNested", (
        f'{{"optionalAny": {{"@type": "{ANY}/google.protobuf.Any", "value": '
        f'{{"@type": "{url}", "optionalInt32": 12345}}}}}}'), (
        f"optional_any {{ [{ANY}/google.protobuf.Any] {{ [{url}] {{ optional_int32: 12345 }} }} }}")


def cases(types):
    for name, message_class in types.all.items():
        is_proto3 = name in types.proto3
        type_name = message_class.DESCRIPTOR.full_name

        def case(case_name, payload, output, expected, **options):
            return Case(f"{name}.JsonInput.{case_name}", message_class, JSON, payload, output, expected, **options)

        def applicable(table):
            """The rows whose fields the type has: edition 2023's has none with an odd name."""
            has_names = "fieldname1" in message_class.DESCRIPTOR.fields_by_name
            return [row for row in table if has_names or not re.search('"_*field', row[1], re.IGNORECASE)]

        valid = VALID + (VALID_WELL_KNOWN + list(any_cases(type_name)) if is_proto3 else [])
        for case_name, payload, text in applicable(valid):
            yield case(case_name + ".ProtobufOutput", payload, BINARY, Value(text))
            yield case(case_name + ".JsonOutput", payload, JSON, Value(text))
        for case_name, payload in applicable(REFUSED) + (REFUSED_WELL_KNOWN if is_proto3 else []):
            yield case(case_name, payload, JSON, PARSE_ERROR)
        for case_name, payload, text in IGNORED:
            yield case("Ignore" + case_name, payload, BINARY, Value(text), ignores_unknown=True)
        for case_name, payload, text in REFUSED_OR_VALID:
            yield case(case_name, payload, BINARY, Value(text, or_refused=True))
        written = list(WRITTEN)
        if is_proto3:
            written += WRITTEN_WELL_KNOWN
        else:
            written.append(("StoresDefaultPrimitive", '{"FieldName13": 0}', has("FieldName13")))
            extension = f"[{message_class.DESCRIPTOR.file.package}.extension_int32]"
            written.append(("FieldNameExtension", f'{{"{extension}": 1}}', member(extension, 1)))
        for case_name, payload, expected in applicable(written):
            yield case(case_name + ".Validator", payload, JSON, expected)
        for case_name, payload, text in NANS:
            yield Case(f"{name}.ProtobufInput.{case_name}", message_class, BINARY, payload, JSON, Value(text))
        for case_name, payload in NOT_WRITABLE if is_proto3 else []:
            yield Case(f"{name}.ProtobufInput.{case_name}", message_class, BINARY, payload, JSON, SERIALIZE_ERROR)
