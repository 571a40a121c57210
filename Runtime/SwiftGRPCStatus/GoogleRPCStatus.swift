public import SwiftGRPC
import SwiftGRPCProtobuf

/// An error with details, as services of many languages send and read it.
///
/// A handler throws one, or an ``RPCError`` with `details`, which comes to the same. A client finds the details of an error
/// with ``RPCError/details``, or makes this of the error with ``RPCError/unpackGoogleRPCStatus()``.
///
/// On the wire it is a `google.rpc.Status` in the trailing metadata, under `grpc-status-details-bin`; its code and message
/// are there twice, the second time in `grpc-status` and `grpc-message`, which are the ones that count when a call ends.
public struct GoogleRPCStatus: Error, Hashable, Sendable {
  /// What kind of failure it is.
  public var code: RPCError.Code

  /// An explanation for developers.
  public var message: String

  /// What else there is to say.
  public var details: [ErrorDetails]

  /// Creates an error with details.
  public init(code: RPCError.Code, message: String, details: [ErrorDetails]) {
    self.code = code
    self.message = message
    self.details = details
  }

  /// Creates an error with details.
  public init(code: RPCError.Code, message: String, details: ErrorDetails...) {
    self.init(code: code, message: message, details: details)
  }

  /// The key under which the error goes over the wire.
  static let metadataKey = "grpc-status-details-bin"

  /// The bytes of the `google.rpc.Status`.
  var serialized: [UInt8] {
    let status = Google_Rpc_Status.with {
      $0.code = Int32(code.rawValue)
      $0.message = message
      $0.details = details.map(\.packed)
    }
    // It has no required field, which is all that could make this fail.
    return (try? status.serializedBytes()) ?? []
  }
}

extension GoogleRPCStatus: RPCErrorConvertible {
  /// The error's code.
  public var rpcErrorCode: RPCError.Code { code }

  /// The error's message.
  public var rpcErrorMessage: String { message }

  /// The whole error under `grpc-status-details-bin`.
  public var rpcErrorMetadata: Metadata { [Self.metadataKey: .binary(serialized)] }

  /// None: the error is no more than what is sent.
  public var rpcErrorCause: (any Error)? { nil }
}
