public import SwiftGRPC
import SwiftGRPCProtobuf

extension RPCError {
  /// Creates an error with details.
  ///
  /// ```swift
  /// throw RPCError(code: .unavailable, message: "the shop is closed", details: [.retryInfo(delay: .seconds(3600))])
  /// ```
  /// They are sent with the error's code and message, so change these before the details are set, not afterwards.
  ///
  /// - Parameters:
  ///   - code: What kind of failure it is.
  ///   - message: An explanation for people; the peer gets to see it.
  ///   - details: What else there is to say.
  ///   - metadata: Trailing metadata to send along.
  ///   - cause: The error behind this one; it is not sent.
  public init(
    code: Code, message: String, details: [ErrorDetails], metadata: Metadata = [:], cause: (any Error)? = nil
  ) {
    self.init(code: code, message: message, metadata: metadata, cause: cause)
    self.details = details
  }

  /// The details that came with the error, or that are to be sent with it; empty if there are none or they cannot be read.
  ///
  /// They count also when the code or the message beside them is not the error's own, as some peers send it.
  /// Setting them replaces what is in ``metadata`` under `grpc-status-details-bin`.
  public var details: [ErrorDetails] {
    get { (try? unpackGoogleRPCStatus())?.details ?? [] }
    set {
      metadata.removeAllValues(forKey: GoogleRPCStatus.metadataKey)
      guard !newValue.isEmpty else { return }
      let status = GoogleRPCStatus(code: code, message: message, details: newValue)
      metadata.addBinary(status.serialized, forKey: GoogleRPCStatus.metadataKey)
    }
  }

  /// The error with the details that came with it; `nil` if none came.
  ///
  /// Code and message are the error's own, those of `grpc-status` and `grpc-message`, whatever the details say.
  /// - Throws: What decoding throws if the details are no `google.rpc.Status`.
  public func unpackGoogleRPCStatus() throws -> GoogleRPCStatus? {
    guard let bytes = metadata.firstBinary(forKey: GoogleRPCStatus.metadataKey) else { return nil }
    let status = try Google_Rpc_Status(serializedBytes: bytes)
    return GoogleRPCStatus(code: code, message: message, details: status.details.map(ErrorDetails.init(unpacking:)))
  }
}
