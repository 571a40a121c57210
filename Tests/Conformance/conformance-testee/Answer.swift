import Foundation
import SwiftGRPCProtobuf

/// What the testee answers to a request: its message in another format, or why there is none.
enum Answer {
  typealias Request = Conformance_ConformanceRequest
  typealias Result = Conformance_ConformanceResponse.OneOf_Result

  static func result(for request: Request) -> Result {
    // The runner asks first which failures are expected. An empty FailureSet has no bytes: none are.
    if request.messageType == Conformance_FailureSet.protoMessageName { return .protobufPayload(Data()) }
    if isJSPB(request) { return .skipped("JSPB is a format inside Google only") }
    guard let tested = TestedType.all[request.messageType] else {
      return .runtimeError("no message type \"\(request.messageType)\"")
    }
    return result(for: request, as: tested.type, extensions: tested.extensions)
  }

  private static func isJSPB(_ request: Request) -> Bool {
    if case .jspbPayload? = request.payload { return true }
    return request.testCategory == .jspbTest || request.requestedOutputFormat == .jspb
  }

  private static func result<M: Message>(
    for request: Request, as type: M.Type, extensions: SimpleExtensionMap
  ) -> Result {
    let message: M
    do {
      switch request.payload {
      case .protobufPayload(let bytes):
        message = try M(serializedBytes: bytes, extensions: extensions)
      case .jsonPayload(let text):
        var options = JSONDecodingOptions()
        options.ignoreUnknownFields = request.testCategory == .jsonIgnoreUnknownParsingTest
        message = try M(jsonString: text, extensions: extensions, options: options)
      case .textPayload(let text):
        message = try M(textFormatString: text, extensions: extensions)
      case .jspbPayload, nil:
        return .runtimeError("the request has no payload")
      }
    } catch {
      return .parseError("\(error)")
    }
    do {
      switch request.requestedOutputFormat {
      case .protobuf:
        return .protobufPayload(try message.serializedBytes())
      case .json:
        return .jsonPayload(try message.jsonString())
      case .textFormat:
        var options = TextFormatEncodingOptions()
        options.printUnknownFields = request.printUnknownFields
        return .textPayload(message.textFormatString(options: options))
      case .unspecified, .jspb, .UNRECOGNIZED:
        return .runtimeError("cannot write the format \(request.requestedOutputFormat)")
      }
    } catch {
      return .serializeError("\(error)")
    }
  }
}
