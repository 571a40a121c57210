import SwiftGRPCProtobuf

/// The Swift names around one method of a service.
struct ServiceMethod {
  let descriptor: MethodDescriptor
  /// The type in the namespace `Method`, `SayHello`.
  let typeName: String
  /// The Swift methods of servers and clients, `sayHello`.
  let functionName: String
  /// The type of request messages.
  let input: String
  /// The type of response messages.
  let output: String

  init(_ method: MethodDescriptor, context: FileContext, input: String, output: String) {
    descriptor = method
    typeName = Self.typeName(for: method.name)
    functionName = Self.functionName(for: method, keepsCasing: context.options.keepsMethodCasing)
    self.input = input
    self.output = output
  }

  /// `/helloworld.Greeter/SayHello`.
  var path: String { "/\(descriptor.service.fullName)/\(descriptor.name)" }
  var isUnary: Bool { !descriptor.isClientStreaming && !descriptor.isServerStreaming }

  private static func typeName(for name: String) -> String {
    if ["Type", "Protocol", "self", "Self", "descriptors"].contains(name) { return name + "Method" }
    return ReservedNames.keywords.contains(name) ? "`\(name)`" : name
  }

  private static func functionName(for method: MethodDescriptor, keepsCasing: Bool) -> String {
    let lower = method.name.startingLower
    // Of two methods that differ in nothing but the first letter's case, each keeps its name.
    let isTaken = method.service.methods.contains { $0 != method && $0.name.startingLower == lower }
    let name = keepsCasing || isTaken ? method.name : lower
    if name == "self" || name == "Self" { return name + "_" }
    return ReservedNames.keywords.contains(name) ? "`\(name)`" : name
  }
}

extension String {
  /// The name with its first word in lower case: `getURL` for `GetURL`, `urlFor` for `URLFor`.
  fileprivate var startingLower: String {
    let capitals = unicodeScalars.prefix { !$0.isASCIILowercase }
    // The last capital before a small letter starts the second word, unless it is the first letter of all.
    let count = capitals.count == unicodeScalars.count || capitals.count <= 1 ? capitals.count : capitals.count - 1
    return String(String.UnicodeScalarView(unicodeScalars.prefix(count))).asciiLowercased
      + String(String.UnicodeScalarView(unicodeScalars.dropFirst(count)))
  }
}
