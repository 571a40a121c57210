"""Builds payloads of the binary format piece by piece, also wrong ones. Spec: protobuf, "Encoding"."""

import struct

VARINT, FIXED64, LENGTH, START_GROUP, END_GROUP, FIXED32 = range(6)


def varint(value, needless=0):
    """A varint; negative numbers have 64 bits. It may have bytes at its end that add nothing."""
    value &= (1 << 64) - 1
    data = bytearray()
    while True:
        data.append(value & 0x7F)
        value >>= 7
        if not value:
            break
    data += bytes(needless)
    return bytes([byte | 0x80 for byte in data[:-1]]) + bytes([data[-1]])


def zigzag(value):
    return varint(value << 1 ^ value >> 63)


def fixed32(value):
    return struct.pack("<I", value & 0xFFFFFFFF)


def fixed64(value):
    return struct.pack("<Q", value & 0xFFFFFFFFFFFFFFFF)


def float32(value):
    return struct.pack("<f", value)


def float64(value):
    return struct.pack("<d", value)


def length(data):
    """The bytes behind their length."""
    return varint(len(data)) + data


def tag(number, wire_type):
    return varint(number << 3 | wire_type)


def integer(number, value):
    """A field of a varint."""
    return tag(number, VARINT) + varint(value)


def bytes_(number, *parts):
    """A field of bytes: also a string, a message or packed numbers."""
    return tag(number, LENGTH) + length(b"".join(parts))


def group(number, *parts):
    return tag(number, START_GROUP) + b"".join(parts) + tag(number, END_GROUP)
