import Foundation
import InteropService
import SwiftGRPC
import SwiftGRPCProtobuf

/// The service that the cases call.
typealias TestService = Grpc_Testing_TestService.Client

/// The lengths of the requests of the streaming cases.
let requestSizes = [27182, 8, 1828, 45904]
/// The lengths of the responses of the streaming cases.
let responseSizes: [Int32] = [31415, 9, 2653, 58979]
/// The message of the status that the server is asked for.
let statusMessage = "test status message"
/// A message that needs the percent-encoding.
let specialStatusMessage = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"

/// No call of a case lasts this long, unless it hangs.
let options: CallOptions = {
  var options = CallOptions.defaults
  options.timeout = .seconds(20)
  return options
}()

/// A body of zeroes.
func payload(_ byteCount: Int) -> Grpc_Testing_Payload {
  .with { $0.body = .zeroes(byteCount) }
}

/// The request of the case large_unary.
var largeRequest: Grpc_Testing_SimpleRequest {
  .with {
    $0.responseSize = 314159
    $0.payload = payload(271828)
  }
}

/// The answer to ``largeRequest``.
var largeResponse: Grpc_Testing_SimpleResponse {
  .with { $0.payload = payload(314159) }
}

/// A request with a body that asks for one response.
func outputRequest(responseSize: Int32, requestSize: Int) -> Grpc_Testing_StreamingOutputCallRequest {
  .with {
    $0.responseParameters = [.with { $0.size = responseSize }]
    $0.payload = payload(requestSize)
  }
}

/// A response with a body.
func outputResponse(_ size: Int32) -> Grpc_Testing_StreamingOutputCallResponse {
  .with { $0.payload = payload(Int(size)) }
}

/// The status that the server is asked for.
func status(_ message: String) -> Grpc_Testing_EchoStatus {
  .with {
    $0.code = 2
    $0.message = message
  }
}
