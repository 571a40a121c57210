"""What the text format's specification says otherwise than Python's protobuf.

Python splits a text into words loosely, and its escapes are those of Python's strings. A text that has words which the
specification does not know is expected to be refused; where Python is the stricter one, nothing is expected (`Unsure`).
Specification: https://protobuf.dev/reference/protobuf/textformat-spec
"""

import re

from stricter_json import Refused, Unsure

ESCAPE = re.compile(
    r"\\(?:[abfnrtv?\\'\"]|[0-7]{1,3}|x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{4}|U000[0-9a-fA-F]{5}|U0010[0-9a-fA-F]{4})")
TOKEN = re.compile(
    r"(?P<space>[ \t\r\n\v\f]+|#[^\n]*)"
    r"|(?P<number>(?:0[xX][0-9a-fA-F]+|0[0-7]+(?![.eE])|(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fF]?)"
    r"(?![A-Za-z0-9_.]))"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<string>\"(?:[^\"\\\n]|\\[^\n])*\"|'(?:[^'\\\n]|\\[^\n])*')"
    r"|(?P<symbol>[][{}<>:,;/.-])")

# What Python reads otherwise, each with its reason. The pattern is looked for in the text without strings.
UNSURE = [
    (re.compile(r"-[\s#]"), "'Numeric literals': the sign may stand apart, which Python refuses"),
    (re.compile(r"\[ ?[A-Za-z_](?:[\w./ -]*\w)? \w"), "conformance suite: space inside of a name in brackets, where Python refuses some"),
    (re.compile(r"-0+(?![\w.])"), "'Field values': an unsigned integer has no sign, of which Python takes some"),
    (re.compile(r"[:\[,] ?-? ?[TF]\b"), "swift-protobuf takes T and F, too"),
    (re.compile(r"(?:bool|color|shade|null)\w* ?: ?(?:\[[^\]]{0,200})?-?0[0-9xX]"),
     "'Field values': bool and enum may be octal and hexadecimal, which Python refuses"),
    (re.compile(r"(?:^|[{<;,\s])[0-9]+ ?[:{<]"), "a field by its number, as unknown ones are printed"),
    (re.compile(r"-nan\b", re.IGNORECASE), "the sign of what is no number"),
]


def check(text):
    """Raises `Refused` or `Unsure`; does neither when Python's word counts."""
    position, plain = 0, []
    while position < len(text):
        match = TOKEN.match(text, position)
        if not match:
            in_brackets = re.search(r"\[[^]\n]*$", text[:position])
            if "/" in text and (text[position] in "~!$&()*+=%" or text[position].isdigit() and in_brackets):
                raise Unsure("letters of type URLs")
            raise Refused(f"'Lexical elements': nothing is spelled {text[position:position + 10]!r}")
        word = match[0]
        if match["string"]:
            if "\\" in ESCAPE.sub("", word):
                raise Refused(f"'String literals': no such escape in {word}")
            if re.search(r"(?<!\\)(?:\\\\)*\\\?", word):
                raise Unsure(r"Python leaves the backslash in \?")
            if re.search(r"[\0\r]", word):
                raise Unsure("NUL and a carriage return in a string")
            plain.append('""')
        elif match["name"] and re.fullmatch("(?:inf|infinity|nan)f", word, re.IGNORECASE):
            raise Refused("'Floating-point literals': inf has no f behind it")
        else:
            plain.append(" " if match["space"] else word)
        position = match.end()
    plain = "".join(plain)
    for pattern, reason in UNSURE:
        if pattern.search(plain):
            raise Unsure(reason)
