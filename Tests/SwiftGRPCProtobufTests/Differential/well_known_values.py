"""Random values of the well-known types, nearly all of which have a form in JSON."""

from google.protobuf.descriptor import FieldDescriptor as Field
from google.protobuf import message_factory


def nanoseconds(rng):
    return rng.choice([0, 0, 1, 10**3, 5 * 10**8, 999999999, rng.randrange(10**9)])


def duration(rng, target, depth, fill):
    sign = rng.choice([-1, 1])
    target.seconds = sign * rng.choice([0, 1, 59, rng.randrange(10**6), 315576000000])
    target.nanos = sign * nanoseconds(rng)


def timestamp(rng, target, depth, fill):
    target.seconds = rng.choice([0, 1, -1, -62135596800, 253402300799, rng.randrange(-62135596800, 253402300800)])
    target.nanos = nanoseconds(rng)


def field_mask(rng, target, depth, fill):
    target.paths.extend(rng.choice(["a", "foo", "foo_bar", "a.b_c.d", "user.display_name"]) for _ in range(rng.randrange(4)))


def value(rng, target, depth, fill):
    kind = rng.randrange(6 if depth > 0 else 4)
    if kind == 0:
        target.null_value = 0
    elif kind == 1:
        target.number_value = rng.choice([0, -0.0, 1, 1.5, -3e300, 1e-7, float(rng.getrandbits(60))])
    elif kind == 2:
        target.string_value = rng.choice(["", "a", "null", "x" * 20, "é\"\n☺"])
    elif kind == 3:
        target.bool_value = rng.random() < 0.5
    elif kind == 4:
        target.struct_value.SetInParent()
        struct(rng, target.struct_value, depth - 1, fill)
    else:
        target.list_value.SetInParent()
        list_value(rng, target.list_value, depth - 1, fill)


def struct(rng, target, depth, fill):
    for _ in range(rng.randrange(4)):
        value(rng, target.fields[rng.choice(["", "a", "b", "@type", "value", "[x]"])], depth, fill)


def list_value(rng, target, depth, fill):
    for _ in range(rng.randrange(4)):
        value(rng, target.values.add(), depth, fill)


def any_message(rng, target, depth, fill):
    if depth <= 0 or rng.random() < 0.1:
        return
    name = rng.choice([
        "every_kind.proto3.EveryKindProto3", "every_kind.proto3.Inner", "google.protobuf.Duration",
        "google.protobuf.Value", "google.protobuf.Int32Value", "google.protobuf.Empty", "google.protobuf.Any"])
    try:
        descriptor = target.DESCRIPTOR.file.pool.FindMessageTypeByName(name)
    except KeyError:  # other tests use pools of their own
        return
    content = message_factory.GetMessageClass(descriptor)()
    fill(rng, content, depth - 1)
    prefix = rng.choice(["type.googleapis.com", "type.googleapis.com", "example.com/some/path"])
    target.type_url, target.value = f"{prefix}/{name}", content.SerializeToString(deterministic=True)


MAKERS = {
    "google.protobuf.Any": any_message, "google.protobuf.Duration": duration, "google.protobuf.FieldMask": field_mask,
    "google.protobuf.ListValue": list_value, "google.protobuf.Struct": struct, "google.protobuf.Timestamp": timestamp,
    "google.protobuf.Value": value,
}
