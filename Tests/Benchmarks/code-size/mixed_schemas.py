"""A hundred messages of every sort, as .proto files: what one program with a mid-sized API compiles.

The same seed gives the same text. Names are of usual length, since they are a part of the code.
"""

import random

SCALARS = ("int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 float double bool string bytes"
           ).split()
# How often fields of a kind occur in real APIs: mostly strings, then numbers as varints.
WEIGHTS = (10, 8, 4, 4, 2, 1, 1, 1, 1, 1, 3, 6, 8, 24, 5)
MAP_KEYS = ("string", "string", "string", "int32", "int64", "uint32", "uint64", "sint32", "fixed64", "bool")
NOUNS = ("account address amount batch channel comment cursor delivery device endpoint error event group host image "
         "item key label limit link location member message metric name node note offset order owner page parent "
         "payload policy price process quota reason record region report request resource revision role route rule "
         "schedule secret segment session shard snapshot source state status target task template tenant token "
         "topic trace user value version volume zone").split()
ADJECTIVES = ("active allowed backup created current default deleted desired display effective expected external "
              "final first former hidden initial internal last local main maximum minimum next observed optional "
              "original pending preferred primary previous public remote requested secondary shared total").split()
FILES = (("accounts", 3, 18), ("catalog", 3, 18), ("events", 3, 18), ("storage", 3, 18), ("legacy", 2, 14),
         ("records", 2, 14))
DEFAULTS = {"string": '"some text"', "bytes": '"\\001\\002"', "bool": "true", "float": "1.5", "double": "-2.25"}


class Schema:
    """The text of one file, and the messages and enums that later fields can refer to."""

    def __init__(self, rng, name, version):
        self.rng, self.name, self.version = rng, name, version
        self.lines = [f'syntax = "proto{version}";', f"package bench.{name};", ""]
        self.messages, self.enums = [], []

    def word(self, used):
        while True:
            name = f"{self.rng.choice(ADJECTIVES)}_{self.rng.choice(NOUNS)}"
            if self.rng.random() < 0.4:
                name = self.rng.choice(NOUNS)
            if name not in used:
                used.add(name)
                return name

    def scalar(self):
        return self.rng.choices(SCALARS, WEIGHTS)[0]

    def add_enum(self, name, indent=""):
        values = [f"{name.upper()}_{noun.upper()}" for noun in self.rng.sample(NOUNS, self.rng.randint(3, 9))]
        self.lines.append(f"{indent}enum {name} {{")
        self.lines += [f"{indent}  {value} = {number};" for number, value in enumerate(values)]
        self.lines.append(f"{indent}}}")
        return name, values[0]

    def field(self, number, used, types, enums):
        """One field that is neither a map nor in a oneof."""
        rng, name = self.rng, self.word(used)
        label = "optional " if self.version == 2 else ""
        draw = rng.random()
        if draw < 0.12:
            return f"repeated {self.scalar()} {name} = {number};"
        if draw < 0.20 and types:
            return f"repeated {rng.choice(types)} {name} = {number};"
        if draw < 0.36 and types:
            return f"{label}{rng.choice(types)} {name} = {number};"
        if draw < 0.44 and enums:
            return f"{label}{rng.choice(enums)[0]} {name} = {number};"
        if draw < 0.47 and enums:
            return f"repeated {rng.choice(enums)[0]} {name} = {number};"
        kind = self.scalar()
        if self.version == 3:
            return f"{'optional ' if draw > 0.92 else ''}{kind} {name} = {number};"
        if draw > 0.93:
            return f"required {kind} {name} = {number};"
        if draw > 0.80:
            return f"optional {kind} {name} = {number} [default = {DEFAULTS.get(kind, 42)}];"
        if draw > 0.76 and kind not in ("string", "bytes"):
            return f"repeated {kind} {name} = {number} [packed = true];"
        return f"optional {kind} {name} = {number};"

    def add_message(self, name, fields, indent="", types=None, nested=True):
        rng, used = self.rng, set()
        inner = indent + "  "
        self.lines.append(f"{indent}message {name} {{")
        own_types, own_enums = list(types if types is not None else self.messages), list(self.enums)
        if nested and rng.random() < 0.25:
            own_types.append(f"{name}Part")
            self.add_message(f"{name}Part", rng.randint(2, 6), inner, types=self.messages[-5:], nested=False)
        if rng.random() < 0.15:
            own_enums.append(self.add_enum(f"{name}Kind", inner))
        if rng.random() < 0.15:
            own_types.append(name)  # may hold itself
        number = 0
        for _ in range(fields):
            number += rng.choice((1, 1, 1, 1, 1, 1, 1, 1, 2, 7))
            self.lines.append(inner + self.field(number, used, own_types, own_enums))
        if rng.random() < 0.25:
            value = rng.choice([self.scalar(), *(rng.sample(own_types, 1) if own_types else [])])
            number += 1
            self.lines.append(f"{inner}map<{rng.choice(MAP_KEYS)}, {value}> {self.word(used)} = {number};")
        if rng.random() < 0.25:
            self.lines.append(f"{inner}oneof {self.word(used)} {{")
            for _ in range(rng.randint(2, 6)):
                number += 1
                kind = rng.choice(own_types) if own_types and rng.random() < 0.5 else self.scalar()
                self.lines.append(f"{inner}  {kind} {self.word(used)} = {number};")
            self.lines.append(f"{inner}}}")
        if self.version == 2 and rng.random() < 0.2:
            number += 1
            self.lines += [f"{inner}optional group {name}Group = {number} {{",
                           f"{inner}  optional {self.scalar()} first = 1;", f"{inner}  repeated string rest = 2;",
                           f"{inner}}}"]
        if self.version == 2 and rng.random() < 0.2:
            self.lines.append(f"{inner}extensions 500 to 600;")
            self.extensible.append(name)
        self.lines += [f"{indent}}}", ""]

    def text(self, messages):
        self.extensible = []
        for noun in self.rng.sample(NOUNS, 4):
            self.enums.append(self.add_enum(f"{noun.capitalize()}Type"))
            self.lines.append("")
        nouns = self.rng.sample(NOUNS, messages)
        for index, noun in enumerate(nouns):
            name = f"{self.rng.choice(ADJECTIVES).capitalize()}{noun.capitalize()}"
            # Many small messages, some large ones.
            fields = self.rng.choice((0, 2, 3, 4, 5, 6, 8, 10, 14, 20)) if index % 9 else self.rng.randint(30, 45)
            self.add_message(name, fields)
            self.messages.append(name)
        for index, name in enumerate(n for n in self.extensible if n in self.messages):
            self.lines += [f"extend {name} {{", f"  optional {self.scalar()} extra_{index}_value = 500;",
                           f"  repeated string extra_{index}_names = 501;", "}", ""]
        return "\n".join(self.lines)


def files(seed):
    """`path: text` of all files; together 100 messages at the top level."""
    rng = random.Random(seed)
    return {f"{name}.proto": Schema(rng, name, version).text(messages) for name, version, messages in FILES}
