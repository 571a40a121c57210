"""The cases whose input is binary."""

from google.protobuf.descriptor import FieldDescriptor as Field

from cases import BINARY, JSON, PARSE_ERROR, TEXT, Bytes, Case, Value
from wire import (
    END_GROUP, FIXED32, FIXED64, LENGTH, START_GROUP, VARINT,
    bytes_, fixed32, fixed64, float32, float64, group, integer, length, tag, varint, zigzag)

UNKNOWN = 666  # a number that no field has
INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN = 2**31 - 1, -(2**31), 2**63 - 1, -(2**63)
UINT32_MAX, UINT64_MAX = 2**32 - 1, 2**64 - 1


def same(*values):
    return [(value, value) for value in values]


NESTED = length(integer(1, 1234))

# For each kind of field: how it lies on the wire, its default, another value, and what is sent with what it means.
KINDS = {
    "DOUBLE": (FIXED64, float64(0), float64(1), same(
        *map(float64, (0, 0.1, 1.7976931348623157e308, 2.22507385850720138309e-308)))),
    "FLOAT": (FIXED32, float32(0), float32(1), same(
        *map(float32, (0, 0.1, 1.00000075e-36, 3.402823e38, 1.17549435e-38)))),
    "INT64": (VARINT, varint(0), varint(1), same(*map(varint, (0, 12345, INT64_MAX, INT64_MIN)))),
    "UINT64": (VARINT, varint(0), varint(1), same(*map(varint, (0, 12345, UINT64_MAX)))),
    "INT32": (VARINT, varint(0), varint(1), [
        *same(varint(0), varint(12345)), (varint(12345, 2), varint(12345)), (varint(12345, 7), varint(12345)),
        *same(varint(INT32_MAX), varint(INT32_MIN)),
        (varint(1 << 33), varint(0)), (varint((1 << 33) - 1), varint(-1)),
        (varint(INT64_MAX), varint(-1)), (varint(INT64_MIN + 1), varint(1))]),
    "UINT32": (VARINT, varint(0), varint(1), [
        *same(varint(0), varint(12345)), (varint(12345, 2), varint(12345)), (varint(12345, 7), varint(12345)),
        *same(varint(UINT32_MAX)),
        (varint(1 << 33), varint(0)), (varint((1 << 33) + 1), varint(1)), (varint((1 << 33) - 1), varint(UINT32_MAX)),
        (varint(INT64_MAX), varint(UINT32_MAX)), (varint(INT64_MIN + 1), varint(1))]),
    "FIXED64": (FIXED64, fixed64(0), fixed64(1), same(*map(fixed64, (0, 12345, UINT64_MAX)))),
    "FIXED32": (FIXED32, fixed32(0), fixed32(1), same(*map(fixed32, (0, 12345, UINT32_MAX)))),
    "SFIXED64": (FIXED64, fixed64(0), fixed64(1), same(*map(fixed64, (0, 12345, INT64_MAX, INT64_MIN)))),
    "SFIXED32": (FIXED32, fixed32(0), fixed32(1), same(*map(fixed32, (0, 12345, INT32_MAX, INT32_MIN)))),
    "BOOL": (VARINT, varint(0), varint(1), [
        *same(varint(0), varint(1)),
        *((varint(value), varint(1)) for value in (-1, 12345678, 1 << 33, INT64_MAX, INT64_MIN))]),
    "SINT32": (VARINT, zigzag(0), zigzag(1), [
        *same(*map(zigzag, (0, 12345, INT32_MAX, INT32_MIN))), (zigzag(INT32_MAX + 2), zigzag(1))]),
    "SINT64": (VARINT, zigzag(0), zigzag(1), same(*map(zigzag, (0, 12345, INT64_MAX, INT64_MIN)))),
    "STRING": (LENGTH, length(b""), length(b"a"), same(
        *(length(text.encode()) for text in ("", "Hello world!", "'\"?\\\a\b\f\n\r\t\v", "谷歌", "😁")))),
    "BYTES": (LENGTH, length(b""), length(b"a"), same(*map(length, (b"", b"Hello world!", b"\1\2", b"\xfb")))),
    "ENUM": (VARINT, varint(0), varint(1), [
        *same(*map(varint, (0, 1, 2, -1))), (varint(INT64_MAX), varint(-1)), (varint(INT64_MIN + 1), varint(1))]),
    "MESSAGE": (LENGTH, length(b""), NESTED, same(length(b""), NESTED)),
}
NOT_PACKABLE = "STRING", "BYTES", "MESSAGE"
INCOMPLETE = {VARINT: b"\x80", FIXED64: b"abcdefg", LENGTH: b"\x80", FIXED32: b"abc"}

MAPS = [
    *((kind, kind) for kind in (
        "INT32", "INT64", "UINT32", "UINT64", "SINT32", "SINT64", "FIXED32", "FIXED64", "SFIXED32", "SFIXED64")),
    ("INT32", "FLOAT"), ("INT32", "DOUBLE"), ("BOOL", "BOOL"), ("STRING", "STRING"), ("STRING", "BYTES"),
    ("STRING", "ENUM"), ("STRING", "MESSAGE"),
]
MISMATCHED_MAPS = [
    ("INT32", "INT32"), ("FIXED32", "FIXED32"), ("BOOL", "BOOL"), ("STRING", "STRING"), ("STRING", "MESSAGE")]
ONEOFS = "UINT32", "BOOL", "UINT64", "FLOAT", "DOUBLE", "STRING", "BYTES", "ENUM", "MESSAGE"


def kind_of(field):
    return next(name[5:] for name in dir(Field) if name.startswith("TYPE_") and getattr(Field, name) == field.type)


class Fields:
    """Finds the first field of a kind, in the order of the .proto file."""

    def __init__(self, descriptor):
        self.fields = descriptor.fields

    def of(self, kind, repeated=False, packed=None):
        return next(
            field for field in self.fields
            if kind_of(field) == kind and field.is_repeated == repeated
            and (packed is None or field.is_packed == packed))

    def map(self, key, value):
        for field in self.fields:
            if field.message_type and field.message_type.GetOptions().map_entry:
                entry = field.message_type.fields_by_name
                if (kind_of(entry["key"]), kind_of(entry["value"])) == (key, value):
                    return field.number

    def oneof(self, kind, other=False):
        return next(field for field in self.fields if field.containing_oneof and (kind_of(field) == kind) != other)


def refused(fields):
    """Pairs of name and payload; each payload is to be refused."""
    number = fields.of("STRING").number
    yield "BadLength_Varint32BitOverflow", tag(number, LENGTH) + b"\x80\x80\x80\x80\x10"

    for index, data in enumerate((b"\1DEADBEEF", b"\2\1\1", b"\3\4", b"\5DEAD")):
        yield f"IllegalZeroFieldNum_Case_{index}", data
    yield "BadTag_FieldNumberTooHigh", b"\x88" + b"\x80" * 5 + b"\x0f" + varint(1234)
    yield "BadTag_FieldNumberSlightlyTooHigh", b"\x88" + b"\x80" * 3 + b"\x40" + varint(1234)
    yield "BadTag_OverlongVarint", b"\x88" + b"\x80" * 7 + b"\0" + varint(1234)
    yield "BadTag_VarintMoreThanTenBytes", b"\x88" + b"\x80" * 11 + b"\0" + varint(1234)

    for wire_type in 6, 7:
        for number in range(4):
            for value in range(4):
                yield f"UnknownWireType{wire_type}_Field{number}_Version{value}", bytes([number << 3 | wire_type, value])

    for name, wire_type in ("End", END_GROUP), ("Start", START_GROUP):
        yield f"Unmatched{name}Group", tag(201, wire_type)
        yield f"Unmatched{name}GroupUnknown", tag(1234, wire_type)
        yield f"Unmatched{name}GroupWrongType", tag(1, wire_type)
        yield f"Unmatched{name}GroupNestedLen", bytes_(18, tag(1234, wire_type))
        yield f"Unmatched{name}GroupNested", group(201, tag(202, wire_type))
        yield f"Unmatched{name}GroupWithData", tag(1, wire_type) + bytes_(2, b"hello world")
    hello = bytes_(2, b"hello world")
    yield "MismatchedGroupTags", tag(201, START_GROUP) + hello + tag(202, END_GROUP)
    yield "MismatchedNestedGroupTags", group(201, tag(202, START_GROUP), hello, tag(203, END_GROUP))

    for kind, (wire_type, *_) in KINDS.items():
        incomplete = INCOMPLETE[wire_type]
        places = [
            ("KnownNonRepeatedValue", fields.of(kind).number), ("KnownRepeatedValue", fields.of(kind, True).number),
            ("UnknownValue", UNKNOWN)]
        for place, number in places:
            yield f"PrematureEofBefore{place}.{kind}", tag(number, wire_type)
            yield f"PrematureEofInside{place}.{kind}", tag(number, wire_type) + incomplete
            if kind in NOT_PACKABLE:
                yield f"PrematureEofInDelimitedDataFor{place}.{kind}", tag(number, LENGTH) + varint(1)
        if kind not in NOT_PACKABLE:
            repeated = fields.of(kind, True).number
            yield f"PrematureEofInPackedFieldValue.{kind}", bytes_(repeated, incomplete)
            yield f"PrematureEofInPackedField.{kind}", tag(repeated, LENGTH) + varint(1)
    yield "PrematureEofInSubmessageValue.MESSAGE", bytes_(fields.of("MESSAGE").number, tag(5, VARINT), b"\x80")


def scalars(fields):
    """Name, payload, what it means, what the output's bytes are to be (or None)."""
    for kind, (wire_type, default, _, data) in KINDS.items():
        field = fields.of(kind)
        start = tag(field.number, wire_type)
        for index, (value, meaning) in enumerate(data):
            dropped = not field.has_presence and meaning == default
            expected = b"" if dropped else start + meaning
            yield f"ValidDataScalar.{kind}[{index}]", start + value, expected, expected
        if kind != "MESSAGE":
            every = b"".join(start + value for value, _ in data)
            yield f"RepeatedScalarSelectsLast.{kind}", every, start + data[-1][1], None


def lists(fields):
    for kind, (wire_type, _, _, data) in KINDS.items():
        def unpacked(field, part):
            return b"".join(tag(field.number, wire_type) + pair[part] for pair in data)

        def packed(field, part):
            return bytes_(field.number, *(pair[part] for pair in data))

        plain = fields.of(kind, True)
        name = f"ValidDataRepeated.{kind}"
        if kind in NOT_PACKABLE:
            yield name, unpacked(plain, 0), unpacked(plain, 1), None
            continue
        for field, output in (
                (plain, "DefaultOutput"), (fields.of(kind, True, packed=True), "PackedOutput"),
                (fields.of(kind, True, packed=False), "UnpackedOutput")):
            written = packed(field, 1) if field.is_packed else unpacked(field, 1)
            yield f"{name}.UnpackedInput.{output}", unpacked(field, 0), packed(field, 1), written
            yield f"{name}.PackedInput.{output}", packed(field, 0), packed(field, 1), written


def maps(fields):
    for key, value in MAPS:
        number = fields.map(key, value)
        key_type, key_default, key_other, _ = KINDS[key]
        value_type, value_default, value_other, _ = KINDS[value]
        keys, values = tag(1, key_type), tag(2, value_type)
        k0, k1, v0, v1 = keys + key_default, keys + key_other, values + value_default, values + value_other
        name = f"ValidDataMap.{key}.{value}"
        full = bytes_(number, k1, v1)
        yield f"{name}.Default", bytes_(number, k0, v0), bytes_(number, k0, v0), None
        yield f"{name}.MissingDefault", bytes_(number), bytes_(number, k0, v0), None
        yield f"{name}.NonDefault", full, full, None
        yield f"{name}.Unordered", bytes_(number, v1, k1), full, None
        yield f"{name}.DuplicateKey", bytes_(number, k1, v0) + full, full, None
        yield f"{name}.DuplicateKeyInMapEntry", bytes_(number, k0, k1, v1), full, None
        yield f"{name}.DuplicateValueInMapEntry", bytes_(number, k1, v0, v1), full, None


def mismatched_maps(fields):
    """Entries whose key or value has another wire type: they may be refused, or it is an unknown field of the entry."""
    for key, value in MISMATCHED_MAPS:
        def wrong(number, kind):
            return integer(number, 1) if KINDS[kind][0] == LENGTH else bytes_(number, b"a")

        number = fields.map(key, value)
        key_type, key_default, key_other, _ = KINDS[key]
        value_type, value_default, value_other, _ = KINDS[value]
        k0, k1 = tag(1, key_type) + key_default, tag(1, key_type) + key_other
        v0, v1 = tag(2, value_type) + value_default, tag(2, value_type) + value_other
        name = f"ValidDataMap.{key}.{value}"
        yield f"{name}.KeyWireTypeMismatch", bytes_(number, wrong(1, key), v1), bytes_(number, k0, v1)
        yield f"{name}.ValueWireTypeMismatch", bytes_(number, k1, wrong(2, value)), bytes_(number, k1, v0)


def oneofs(fields):
    for kind in ONEOFS:
        wire_type, default, other, _ = KINDS[kind]
        start = tag(fields.oneof(kind).number, wire_type)
        d, o = start + default, start + other
        second = fields.oneof(kind, other=True)
        another = tag(second.number, KINDS[kind_of(second)][0]) + KINDS[kind_of(second)][1]
        name = f"ValidDataOneof.{kind}"
        yield f"{name}.DefaultValue", d, d, d
        yield f"{name}.NonDefaultValue", o, o, o
        yield f"{name}.MultipleValuesForSameField", d + o, o, o
        yield f"{name}.MultipleValuesForDifferentField", another + o, o, o
    nested = fields.oneof("MESSAGE")
    has_presence = nested.message_type.fields_by_name["a"].has_presence
    zero = bytes_(112, integer(1, 0)) if has_presence else bytes_(112)
    yield "OneofZeroMessage", zero, zero, None
    yield "OneofZeroMessageSetTwice", bytes_(112, integer(1, 1)), bytes_(112, integer(1, 1)), None


def merges(fields):
    def nested(*parts):
        return bytes_(2, *parts)

    number = fields.of("MESSAGE").number
    yield "RepeatedScalarMessageMerge", (
        bytes_(number, nested(integer(1, 1234), integer(2, 1234), integer(31, 1234)))
        + bytes_(number, nested(integer(1, 4321), integer(3, 4321), integer(31, 4321)))), (
        "optional_nested_message { corecursive { optional_int32: 4321 optional_int64: 1234 optional_uint32: 4321 "
        "repeated_int32: [1234, 4321] } }"), None
    number = fields.map("STRING", "MESSAGE")
    first = bytes_(number, bytes_(1), bytes_(2, nested(integer(1, 1), integer(31, 1))))
    second = bytes_(number, bytes_(1), bytes_(2, nested(integer(2, 1), integer(31, 1))))
    yield "ValidDataMap.STRING.MESSAGE.MergeValue", first + second, second, None
    number = fields.oneof("MESSAGE").number
    first = bytes_(number, nested(integer(1, 1), integer(2, 1), integer(89, 1)))
    second = bytes_(number, nested(integer(2, 1), integer(89, 1)))
    merged = bytes_(number, nested(integer(1, 1), integer(2, 1), integer(89, 1), integer(89, 1)))
    yield "ValidDataOneof.MESSAGE.Merge", first + second, merged, merged


def unknown_fields():
    one = integer(501, 1)
    yield "UnknownVarint", one, one, one
    mixed = (
        bytes_(UNKNOWN, b"abc") + integer(UNKNOWN, 123) + bytes_(UNKNOWN, b"def") + integer(UNKNOWN, 456))
    yield "UnknownOrdering", mixed, mixed, mixed


def message_sets():
    """MessageSet has items, which are groups of a type's number (2) and a message (3). Only proto2 has such a field."""
    ext2, ext1, with_oneof, unknown = 4135312, 1547769, 123456789, 4135300
    scope = "protobuf_test_messages.proto2.TestAllTypesProto2"
    i99 = f"message_set_correct {{ [{scope}.MessageSetCorrectExtension2.message_set_extension] {{ i: 99 }} }}"

    def items(*parts):
        return bytes_(500, group(1, *parts))

    number, value, other = integer(2, ext2), bytes_(3, integer(9, 99)), bytes_(3, integer(9, 88))
    yield "ValidMessageSetEncoding", items(number, value), i99
    yield "ValidMessageSetEncoding.OutOfOrderGroupsEntries", items(value, number), i99
    poisoned = items(integer(2, unknown), bytes_(3, integer(0, 99)))
    yield "MessageSetEncoding.UnknownExtension", poisoned, poisoned
    yield "ValidMessageSetEncoding.SubmessageEncoding", bytes_(500, bytes_(ext2, integer(9, 99))), i99
    yield "ValidMessageSetEncoding.SubmessageEncoding.NotUnknown", bytes_(
        500, bytes_(with_oneof, integer(1, 42)), group(1, integer(2, with_oneof), bytes_(3, integer(2, 99)))), (
        f"message_set_correct {{ [{scope}.ExtensionWithOneof.extension_with_oneof] {{ b: 99 }} }}")
    yield "ValidMessageSetEncoding.DuplicateDifferentTypeId", items(number, value, integer(2, ext1)), i99
    yield "ValidMessageSetEncoding.DuplicateValue", items(number, value, other), i99
    yield "ValidMessageSetEncoding.DuplicateValueOutOfOrder", items(value, number, other), i99


EDITION_2023 = [
    ("ValidNonMessage", integer(1, 99), "optional_int32: 99"),
    ("ValidLengthPrefixedField", bytes_(18, integer(1, 99)), "optional_nested_message { a: 99 }"),
    ("ValidMap.Integer", bytes_(56, integer(1, 99), integer(2, 87)), "map_int32_int32 { key: 99 value: 87 }"),
    ("ValidMap.LengthPrefixed", bytes_(71, bytes_(1, b"a"), bytes_(2, integer(1, 87))),
     'map_string_nested_message { key: "a" value { a: 87 } }'),
    ("ValidDelimitedField.GroupLike", group(201, integer(202, 99)), "groupliketype { group_int32: 99 }"),
    ("ValidDelimitedField.NotGroupLike", group(202, integer(202, 99)), "delimited_field { group_int32: 99 }"),
    ("ValidDelimitedExtension.GroupLike", group(121, integer(1, 99)),
     "[protobuf_test_messages.editions.groupliketype] { c: 99 }"),
    ("ValidDelimitedExtension.NotGroupLike", group(122, integer(1, 99)),
     "[protobuf_test_messages.editions.delimited_ext] { c: 99 }"),
    ("Utf8Extension.Bytes", bytes_(134, b"\xa0\xb0\xc0\xd0"),
     r'[protobuf_test_messages.editions.extension_bytes]: "\xa0\xb0\xc0\xd0"'),
]
UNSTABLE = [
    ("ValidBytes", bytes_(13, b"foo"), 'optional_bytes: "foo"'),
    ("ValidMap.Bytes", bytes_(15, bytes_(1, b"foo"), bytes_(2, b"barbaz")),
     'map_string_bytes { key: "foo" value: "barbaz" }'),
]

NOT_UTF8 = b"\xa0\xb0\xc0\xd0"
REFUSED_UTF8 = [
    ("Singular", bytes_(14, NOT_UTF8)), ("Repeated", bytes_(44, NOT_UTF8)), ("Oneof", bytes_(113, NOT_UTF8)),
    ("MapKey", bytes_(69, bytes_(1, NOT_UTF8), bytes_(2, b"foo"))),
    ("MapValue", bytes_(69, bytes_(1, b"foo"), bytes_(2, NOT_UTF8))),
]


def nested_in_order(levels):
    """The levels inside one another; each is what comes before the next level and what comes behind it."""
    data = b""
    for before, after in reversed(levels):
        data = before + (length(data) if data else b"") + after
    return data


def too_deep(depth):
    entry = [(integer(1, 0) + tag(2, LENGTH), b""), (integer(1, 123) + tag(301, LENGTH), b"")]
    yield "EnforceDepthLimit.Map", "Editions", nested_in_order([(tag(301, LENGTH), b"")] + entry * depth + [(b"\x08\1", b"")])
    item = [(tag(1, START_GROUP) + integer(2, 4135312) + tag(3, LENGTH), tag(1, END_GROUP)), (tag(10, LENGTH), b"")]
    yield "EnforceDepthLimit.MessageSetExtension", "Proto2", nested_in_order(
        [(tag(500, LENGTH), b"")] + item * depth + [(b"\x08\1", b"")])


def many(fields):
    """Tens of thousands of small pieces, which must not take quadratic time."""
    count = 50000
    both = integer(UNKNOWN, 1234) + integer(UNKNOWN + 1, 5678)
    yield "AlternatingUnknownFields", both * count, both * count
    for kind in "BOOL", "DOUBLE", "FLOAT", "UINT32", "UINT64", "STRING", "BYTES":
        wire_type, _, value, _ = KINDS[kind]
        for name, number in ("Repeated", fields.of(kind, True, packed=False).number), ("Unknown", UNKNOWN):
            field = tag(number, wire_type) + value
            yield f"MergeMessageWith{name}Field.{kind}", bytes_(27, field) * count, bytes_(27, field * count)


def cases(types):
    for name, message_class in types.all.items():
        fields = Fields(message_class.DESCRIPTOR)

        def case(case_name, payload, output, expected, **options):
            return Case(f"{name}.ProtobufInput.{case_name}", message_class, BINARY, payload, output, expected, **options)

        for case_name, payload in refused(fields):
            yield case(case_name, payload, BINARY, PARSE_ERROR)
        for make in scalars, lists, maps, oneofs, merges:
            for case_name, payload, value, data in make(fields):
                yield case(case_name + ".ProtobufOutput", payload, BINARY, Value(value))
                yield case(case_name + ".JsonOutput", payload, JSON, Value(value))
                yield case(case_name + ".TextFormatOutput", payload, TEXT, Value(value))
                if data is not None:
                    yield case(case_name + ".Binary", payload, BINARY, Bytes(data))
        for case_name, payload, value, data in unknown_fields():
            yield case(case_name, payload, BINARY, Bytes(data))
        for case_name, payload, value in mismatched_maps(fields):
            yield case(case_name, payload, BINARY, Value(value, or_refused=True))
        if name in ("Proto2", "Proto3"):
            for case_name, payload, data in many(fields):
                yield case(case_name, payload, BINARY, Bytes(data))
        if name not in types.proto2:
            for case_name, payload in REFUSED_UTF8:
                yield case(f"Utf8String.{case_name}", payload, BINARY, PARSE_ERROR)
        for depth_name, type_name, payload in too_deep(2000):
            if type_name == name:
                yield case(depth_name, payload, BINARY, PARSE_ERROR)
        if name == "Proto2":
            for case_name, payload, value in message_sets():
                yield case(case_name, payload, BINARY, Value(value))
                if isinstance(value, str):
                    yield case(case_name + ".TextFormatOutput", payload, TEXT, Value(value))

    for name, message_class, table in (
            ("Editions", types.edition2023, EDITION_2023), ("EditionUnstable", types.unstable, UNSTABLE)):
        for case_name, payload, value in table:
            for output in BINARY, JSON, TEXT:
                yield Case(
                    f"{name}.ProtobufInput.{case_name}.{output}", message_class, BINARY, payload, output, Value(value))
    yield Case(
        "Editions.ProtobufInput.Utf8Extension.String", types.edition2023, BINARY, bytes_(133, NOT_UTF8), BINARY,
        PARSE_ERROR)
