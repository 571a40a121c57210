"""The .proto files that schemas.py writes: each group is a Swift module, `path: text` or descriptors."""

from google.protobuf import descriptor_pb2

KINDS = ("int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 float double bool string bytes "
         "Part Kind").split()

# Types that Swift, its standard library, Foundation or the runtime have, too, and that generated code may name.
TYPE_NAMES = """
UnsafeRawPointer UnsafeMutableRawPointer UnsafePointer UnsafeMutablePointer MemoryLayout Never Optional Result
Error Self Type Int32 Sendable Hashable Equatable Message Enum UnknownStorage ExtensionFieldValueSet
SimpleExtensionMap MessageExtension WireReader WireWriter FieldReader FieldWriter FieldSizer FieldDescription
MessageTable MessageBox DecodingContext EncodedSizes BinaryDecodingError ProtobufInt32 ProtobufAPIVersionCheck
Swift SwiftGRPCProtobuf FoundationEssentials Google_Protobuf_Any CaseIterable Date
""".split()

SHADOWS = """
syntax = "proto2";
import "shadows_other.proto";
message Unmanaged { optional UnsafeRawPointer a = 1; repeated Unmanaged b = 2; optional Unmanaged c = 3;}
message Array { repeated int32 a = 1; }
message Dictionary { map<string, bytes> a = 1; }
message Any { optional Any any = 1; }
message AnyMessage { optional Any any = 1; }
message String { optional string string = 1; }
message Data { optional bytes data = 1; }
message Int { optional int32 int = 1; }
message ExtensibleMessage { extensions 1 to max; }
message Oneof { oneof oneof { Enum enum = 1; Type type = 2;} }
message EnumNames { enum Values { A = 0; B = 1; } optional Values v = 1 [default=B]; }
message ProtobufMessage { map<int32, Never> a = 1; }
message ProtobufString { map<string, Never> a = 1; }

// A top-level type named like a property that has it.
message item { optional item item_ = 1; optional .item Item = 2; extensions 10 to 20; }
enum kind { kind_zero = 0; kind_one = 1; }

// Fields named like types around their message.
message Uses {
  optional .item item = 1;
  repeated .kind kind = 2;
  oneof x { .item X_item = 3; .kind y = 4; }
  map<int32, .item> items = 5;
  message Inner {
    optional .item x = 1; optional .kind k = 2; repeated .item l = 3;
    optional group GG = 4 { optional .item z = 1; }
  }
  extensions 100 to 200;
}
extend Uses { optional .item item_two = 100; repeated .kind kind3 = 101; optional int32 items = 102; }
message item2 { extend Uses { optional item2 x = 103; } optional int32 item = 2; }
// Nested types named like types around them
message Foo {
  message Foo { message Foo { optional int32 a = 1; } optional Foo foo = 1; optional .Foo top = 2; extensions 5 to 6; }
  message Bar { optional .Bar bar = 1; }
  optional Foo foo = 1;
  optional .Bar outer = 2;
  optional .Foo.Bar inner = 3;
  repeated Foo.Foo foos = 4;
  extensions 100 to max;
  oneof c { .Bar b1 = 5; Bar b2 = 6; }
  map<int32, .Bar> m = 7;
}
message Bar { optional .Foo.Bar x = 1; extend Foo { optional Bar bar = 100; } }
extend Foo { optional Bar second = 101; optional Foo.Bar third = 102; }
extend Foo.Foo { optional Foo fifth = 5; }
message Other { optional Second s = 1; optional string s_value = 2; }
"""

SHADOWS_OTHER = """
syntax = "proto2";
message Second { optional int32 a = 1; repeated Second r = 2; optional Second o = 3; optional bytes b = 4;}
"""


def shadows():
    """Names that hide others: nothing has a package, so that types stand side by side with those of Swift."""
    plain = "".join(f"message {name} {{ optional int32 a = 1; optional {name} b = 2; }}\n" for name in TYPE_NAMES)
    return {"shadows.proto": SHADOWS + plain, "shadows_other.proto": SHADOWS_OTHER}


def wide():
    """A message of 5,000 fields of all types, one of 60 required ones, the most that upb takes, and 100 ranges."""
    labels = ["", "optional ", "repeated "]
    # The numbers from 19000 on are protobuf's own.
    fields = "".join(f"  {labels[i % 3]}{KINDS[i % 17]} field_{i} = {i if i % 50 else i + 20000};\n"
                     for i in range(1, 5001))
    required = "".join(f"  required {KINDS[i % 15]} field_{i} = {i};\n" for i in range(1, 61))
    ranges = "".join(f"  extensions {10 * i} to {10 * i + 4};\n" for i in range(1, 101))
    return {
        "wide.proto": 'syntax = "proto3"; package wide;\n'
                      "message Part { int32 a = 1; } enum Kind { NONE = 0; ONE = 1; }\n"
                      f"message Wide {{\n{fields}}}\n",
        "required.proto": f'syntax = "proto2"; package wide; message Required {{\n{required}}}\n'
                          f"message Extended {{\n{ranges}}}\n"
                          "extend Extended { optional int32 first = 10; repeated string last = 1004; }\n",
    }


def many():
    """A oneof of 200 members, an enum of 1,000 values, a file of 400 messages."""
    members = "".join(f"    {KINDS[i % 17]} member_{i} = {i};\n" for i in range(1, 201))
    values = "".join(f"  VALUE_NUMBER_{i} = {-i if i % 5 == 0 else i * 3};\n" for i in range(1, 1000))
    messages = "".join(
        f"message M{i} {{ {KINDS[i % 15]} a = 1; M{(i * 7) % 400} b = 2; repeated M{(i * 11) % 400} c = 3; }}\n"
        for i in range(400))
    return {
        "oneof.proto": 'syntax = "proto3"; package many; message Part { int32 a = 1; Choice again = 2; }\n'
                       "enum Kind { NONE = 0; ONE = 1; }\n"
                       f"message Choice {{\n  oneof choice {{\n{members}  }}\n}}\n",
        "enum.proto": f'syntax = "proto3"; package many; enum Big {{\n  ZERO = 0;\n{values}}}\n'
                      "message HasBig { Big one = 1; repeated Big list = 2; map<int32, Big> map = 4; }\n",
        "messages.proto": f'syntax = "proto3"; package many.messages;\n{messages}',
    }


def deep():
    """Messages declared in one another 90 deep, which protoc refuses, and a chain of 100, each with the next twice.

    Descriptors are messages themselves, which may be 100 deep.
    """
    result = descriptor_pb2.FileDescriptorSet()
    file = result.file.add(name="deep.proto", package="deep", syntax="proto3")
    declared, name = file.message_type.add(name="L0"), ".deep.L0"
    for depth in range(1, 90):
        declared.field.add(name="value", number=1, type="TYPE_INT32", label="LABEL_OPTIONAL", json_name="value")
        add_message(declared, "again", 2, name)
        name += f".L{depth}"
        add_message(declared, "next", 3, name)
        declared = declared.nested_type.add(name=f"L{depth}")
    for depth in range(99):
        link = file.message_type.add(name=f"Link{depth}")
        add_message(link, "left", 1, f".deep.Link{depth + 1}")
        add_message(link, "right", 2, f".deep.Link{depth + 1}")
    file.message_type.add(name="Link99")
    return result


def add_message(message, name, number, type_name):
    message.field.add(name=name, number=number, type="TYPE_MESSAGE", label="LABEL_OPTIONAL", type_name=type_name,
                      json_name=name)


GROUPS = {group.__name__: group for group in (wide, many, deep, shadows)}
