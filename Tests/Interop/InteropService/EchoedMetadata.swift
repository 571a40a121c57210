import Foundation

/// The metadata that the interoperability cases send to the server and expect back.
public enum EchoedMetadata {
  /// The server returns its values in the initial metadata.
  public static let initialKey = "x-grpc-test-echo-initial"

  /// What clients send under ``initialKey``.
  public static let initialValue = "test_initial_metadata_value"

  /// The server returns its values in the trailing metadata.
  public static let trailingKey = "x-grpc-test-echo-trailing-bin"

  /// The server ends the call with the `google.rpc.Status` that is its value. This package's own.
  public static let statusKey = "x-test-status-details-bin"

  /// What clients send under ``trailingKey``.
  public static let trailingValue: [UInt8] = [0xab, 0xab, 0xab]
}

extension Data {
  /// A body of zeroes, as all the cases use them.
  public static func zeroes(_ count: Int) -> Data { Data(count: count) }
}
