"""What JSON the ProtoJSON format refuses although Python's protobuf takes it.

Python reads with its own json, int() and float(), which take more than the specification allows. Each rule here has its
reason; documents that break one are expected to be refused. `UNSURE` are those on which the specification leaves a choice
or Python is the stricter one: nothing is expected of them.
Specification: https://protobuf.dev/programming-guides/json and RFC 8259.
"""

import decimal
import json
import re

from google.protobuf.descriptor import FieldDescriptor as Field

NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])")
DURATION = re.compile(r"-?[0-9]+(\.[0-9]{1,9})?s")
FIELD_MASK = re.compile(r"([^,_]+(,[^,_]+)*)?")
BASE64 = re.compile(r"([A-Za-z0-9+/_-]*)(={0,2})")
FLOAT_MAX = decimal.Decimal("3.4028234663852886e38")
# What is larger than this is nearer to the next power of two than to the largest float.
FLOAT_LIMIT = decimal.Decimal("3.4028235677973366e38")
DOUBLE_LIMIT = decimal.Decimal("1.797693134862315807e308")

INTEGER_TYPES = {
    Field.CPPTYPE_INT32, Field.CPPTYPE_INT64, Field.CPPTYPE_UINT32, Field.CPPTYPE_UINT64}
WRAPPERS = {f"google.protobuf.{kind}Value" for kind in (
    "Bool", "Bytes", "Double", "Float", "Int32", "Int64", "String", "UInt32", "UInt64")}


class Refused(Exception):
    """The specification refuses the document."""


class Unsure(Exception):
    """The specification does not say, or Python is stricter than it."""


class Number:
    def __init__(self, text):
        self.text = text


def check(descriptor, text):
    """Raises `Refused` or `Unsure`; does neither when Python's word counts."""
    value = json.loads(text, parse_int=Number, parse_float=Number, parse_constant=constant)
    message(descriptor, value)


def constant(name):
    raise Refused(f"RFC 8259, section 6: {name} is no number")


def exact(text):
    if not NUMBER.fullmatch(text):
        raise Refused(f"'Numbers follow JSON's syntax, in quotes too': {text!r}")
    exponent = re.search(r"[eE]([+-]?[0-9]+)$", text)
    if exponent and abs(int(exponent[1])) > 100000:
        raise Unsure("a huge exponent")
    return decimal.Decimal(text)


def message(descriptor, value):
    name = descriptor.full_name
    if name in WRAPPERS:
        scalar(descriptor.fields_by_name["value"], value)
    elif name == "google.protobuf.Timestamp":
        if not isinstance(value, str) or not TIMESTAMP.fullmatch(value):
            raise Refused("Timestamp is as in RFC 3339")
    elif name == "google.protobuf.Duration":
        if not isinstance(value, str) or not DURATION.fullmatch(value):
            raise Refused("Duration is seconds with up to nine digits behind the point")
    elif name == "google.protobuf.FieldMask":
        if not isinstance(value, str) or not FIELD_MASK.fullmatch(value):
            raise Unsure("FieldMask: empty paths and letters that are not in names")
        if not re.fullmatch("[A-Za-z0-9.,]*", value) or re.search(r"(^|[.,])[A-Z0-9]|[.,]([.,]|$)", value):
            raise Unsure("FieldMask: letters that are not in names")
    elif name == "google.protobuf.Value":
        any_value(value)
    elif name == "google.protobuf.ListValue":
        for element in value if isinstance(value, list) else []:
            any_value(element)
    elif name == "google.protobuf.Struct":
        for element in value.values() if isinstance(value, dict) else []:
            any_value(element)
    elif not isinstance(value, dict):
        raise Refused("a message is an object")
    elif name == "google.protobuf.Any":
        any_message(descriptor, value)
    else:
        members(descriptor, value)


def any_value(value):
    if isinstance(value, Number):
        keep_sign(value)
        if abs(exact(value.text)) >= DOUBLE_LIMIT:
            raise Refused("Value: infinity is no number")
    elif isinstance(value, (list, dict)):
        for element in value.values() if isinstance(value, dict) else value:
            any_value(element)


def any_message(descriptor, value):
    url = value.get("@type")
    if not isinstance(url, str):
        return
    try:
        content = descriptor.file.pool.FindMessageTypeByName(url.rpartition("/")[2])
    except KeyError:
        if len(value) == 1:
            raise Unsure("an Any that has nothing but an unknown type holds no bytes, whatever the type")
        return
    if "/" not in url or url.startswith("/"):
        raise Unsure("a type URL without a host")
    name = content.full_name
    rest = {key: member for key, member in value.items() if key != "@type"}
    if name in WRAPPERS or name.startswith("google.protobuf.") and name != "google.protobuf.Empty":
        if set(rest) != {"value"}:
            raise Unsure("an Any of a well-known type has its value and nothing else")
        message(content, rest["value"])
    else:
        members(content, rest)


def find(descriptor, key):
    for field in descriptor.fields:
        if key in (field.json_name, field.name):
            return field
    if descriptor.is_extendable and key.startswith("[") and key.endswith("]"):
        for field in descriptor.file.pool.FindAllExtensions(descriptor):
            if key[1:-1] == field.full_name:
                return field
        raise Unsure("an extension by the name of its message")


def members(descriptor, value):
    seen = set()
    for key, member in value.items():
        field = find(descriptor, key)
        if field is None:
            continue
        if field.number in seen:
            raise Unsure("'Duplicate keys': a field by both of its names, where parsers may refuse or take the last")
        seen.add(field.number)
        if member is None:
            continue
        if field.message_type and field.message_type.GetOptions().map_entry:
            entry = field.message_type.fields_by_name
            keys = set()
            for name, element in member.items() if isinstance(member, dict) else []:
                if entry["key"].cpp_type in INTEGER_TYPES:
                    number = exact(name)
                    if number in keys:
                        raise Unsure("a key twice, written differently")
                    keys.add(number)
                refuse_null_value(entry["value"], element)
                one(entry["value"], element)
        elif field.is_repeated:
            for element in member if isinstance(member, list) else []:
                refuse_null_value(field, element)
                one(field, element)
        else:
            one(field, member)


def refuse_null_value(field, value):
    if value is None and field.enum_type and field.enum_type.full_name == "google.protobuf.NullValue":
        raise Unsure("Python refuses null for NullValue in lists and maps, where it writes it itself")


def one(field, value):
    if field.message_type:
        message(field.message_type, value)
    else:
        scalar(field, value)


def keep_sign(number):
    """A negative zero keeps its sign, which Python forgets when it has no point."""
    if number.text == "-0":
        raise Unsure("Python reads the integer -0 as 0")


def scalar(field, value):
    text = value.text if isinstance(value, Number) else value
    kind = field.cpp_type
    if kind in INTEGER_TYPES and isinstance(text, str):
        number = exact(text)
        if number % 1 != 0:
            raise Refused("an integer has no fraction, however small")
        if abs(number) > 1 << 53 and not re.fullmatch("-?[0-9]+", text):
            raise Unsure("Python makes a double of an integer with an exponent or a point")
    elif kind in (Field.CPPTYPE_FLOAT, Field.CPPTYPE_DOUBLE):
        if isinstance(value, bool):
            raise Refused("true is no number")
        if value in ("NaN", "Infinity", "-Infinity"):
            return
        if isinstance(value, Number):
            keep_sign(value)
        if isinstance(text, str):
            number = abs(exact(text))
            if kind == Field.CPPTYPE_FLOAT and number > FLOAT_MAX:
                if number < FLOAT_LIMIT:
                    raise Unsure("Python refuses 3.4028235e38, which it writes itself for the largest float")
                raise Refused("too large for a float")
            if number >= DOUBLE_LIMIT:
                raise Refused("too large for a double")
    elif kind == Field.CPPTYPE_ENUM:
        if isinstance(value, bool):
            raise Refused("true is no value of an enum")
        if isinstance(value, Number):
            number = exact(text)
            if number % 1 != 0:
                raise Refused("an enum's number is an integer")
            if not -1 << 31 <= number < 1 << 31:
                raise Refused("an enum's number has 32 bits")
            if number != 0 and field.enum_type.full_name == "google.protobuf.NullValue":
                raise Unsure("a NullValue that is not NULL_VALUE is written as null, too")
        elif isinstance(value, str) and value not in field.enum_type.values_by_name:
            raise Refused("an enum's number does not stand in quotes")
    elif field.type == Field.TYPE_BYTES and isinstance(value, str):
        parts = BASE64.fullmatch(value)
        if not parts or len(parts[1]) % 4 == 1 or parts[2] and len(value) % 4:
            raise Refused("bytes are base64, with all of its padding or none")
