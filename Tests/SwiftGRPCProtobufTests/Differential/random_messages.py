"""Writes random messages and what Python's protobuf makes of them.

usage: random_messages.py DESCRIPTOR_SET SEED COUNT > records

Two implementations are asked. upb, the default one, decodes as strictly as C++ does, but writes extensions in the order of
a hash table; the one in plain Python writes fields in the order of their numbers, but is lax with tags, and runs in a
process of its own. A message counts as accepted when both accept it, and is left out when they read different things or
only plain Python refuses it.

Each record, integers little endian: the index of the type in TYPES (1 byte), what is expected (1 byte: 1 accepted,
0 refused), the length (4 bytes) and the bytes to decode, the length (4 bytes) and the bytes that encoding must give.
Half of the records are sound messages, the others have been damaged.
"""

import io
import os
import random
import struct
import subprocess
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory
from google.protobuf.descriptor import FieldDescriptor as Field

import well_known_values

TYPES = [
    "every_kind.proto2.EveryKindProto2",
    "every_kind.proto3.EveryKindProto3",
    "every_kind.editions.EveryKindEditions",
    "every_kind.proto2.RequiredFields",
    "every_kind.proto2.KindSets",
    "every_kind.proto2.KindSet",
]

INTEGERS = {
    Field.TYPE_INT32: (32, True), Field.TYPE_SINT32: (32, True), Field.TYPE_SFIXED32: (32, True),
    Field.TYPE_INT64: (64, True), Field.TYPE_SINT64: (64, True), Field.TYPE_SFIXED64: (64, True),
    Field.TYPE_UINT32: (32, False), Field.TYPE_FIXED32: (32, False),
    Field.TYPE_UINT64: (64, False), Field.TYPE_FIXED64: (64, False),
}
TEXT = "abcdefghijklmnopqrstuvwxyz 0123456789\n\"\\\0éßøþ中文字☺😈"


def integer(rng, bits, signed):
    value = rng.choice([0, 1, 2, rng.getrandbits(7), rng.getrandbits(14), rng.getrandbits(bits), (1 << bits) - 1])
    if signed and value >= 1 << (bits - 1):
        value -= 1 << bits
    return value


def scalar(rng, field):
    kind = field.type
    if kind in INTEGERS:
        return integer(rng, *INTEGERS[kind])
    if kind == Field.TYPE_BOOL:
        return rng.random() < 0.5
    if kind == Field.TYPE_FLOAT:
        return rng.choice([0.0, -0.0, 1.5, float("inf"), float("-inf"), rng.getrandbits(24) * 2.0 ** rng.randrange(-99, 99)])
    if kind == Field.TYPE_DOUBLE:
        return rng.choice([0.0, -0.0, -1.5, float("inf"), rng.random() * 2.0 ** rng.randrange(-999, 999)])
    if kind == Field.TYPE_STRING:
        return "".join(rng.choice(TEXT) for _ in range(rng.choice([0, 1, 7, 15, 16, 40])))
    if kind == Field.TYPE_BYTES:
        return rng.randbytes(rng.choice([0, 1, 14, 15, 200]))
    if kind == Field.TYPE_ENUM:
        values = [value.number for value in field.enum_type.values]
        # JSON has null for any number of NullValue.
        is_null = field.enum_type.full_name == "google.protobuf.NullValue"
        if not field.enum_type.is_closed and not is_null and rng.random() < 0.2:
            return rng.choice([7, -7, 2**31 - 1])
        return rng.choice(values)
    raise ValueError(kind)


def is_map(field):
    return field.type == Field.TYPE_MESSAGE and field.message_type.GetOptions().map_entry


def fill(rng, target, depth):
    if maker := well_known_values.MAKERS.get(target.DESCRIPTOR.full_name):
        return maker(rng, target, depth, fill)
    share = rng.choice([0.02, 0.1, 0.5])
    fields = list(target.DESCRIPTOR.fields)
    if target.DESCRIPTOR.is_extendable:
        extensions = target.DESCRIPTOR.file.pool.FindAllExtensions(target.DESCRIPTOR)
        fields += sorted(extensions, key=lambda field: field.number)
    for field in fields:
        if not field.is_required and rng.random() > share:
            continue
        holder = target.Extensions if field.is_extension else None
        if is_map(field):
            key, value = field.message_type.fields_by_name["key"], field.message_type.fields_by_name["value"]
            entries = getattr(target, field.name)
            for _ in range(rng.randrange(4)):
                if value.type == Field.TYPE_MESSAGE:
                    if depth > 0:
                        fill(rng, entries[scalar(rng, key)], depth - 1)
                else:
                    entries[scalar(rng, key)] = scalar(rng, value)
        elif field.type in (Field.TYPE_MESSAGE, Field.TYPE_GROUP):
            if depth == 0 and not field.is_required:
                continue
            place = holder[field] if field.is_extension else getattr(target, field.name)
            if field.is_repeated:
                for _ in range(rng.randrange(4)):
                    fill(rng, place.add(), depth - 1)
            else:
                place.SetInParent()
                fill(rng, place, depth - 1)
        elif field.is_repeated:
            place = holder[field] if field.is_extension else getattr(target, field.name)
            place.extend(scalar(rng, field) for _ in range(rng.choice([1, 2, 9, 20])))
        elif field.is_extension:
            holder[field] = scalar(rng, field)
        else:
            setattr(target, field.name, scalar(rng, field))


def varint(value):
    data = b""
    while value >= 0x80:
        data += bytes([value & 0x7F | 0x80])
        value >>= 7
    return data + bytes([value])


def message_set(rng, message_class):
    """The bytes of a message set as no implementation writes them: items in any order of their fields, with fields
    missing, repeated or foreign, of known and unknown types."""
    extensions = message_class.DESCRIPTOR.file.pool.FindAllExtensions(message_class.DESCRIPTOR)
    extensions = sorted(extensions, key=lambda field: field.number)
    data = b""
    for extension in rng.sample(extensions, rng.randrange(1, len(extensions) + 1)):
        value = message_factory.GetMessageClass(extension.message_type)()
        fill(rng, value, 1)
        value = value.SerializePartialToString()
        number = rng.choice([extension.number, extension.number, 5, rng.randrange(4, 2**29 - 1)])
        fields = [b"\x10" + varint(number), b"\x1a" + varint(len(value)) + value]
        if rng.random() < 0.1:
            fields.append(rng.choice([b"\x10\x04", b"\x1a\x00", b"\x20\x01", b"\x23\x24", b"\x13\x14", b"\x18\x00"]))
        if rng.random() < 0.05:
            fields.pop(0)
        rng.shuffle(fields)
        data += b"\x0b" + b"".join(fields) + b"\x0c"
    return data


# Where message sets are in the types of the tests: for each field number of a type the type in it.
SETS = {"KindSet": {}, "KindSets": {1: "KindSet", 2: "KindSet"}, "SetNumber": {3: "KindSet"}}
SET_EXTENSIONS = {4: "SetNumber", 536870911: "SetRequired", 2147483646: "EveryKindProto2"}


def is_contested(data, name):
    """Whether a sound message has a message set that plain Python or upb read in a way of their own.

    Of an item's field that comes twice, upb and C++ take the first and plain Python the last. Items of one type are
    merged, but not by upb. Plain Python takes numbers of more than 32 bits for others, and does not know extensions
    outside of items. Both take the field number 0 in an item.
    """
    if name not in SETS:
        return False
    type_ids = set()
    for number, value in fields_of(data):
        inner = SETS[name].get(number)
        if name == "KindSet":
            if not isinstance(value, list):
                if number in SET_EXTENSIONS:
                    return True
                continue
            numbers = [number for number, _ in value]
            if 0 in numbers or numbers.count(2) > 1 or numbers.count(3) > 1:
                return True
            content = dict(value)
            if content.get(2) in type_ids or isinstance(content.get(2), int) and content[2] > 0xFFFFFFFF:
                return True
            type_ids.add(content.get(2))
            inner, value = SET_EXTENSIONS.get(content.get(2)), content.get(3)
        if isinstance(value, bytes) and is_contested(value, inner):
            return True
    return False


def fields_of(data):
    """Numbers and values of a sound message: of varints the integer, of groups the fields, of what has a length the
    bytes."""
    source = io.BytesIO(data)

    def read_varint():
        value = shift = 0
        while byte := source.read(1):
            value |= (byte[0] & 0x7F) << shift
            shift += 7
            if byte[0] < 0x80:
                break
        return value

    def read_fields():
        fields = []
        while source.tell() < len(data):
            tag = read_varint()
            wire_type = tag & 7
            if wire_type == 4:
                break
            readers = {0: read_varint, 1: lambda: len(source.read(8)), 2: lambda: source.read(read_varint()),
                       3: read_fields, 5: lambda: len(source.read(4))}
            fields.append((tag >> 3, readers[wire_type]()))
        return fields

    return read_fields()


def damage(rng, data):
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 5])):
        place = rng.randrange(len(data) + 1)
        what = rng.randrange(5)
        if what == 0 and data:
            data[place % len(data)] = rng.getrandbits(8)
        elif what == 1:
            del data[place:]
        elif what == 2:
            data[place:place] = rng.randbytes(rng.choice([1, 2, 11]))
        elif what == 3:
            other = rng.randrange(len(data) + 1)
            data[place:place] = data[min(place, other):max(place, other)][:200]
        elif data:
            data[place % len(data)] ^= 1 << rng.randrange(8)
    return bytes(data)


def parse(message_class, data):
    """The message, or None when it is refused."""
    parsed = message_class()
    try:
        parsed.MergeFromString(data)
    except (message.DecodeError, UnicodeDecodeError):
        return None
    return parsed if parsed.IsInitialized() else None


def write(out, index, accepted, data, expected):
    out.write(struct.pack("<BB", index, accepted))
    for part in (data, expected):
        out.write(struct.pack("<I", len(part)) + part)


def load_classes(path):
    pool = descriptor_pool.DescriptorPool()
    with open(path, "rb") as file:
        for proto in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
            pool.Add(proto)
    for name in TYPES:
        # The factory makes the extensions' classes known.
        message_factory.GetMessageClassesForFiles([pool.FindMessageTypeByName(name).file.name], pool)
    return [message_factory.GetMessageClass(pool.FindMessageTypeByName(name)) for name in TYPES]


def read(source):
    """The records of a file or pipe: index, accepted, bytes to decode, expected bytes."""
    while header := source.read(2):
        index, accepted = struct.unpack("<BB", header)
        data, expected = (source.read(struct.unpack("<I", source.read(4))[0]) for _ in range(2))
        yield index, accepted, data, expected


def make_messages(path, seed, count):
    """Makes the messages, has another process encode them and drops what the two implementations do not agree on."""
    classes = load_classes(path)
    rng = random.Random(seed)
    made = io.BytesIO()
    for number in range(count):
        index = rng.randrange(len(classes))
        source = classes[index]()
        fill(rng, source, rng.randrange(4))
        data = source.SerializePartialToString()
        if TYPES[index].endswith("KindSet") and rng.random() < 0.7:
            data = message_set(rng, classes[index])
        if number % 2:
            data = damage(rng, data)
        parsed = parse(classes[index], data)
        if parsed is not None and "nan" in str(parsed):
            continue  # Python does not keep the bits of a NaN
        write(made, index, parsed is not None, data, b"")
    encoded = subprocess.run(
        [sys.executable, __file__, path], input=made.getvalue(), stdout=subprocess.PIPE, check=True,
        env=os.environ | {"PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": "python"}).stdout
    records = zip(read(io.BytesIO(made.getvalue())), read(io.BytesIO(encoded)))
    for (index, strictly_accepted, data, _), (_, accepted, _, expected) in records:
        if agree(classes[index], data, strictly_accepted, accepted, expected):
            write(sys.stdout.buffer, index, accepted, data, expected)


def agree(message_class, data, strictly_accepted, accepted, expected):
    """Whether plain Python, which accepted the data or not and encoded it as `expected`, read what upb reads."""
    if not accepted:
        return not strictly_accepted
    if "KindSet" in message_class.DESCRIPTOR.name and is_contested(data, message_class.DESCRIPTOR.name):
        return False
    parsed = parse(message_class, data)
    # Plain Python takes a tag with needless bytes for an unknown field, and upb does not: the lengths then differ.
    return (parsed == parse(message_class, expected)
            and len(parsed.SerializePartialToString(deterministic=True)) == len(expected))


def encode_messages(path):
    """Completes the records on standard input with what the encoding must give."""
    classes = load_classes(path)
    for index, accepted, data, _ in read(sys.stdin.buffer):
        parsed = parse(classes[index], data) if accepted else None
        expected = b"" if parsed is None else parsed.SerializePartialToString(deterministic=True)
        write(sys.stdout.buffer, index, parsed is not None, data, expected)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        encode_messages(sys.argv[1])
    else:
        make_messages(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
