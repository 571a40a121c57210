import Foundation
import SwiftGRPCTLS

extension TLSConfig {
  /// The PEM text of all certificates together.
  ///
  /// - Throws: ``RPCError`` with `unavailable` that names the file that cannot be read.
  static func pem(of sources: [CertificateSource]) throws(RPCError) -> TLSConfiguration.PEM {
    var text: [UInt8] = []
    for source in sources {
      switch source {
      case .file(let path, let format): text += pem(try read(path, "certificate"), format, label: "CERTIFICATE")
      case .bytes(let bytes, let format): text += pem(bytes, format, label: "CERTIFICATE")
      }
    }
    return .bytes(text)
  }

  /// The PEM text of each revocation list.
  ///
  /// - Throws: ``RPCError`` with `unavailable` that names the file that cannot be read.
  static func revocationLists(_ sources: [CertificateSource]) throws(RPCError) -> [TLSConfiguration.PEM] {
    var lists: [TLSConfiguration.PEM] = []
    for source in sources {
      switch source {
      case .file(let path, let format):
        lists.append(.bytes(pem(try read(path, "revocation list"), format, label: "X509 CRL")))
      case .bytes(let bytes, let format):
        lists.append(.bytes(pem(bytes, format, label: "X509 CRL")))
      }
    }
    return lists
  }

  /// The PEM text of a key.
  ///
  /// - Throws: ``RPCError`` with `unavailable` that names the file that cannot be read.
  static func pem(of source: PrivateKeySource) throws(RPCError) -> TLSConfiguration.PEM {
    switch source {
    case .file(let path, let format): .bytes(pem(try read(path, "private key"), format, label: "PRIVATE KEY"))
    case .bytes(let bytes, let format): .bytes(pem(bytes, format, label: "PRIVATE KEY"))
    }
  }

  /// The roots as the TLS engine takes them.
  ///
  /// - Throws: ``RPCError`` with `unavailable` that names the file that cannot be read.
  static func trustRoots(_ source: TrustRootsSource) throws(RPCError) -> TLSConfiguration.TrustRoots {
    switch source {
    case .systemDefault: .system
    case .certificates(let sources): .pem(try pem(of: sources))
    }
  }

  private static func pem(_ bytes: [UInt8], _ format: SerializationFormat, label: String) -> [UInt8] {
    switch format {
    case .pem:
      return bytes.last == UInt8(ascii: "\n") ? bytes : bytes + "\n".utf8
    case .der:
      let base64 = Data(bytes).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
      return Array("-----BEGIN \(label)-----\n\(base64)\n-----END \(label)-----\n".utf8)
    }
  }

  private static func read(_ path: String, _ what: String) throws(RPCError) -> [UInt8] {
    do {
      return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw RPCError(code: .unavailable, message: "cannot read the \(what) file \(path): \(error)", cause: error)
    }
  }
}
