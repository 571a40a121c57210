"""The cases whose input is the text format, and those of unknown fields that are written in it."""

from cases import BINARY, PARSE_ERROR, TEXT, Case, Value
from wire import bytes_, group, integer

LIMITS = {
    "Int32": (2**31 - 1, -(2**31)), "Uint32": (2**32 - 1, None),
    "Int64": (2**63 - 1, -(2**63)), "Uint64": (2**64 - 1, None),
}
BASES = {"": str, "Hex": lambda value: f"{'-' * (value < 0)}0x{abs(value):X}",
         "Octal": lambda value: f"{'-' * (value < 0)}0{abs(value):o}"}


def integers():
    """Name, text, and what it means (None: it is to be refused)."""
    for kind, (largest, smallest) in LIMITS.items():
        field = f"optional_{kind.lower()}: "
        for base, write in BASES.items():
            yield f"{kind}FieldMaxValue{base}", field + write(largest), field + str(largest)
            yield f"{kind}FieldTooLarge{base}", field + write(largest + 1), None
            if smallest is not None:
                yield f"{kind}FieldMinValue{base}", field + write(smallest), field + str(smallest)
                yield f"{kind}FieldTooSmall{base}", field + write(smallest - 1), None


def floats():
    field = "optional_float: "
    for name, literal, means in (
            ("", "3.192837", None), ("Zero", "0", None), ("Negative", "-3.192837", None),
            ("WithVeryPreciseNumber", "3.123456789123456789", None), ("MaxValue", "3.4028235e+38", None),
            ("MinValue", "1.17549e-38", None), ("WithInt32Max", "4294967296", None),
            ("LargerThanInt64", "9223372036854775808", None), ("TooLarge", "3.4028235e+39", "inf"),
            ("TooSmall", "1.17549e-39", None), ("LargerThanUint64", "18446744073709551616", None),
            ("NegativeZero", "-0", "-0.0"), ("NoLeadingZero", ".123", "0.123"),
            ("NegativeNoLeadingZero", "-.123", "-0.123"), ("NoLeadingZeroWithExponent", ".123e2", "12.3")):
        for suffix in "", "f", "F":
            yield f"FloatField{name}_{suffix}", field + literal + suffix, field + (means or literal)
    for spelling in "nan", "NaN", "nAn":
        yield f"FloatFieldValue_{spelling}", field + spelling, field + "nan"
    for spelling in "inf", "infinity", "INF", "INFINITY", "iNF", "inFINITY":
        yield f"FloatFieldValue_Pos{spelling}", field + spelling, field + "inf"
        yield f"FloatFieldValue_Neg{spelling}", field + "-" + spelling, field + "-inf"
    for name, literal in ("Hex", "0x1"), ("NegativeHex", "-0x1"), ("Octal", "012"), ("NegativeOctal", "-012"):
        yield f"FloatFieldNo{name}", field + literal, None
    for kind, large, small in ("float", "1e50", "1e-50"), ("double", "1e9999", "1e-18446744073709551616"):
        field = f"optional_{kind}: "
        name = kind.capitalize() + "Field"
        yield f"{name}OverflowInfinity", field + large, field + "inf"
        yield f"{name}OverflowNegativeInfinity", field + "-" + large, field + "-inf"
        yield f"{name}OverflowInfinityHugeExponent", field + "1e18446744073709551616", field + "inf"
        yield f"{name}LargeNegativeExponentParsesAsZero", field + small, field + "0"
        yield f"{name}LargeNegativeExponentParsesAsNegZero", field + "-" + small, field + "-0.0"


def strings():
    for kind in "String", "Bytes":
        for name, literal, means in (
                ("Concat", "'first' \"second\"\n'third'", '"firstsecondthird"'),
                ("BasicEscapes", r"""'\a\b\f\n\r\t\v\?\\\'\"'""", r'''"\007\010\014\n\r\t\013?\\'\""'''),
                ("OctalEscapes", r"'\341\210\264'", '"ሴ"'), ("HexEscapes", r"'\xe1\x88\xb4'", '"ሴ"'),
                ("ShortUnicodeEscape", r"'\u1234'", '"ሴ"'),
                ("LongUnicodeEscapes", r"'\U00001234\U00010437'", '"ሴ\U00010437"'),
                ("IncludesLF", "'first line\nsecond line'", None),
                ("LongUnicodeEscapeTooLarge", r"'\U00110000'", None),
                ("ShortUnicodeEscapeSurrogatePair", r"'\ud801\udc37'", None),
                ("ShortUnicodeEscapeSurrogateFirstOnly", r"'\ud800'", None),
                ("ShortUnicodeEscapeSurrogateSecondOnly", r"'\udc00'", None),
                ("LongUnicodeEscapeSurrogateFirstOnly", r"'\U0000d800'", None),
                ("LongUnicodeEscapeSurrogateSecondOnly", r"'\U0000dc00'", None),
                ("LongUnicodeEscapeSurrogatePair", r"'\U0000d801\U00000dc37'", None),
                ("UnicodeEscapeSurrogatePairLongShort", r"'\U0000d801\udc37'", None),
                ("UnicodeEscapeSurrogatePairShortLong", r"'\ud801\U0000dc37'", None)):
            field = f"optional_{kind.lower()}: "
            yield f"StringLiteral{name}{kind}", field + literal, field + means if means else None
    for name, literal in ("Octal", r"'\300'"), ("Hex", r"'\xc0'"):
        yield f"StringLiteralBadUTF8{name}Bytes", "optional_bytes: " + literal, "optional_bytes: " + r"'\300'"


# Name, text, and what it means (None: it is to be refused), for every type.
ALL = [
    ("HelloWorld", "optional_string: 'Hello, World!'", "optional_string: 'Hello, World!'"),
    *integers(), *floats(), *strings(),
    *((f"ReservedFieldName.{name}", f"reserved_field: {value}", "") for name, value in (
        ("Boolean", "true"), ("Integer", "-123"), ("Float", "0.123"), ("Enum", "ENUM_VALUE"), ("String", '"hello"'),
        ("Message", "{ a: 123 }"), ("MessageAngleBrackets", "< a: 123 >"), ("RepeatedInteger", "[-123, 456]"),
        ("RepeatedFloat", "[0.123, 1e-10] "), ("RepeatedString", '["hello", "world"]'))),
    *((f"AlphabeticallySortedMap{name}Keys", text, text) for name, text in (
        ("String", " ".join(f'map_string_string {{ key: "{key}" value: "value" }}' for key in "abc")),
        ("Int", " ".join(f"map_int32_int32 {{ key: {key} value: 0 }}" for key in (1, 2, 3))),
        ("Bool", " ".join(f"map_bool_bool {{ key: {key} value: false }}" for key in ("false", "true"))))),
    ("DuplicateMapKey",
     'map_string_nested_message { key: "duplicate" value: { a: 123 } } '
     'map_string_nested_message { key: "duplicate" value: { corecursive: {} } }',
     'map_string_nested_message { key: "duplicate" value: { corecursive: {} } }'),
    ("ClosedEnumFieldByNumber", "\n optional_nested_enum: 1\n ", "optional_nested_enum: BAR"),
    ("UnknownField", "no_such_field: 1", None),
]

URL = "protobuf_test_messages.proto3.TestAllTypesProto3"


def raw_any(prefix):
    return f'optional_any {{ type_url: "{prefix}/{URL}" value: "\\b\\271`" }}'


def any_field(prefix):
    return f"optional_any {{ [{prefix}/{URL}] {{ optional_int32: 12345 }} }}"


PROTO3 = [
    ("AnyField", any_field("type.googleapis.com"), raw_any("type.googleapis.com")),
    ("AnyFieldWithRawBytes", raw_any("type.googleapis.com"), raw_any("type.googleapis.com")),
    ("AnyFieldWithInvalidType", "optional_any { [type.googleapis.com/unknown] { optional_int32: 12345 } }", None),
    ("AnyFieldWithCustomTypeUrlPrefix", any_field("non.default.domain"), raw_any("non.default.domain")),
    ("AnyFieldWithSpecialCharactersInTypeUrlPrefix", any_field("non.default.domain/sub-path_0/~!$&()*+,;=/".rstrip("/")),
     raw_any("non.default.domain/sub-path_0/~!$&()*+,;=")),
    ("AnyFieldWithValidUrlPercentEscape", any_field("non.default.domain/%2F"), raw_any("non.default.domain/%2F")),
    ("AnyFieldWithInvalidUrlPercentEscape", any_field("non.default.domain/%ZZ"), None),
    ("AnyFieldWithWhitespaceInTypeUrl",
     "optional_any: {\n  [ ty pe.go\nogleap\tis.com/\n    proto buf_te\nst_messages.proto3.Test\tAllTypesProto3 ]\n"
     "  { optional_int32: 12345 }\n}", raw_any("type.googleapis.com")),
    ("AnyFieldWithCommentsInTypeUrl",
     "optional_any: {\n  [type.google # comment \napis.com/protobuf_test_messages.proto3.Test # comment \n"
     "AllTypesProto3] { optional_int32: 12345 }\n}", raw_any("type.googleapis.com")),
    ("StringLiteralBadUTF8OctalString", r"optional_string: '\300'", None),
    ("StringLiteralBadUTF8HexString", r"optional_string: '\xc0'", None),
    ("ClosedEnumFieldWithUnknownNumber", "\n optional_nested_enum: 42\n ", "optional_nested_enum: 42"),
]


def proto2(package):
    data = "data { group_int32: 1 }"
    yield "GroupFieldNoColon", "Data { group_int32: 1 }", data
    yield "GroupFieldWithColon", "Data: { group_int32: 1 }", data
    yield "GroupFieldEmpty", "Data {}", "data {}"
    many_words = "multiwordgroupfield { group_int32: 1 }"
    yield "GroupFieldMultiWord", "MultiWordGroupField { group_int32: 1 }", many_words
    yield "GroupFieldLowercased", data, data
    yield "GroupFieldLowercasedMultiWord", many_words, many_words
    extension = f"[{package}.groupfield] {{ group_int32: 1 }}"
    yield "GroupFieldExtension", extension, extension
    yield "GroupFieldExtensionGroupName", f"[{package}.GroupField] {{ group_int32: 1 }}", None
    yield "ClosedEnumFieldWithUnknownNumber", "\n optional_nested_enum: 42\n ", None


EDITIONS = "protobuf_test_messages.editions"
EDITION_2023 = [
    ("GroupFieldNoColon", "GroupLikeType { group_int32: 1 }", "groupliketype { group_int32: 1 }"),
    ("GroupFieldWithColon", "GroupLikeType: { group_int32: 1 }", "groupliketype { group_int32: 1 }"),
    ("GroupFieldEmpty", "GroupLikeType {}", "groupliketype {}"),
    ("GroupFieldExtension", *(f"[{EDITIONS}.groupliketype] {{ c: 1 }}",) * 2),
    ("DelimitedFieldExtension", *(f"[{EDITIONS}.delimited_ext] {{ c: 1 }}",) * 2),
    ("DelimitedFieldLowercased", *("groupliketype { group_int32: 1 }",) * 2),
    ("DelimitedFieldLowercasedDifferent", *("delimited_field { group_int32: 1 }",) * 2),
    ("DelimitedFieldExtensionMessageName", f"[{EDITIONS}.GroupLikeType] {{ group_int32: 1 }}", None),
    ("ExtensionNameWithWhitespace", "[protobuf _test_messages.edit\tions.exten\nsion_int32]: 1",
     f"[{EDITIONS}.extension_int32]: 1"),
    ("ExtensionNameWithComment", "[protobuf_test_messages.edit # comment \nions.extension_int32]: 1",
     f"[{EDITIONS}.extension_int32]: 1"),
]

# Binary that the types do not know and UnknownToTestAllTypes does.
UNKNOWN = [
    ("Scalar", integer(1001, 123) + bytes_(1002, b"hello") + integer(1006, 1)),
    ("Message", bytes_(1003, integer(1, 111))), ("Group", group(1004, integer(1, 321))),
    ("Repeated", group(1004, integer(1, 321)) + integer(1011, 1) + integer(1011, 2) + integer(1011, 3)),
]


def cases(types):
    for name, message_class in types.all.items():
        def case(case_name, payload, output, expected, input=TEXT, **options):
            return Case(f"{name}.TextFormatInput.{case_name}", message_class, input, payload, output, expected, **options)

        package = message_class.DESCRIPTOR.file.package
        special = PROTO3 if name in types.proto3 else list(proto2(package)) if name in types.proto2 else EDITION_2023
        reserving = name != "Editions"  # its type has no reserved names
        for case_name, payload, text in ALL + special:
            if case_name.startswith("Reserved") and not reserving:
                continue
            if text is None:
                yield case(case_name, payload, TEXT, PARSE_ERROR)
            else:
                yield case(case_name + ".ProtobufOutput", payload, BINARY, Value(text))
                yield case(case_name + ".TextFormatOutput", payload, TEXT, Value(text))
        for case_name, payload in UNKNOWN:
            yield case(
                case_name + "UnknownFields_Drop", payload, TEXT, Value(b"", types.unknown_to_all), input=BINARY)
            yield case(
                case_name + "UnknownFields_Print", payload, TEXT, Value(payload, types.unknown_to_all), input=BINARY,
                prints_unknown=True)
        for kind, value in ("bool", "true"), ("double", "123"), ("uint32", "123"), ("uint64", "123"), (
                "string", '"foo"'), ("bytes", '"foo"'):
            if name in ("Proto2", "Proto3"):
                field, count = f"repeated_{kind}: {value} ", 20000
                text = "recursive_message { " + field * count + "}"
                yield case(
                    f"MergeMessageWithRepeatedField.{kind}", f"recursive_message {{ {field} }}" * count, BINARY, Value(text))
