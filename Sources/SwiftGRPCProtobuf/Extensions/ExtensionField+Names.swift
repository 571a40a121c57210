// The names under which generated code and programs know the extension fields of the types that are generated.

/// An extension that is an enum.
public typealias OptionalEnumExtensionField<E: Enum> = OptionalExtensionField<ProtobufEnum<E>>
/// A repeated extension of an enum.
public typealias RepeatedEnumExtensionField<E: Enum> = RepeatedExtensionField<ProtobufEnum<E>>
/// A repeated extension of an enum, encoded as a packed list.
public typealias PackedEnumExtensionField<E: Enum> = PackedExtensionField<ProtobufEnum<E>>
/// An extension that is a message.
public typealias OptionalMessageExtensionField<M: Message> = OptionalExtensionField<ProtobufMessage<M>>
/// A repeated extension of a message.
public typealias RepeatedMessageExtensionField<M: Message> = RepeatedExtensionField<ProtobufMessage<M>>
/// An extension that is a group.
public typealias OptionalGroupExtensionField<M: Message> = OptionalExtensionField<ProtobufGroup<M>>
/// A repeated extension of a group.
public typealias RepeatedGroupExtensionField<M: Message> = RepeatedExtensionField<ProtobufGroup<M>>
