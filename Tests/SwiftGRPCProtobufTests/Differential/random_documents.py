"""Writes random documents in JSON and the text format, and what Python's protobuf reads in them; or reads ours.

usage: random_documents.py DESCRIPTOR_SET SEED COUNT > records
       random_documents.py DESCRIPTOR_SET < records > faults

A record, integers little endian: the format (1 byte: 0 JSON, 1 text), the index of the type in TYPES (1 byte), the
verdict (1 byte: 0 refused, 1 accepted, 2 nobody is asked), and with its length (4 bytes) before each: the document, and
the message in binary that it stands for. Half of the documents are sound, the others have been damaged, by token or by byte.
stricter_json.py and stricter_text.py tell what Python takes and the specifications refuse.

The second use reads records whose documents another program wrote, and prints those that Python reads otherwise.
"""

import random
import re
import struct
import sys
import warnings

from google.protobuf import json_format, text_format

import random_messages
import stricter_json
import stricter_text

JSON, TEXT = range(2)
REFUSED, ACCEPTED, UNSURE = range(3)
TYPES = random_messages.TYPES + ["every_kind.well_known.EveryKindWellKnown"]

JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[-+.\w]+|\s+|.', re.DOTALL)
TEXT_TOKEN = re.compile(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[-+.\w]+|\s+|.""", re.DOTALL)
ODD_VALUES = [
    "null", "true", "false", "0", "-0", "1", "-1", "1.0", "1.5", "1e2", "1E+2", "1e-2", "100e-2", "01", "2147483648",
    "4294967296", "9223372036854775808", "-9223372036854775809", "18446744073709551616", "1e400", "1e39",
    "3.4028235e38", "1e-400", "NaN", "Infinity", "-Infinity", "{}", "[]", "[null]", "[[]]", '""', "{", "}", "[", "]",
    ",", ":", "RED", "BLUE",
]
ODD_JSON = ODD_VALUES + [
    '"0"', '"1.0"', '"-1"', '"1e2"', '"1e400"', '" 1"', '"1 "', '"+1"', '"NaN"', '"-Infinity"', '"Infinity"', '"inf"',
    '"true"', '"RED"', '"red"', '"300"', '"AA=="', '"AA"', '"A"', '"-_"', '"+/"', '"AAA="', '"AA="', '"A A"',
    r'"\u0000"', r'"\ud800"', r'"\ud83d\ude00"', r'"\x"', '"singleInt32"', '"single_int32"', '"choiceBool"',
    '"itself"', '"repeatedInt32"', '"byInt32"', '{"number": 1}', '{"1": 2}', '{"true": 1}', '"1s"', '"-1.5s"',
    '"1.0000000001s"', '"1970-01-01T00:00:00Z"', '"1970-01-01T00:00:00.5+01:00"', '"fooBar,a"', '"foo_bar"',
    '{"@type": "type.googleapis.com/google.protobuf.Empty"}',
    '{"@type": "type.googleapis.com/google.protobuf.Duration", "value": "1s"}',
]
ODD_TEXT = ODD_VALUES + [
    "inf", "-inf", "nan", "iNF", "0x7f", "-0x1", "017", "09", "1f", "1.5F", ".5", "1.", "t", "True", "f", "<", ">",
    ";", "<>", "'a'", r'"\x41"', r'"\101"', r'"\u00e9"', r'"\U0001f600"', r'"\z"', r'"\777"', r"'\xff'",
    "# comment\n", "\n", "single_int32: 1", "itself { }", "itself: < >", "choice_bool: true",
    "repeated_int32: [1, 2]", "by_int32 { key: 1 value: 2 }", "SingleGroup { number: 1 }",
    "singlegroup { number: 1 }", "[every_kind.proto2.plain]: 1", "-", " ",
]


def classes_of(path):
    random_messages.TYPES = TYPES
    return random_messages.load_classes(path)


# Documents of Python's, and damage to them.

def write_json(rng, message, pool):
    return json_format.MessageToJson(
        message, descriptor_pool=pool, indent=rng.choice([None, 0, 2]), ensure_ascii=rng.random() < 0.5,
        preserving_proto_field_name=rng.random() < 0.3, use_integers_for_enums=rng.random() < 0.3)


def write_text(rng, message, pool):
    return text_format.MessageToString(
        message, descriptor_pool=pool, as_utf8=rng.random() < 0.5, as_one_line=rng.random() < 0.3,
        use_short_repeated_primitives=rng.random() < 0.5, pointy_brackets=rng.random() < 0.2,
        force_colon=rng.random() < 0.2)


def damage_tokens(rng, text, pattern, odd):
    tokens = pattern.findall(text)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        if not tokens:
            break
        place = rng.randrange(len(tokens))
        what = rng.randrange(6)
        if what == 0:
            del tokens[place]
        elif what == 1:
            tokens.insert(place, rng.choice(odd))
        elif what == 2:
            tokens.insert(place, rng.choice(tokens))
        elif what == 3:
            other = rng.randrange(len(tokens))
            tokens[place], tokens[other] = tokens[other], tokens[place]
        else:
            # Most often by what starts alike, so that not every document becomes one of the wrong type.
            alike = [token for token in odd if token[0].isdigit() == tokens[place][0].isdigit()]
            tokens[place] = rng.choice(alike)
    return "".join(tokens)


def damage(rng, document, pattern, odd):
    if rng.random() < 0.7:
        return damage_tokens(rng, document, pattern, odd).encode("utf-8", "surrogatepass")
    data = bytearray(document.encode())
    for _ in range(rng.choice([1, 1, 2])):
        place = rng.randrange(len(data) + 1)
        what = rng.randrange(4)
        if what == 0 and data:
            data[place % len(data)] = rng.choice(b'0123456789-+.eE"\\:,{}[]<> \ntfnuxAZ_\0\x7f\x80\xff')
        elif what == 1:
            del data[place:place + rng.choice([1, 1, 3])]
        elif what == 2:
            data[place:place] = rng.choice([b'"', b"\\", b"0", b"-", b".", b",", b" ", b"e1", b"\xc3\xa9", b"\xed\xa0\x80"])
        elif rng.random() < 0.3:
            del data[place:]
    return bytes(data)


# What a document means.

# Python refuses what others need not, each with its reason.
STRICTER_PYTHON = [
    # 3.4028235e38, which is the shortest decimal of the largest float, and what Python itself writes for it.
    "Float value too",
    # A message that a text gives twice: the conformance suite's performance cases ask for a merge.
    "should not have multiple",
]

def parse(format, message_class, data):
    """The message that Python reads; raises anything when it reads none."""
    pool = message_class.DESCRIPTOR.file.pool
    result = message_class()
    if format == JSON:
        json_format.Parse(data, result, descriptor_pool=pool)
    else:
        text_format.Parse(data.decode(), result, descriptor_pool=pool)
    return result


def judge(format, message_class, data):
    """The verdict on a document and the message in binary."""
    try:
        if format == JSON:
            stricter_json.check(message_class.DESCRIPTOR, data.decode())
        else:
            stricter_text.check(data.decode())
        result = parse(format, message_class, data)
    except stricter_json.Unsure:
        return UNSURE, b""
    except Exception as error:
        return UNSURE if any(reason in str(error) for reason in STRICTER_PYTHON) else REFUSED, b""
    return ACCEPTED, result.SerializePartialToString(deterministic=True)


def make_documents(path, seed, count):
    classes = classes_of(path)
    pool = classes[0].DESCRIPTOR.file.pool
    rng = random.Random(seed)
    made = 0
    while made < count:
        index, format = rng.randrange(len(classes)), rng.randrange(2)
        source = classes[index]()
        random_messages.fill(rng, source, rng.choice([0, 0, 1, 1, 2, 3]))
        document = (write_json, write_text)[format](rng, source, pool)
        if len(document) > 20000:
            continue
        if made % 2:
            data = damage(rng, document, *((JSON_TOKEN, ODD_JSON), (TEXT_TOKEN, ODD_TEXT))[format])
        else:
            data = document.encode()
        verdict, message = judge(format, classes[index], data)
        write(sys.stdout.buffer, format, index, verdict, data, message)
        made += 1


def write(out, format, index, verdict, document, message):
    out.write(struct.pack("<BBB", format, index, verdict))
    for part in (document, message):
        out.write(struct.pack("<I", len(part)) + part)


def read(source):
    while header := source.read(3):
        parts = [source.read(struct.unpack("<I", source.read(4))[0]) for _ in range(2)]
        yield *header, *parts


def same(left, right):
    if left.SerializePartialToString(deterministic=True) == right.SerializePartialToString(deterministic=True):
        return True
    # The bytes in an Any have maps in any order; as text they are sorted.
    texts = [text_format.MessageToString(value, descriptor_pool=value.DESCRIPTOR.file.pool) for value in (left, right)]
    return texts[0] == texts[1]


def check_documents(path):
    """Reads what our writer made of messages; prints what Python reads otherwise."""
    classes = classes_of(path)
    for format, index, _, document, data in read(sys.stdin.buffer):
        expected = classes[index]()
        expected.MergeFromString(data)
        try:
            if format == JSON:
                stricter_json.check(classes[index].DESCRIPTOR, document.decode())
            got = parse(format, classes[index], document)
        except stricter_json.Unsure:
            continue
        except Exception as error:
            fault = f"Python refuses it: {error}"
        else:
            fault = None if same(got, expected) else f"Python reads {text_format.MessageToString(got, as_one_line=True)[:1000]}"
        if fault:
            print(f"{('JSON', 'text')[format]} of {TYPES[index]}: {document.decode()[:1000]}\n  {fault}")
            return


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    if len(sys.argv) == 2:
        check_documents(sys.argv[1])
    else:
        make_documents(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
