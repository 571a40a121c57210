extension ProtoDescriptor {
  /// A service with its methods.
  public struct Service: Element {
    let place: FileContent.Place
    private var content: FileContent.ServiceContent { place.file.services[place.index] }

    /// The service as its file describes it.
    public var proto: Google_Protobuf_ServiceDescriptorProto { content.proto }

    /// The name in its package.
    public var name: String { proto.name }

    /// The name on the wire: package and name, without a leading dot.
    public var fullName: String { content.fullName }

    /// The options of the service.
    public var options: Google_Protobuf_ServiceOptions { proto.options }

    /// The features that hold for the service.
    public var features: Features { content.features }

    /// The file that declares the service.
    public var file: File { File(content: place.file) }

    /// Where the service's description is in its file's.
    public var path: [Int32] { [DescriptorPath.fileService, Int32(place.index)] }

    /// The methods in the order of declaration.
    public var methods: List<Method> { List(place.file, content.methods, Method.init) }

    /// The method with this name.
    public func method(named name: String) -> Method? {
      content.methodsByName[name].map { Method(place: place.at($0)) }
    }
  }

  /// A method of a service, an rpc.
  public struct Method: Element {
    let place: FileContent.Place
    private var content: FileContent.MethodContent { place.file.methods[place.index] }

    /// The method as its service describes it.
    public var proto: Google_Protobuf_MethodDescriptorProto { content.proto }

    /// The name in its service.
    public var name: String { proto.name }

    /// The name with that of the service, without a leading dot.
    public var fullName: String { "\(service.fullName).\(name)" }

    /// The options of the method.
    public var options: Google_Protobuf_MethodOptions { proto.options }

    /// The features that hold for the method.
    public var features: Features { content.features }

    /// The file that declares the method.
    public var file: File { File(content: place.file) }

    /// The service that the method belongs to.
    public var service: Service { Service(place: place.at(content.service)) }

    /// The type of request messages.
    public var input: Message { Message(place: content.input.place(seenFrom: place.file)) }

    /// The type of response messages.
    public var output: Message { Message(place: content.output.place(seenFrom: place.file)) }

    /// Whether the client sends any number of messages rather than one.
    public var isClientStreaming: Bool { proto.clientStreaming }

    /// Whether the server sends any number of messages rather than one.
    public var isServerStreaming: Bool { proto.serverStreaming }

    /// Where the method's description is in its file's.
    public var path: [Int32] {
      let first = place.file.services[content.service].methods.lowerBound
      return service.path + [DescriptorPath.serviceMethod, Int32(place.index - first)]
    }
  }
}
