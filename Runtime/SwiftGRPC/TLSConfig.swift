import Foundation
import SwiftGRPCTLS

/// Where certificates and keys come from, and what is demanded of the peer's; used by clients and servers alike.
public enum TLSConfig: Sendable {
  /// How a certificate or key is written down.
  public enum SerializationFormat: Sendable, Hashable {
    /// Text between `-----BEGIN …-----` and `-----END …-----`; may hold several certificates. Spec: RFC 7468.
    case pem
    /// The bytes themselves: X.509 for a certificate, PKCS#8 for a key.
    case der
  }

  /// One or more certificates.
  public enum CertificateSource: Sendable, Hashable {
    /// In a file, which is read when the client or server starts.
    case file(path: String, format: SerializationFormat)
    /// In memory.
    case bytes([UInt8], format: SerializationFormat)
  }

  /// A private key that is not encrypted.
  public enum PrivateKeySource: Sendable, Hashable {
    /// In a file, which is read when the client or server starts.
    case file(path: String, format: SerializationFormat)
    /// In memory.
    case bytes([UInt8], format: SerializationFormat)
  }

  /// The certificate authorities to trust.
  public enum TrustRootsSource: Sendable, Hashable {
    /// Those of the system.
    case systemDefault
    /// Exactly these.
    case certificates([CertificateSource])
  }

  /// What is demanded of the peer's certificate.
  public enum CertificateVerification: Sendable, Hashable {
    /// Nothing. Whoever is on the way can pretend to be the peer.
    case noVerification
    /// That it leads to a trusted authority; the name in it does not matter.
    case noHostnameVerification
    /// That it leads to a trusted authority, and, on clients, that it is for the server's name.
    case fullVerification
  }
}

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
