import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

/// JSON and the text format against Python's protobuf: random documents of every kind of field, also damaged ones, mean the
/// same here and there, and what we write means the same to Python.
struct DocumentDifferentialTests {
  /// A case of random_documents.py.
  private struct Case {
    enum Format: Int { case json, text }
    enum Verdict: Int { case refused, accepted, unsure }

    let format: Format
    let typeIndex: Int
    let verdict: Verdict
    let document: [UInt8]
    let message: [UInt8]

    init?(_ records: inout RecordReader) {
      guard let format = records.byte().flatMap(Format.init), let typeIndex = records.byte(),
        let verdict = records.byte().flatMap(Verdict.init)
      else { return nil }
      self.format = format
      self.typeIndex = typeIndex
      self.verdict = verdict
      document = records.bytes()
      message = records.bytes()
    }
  }

  @Test func documentsMeanTheSameAsInPythonAndOursMeanTheSameToPython() throws {
    Google_Protobuf_Any.register(messageType: EveryKind_Proto3_EveryKindProto3.self)
    Google_Protobuf_Any.register(messageType: EveryKind_Proto3_Inner.self)
    let python = try PythonProtobuf()
    var records = try python.makeCases("random_documents.py", unlessSet: 400)
    var ours = Data()
    var counts: [Case.Verdict: Int] = [:]
    var faultCount = 0
    while faultCount < 10, let next = Case(&records) {
      counts[next.verdict, default: 0] += 1
      if let fault = Self.fault(next, appendingOursTo: &ours) {
        faultCount += 1
        Issue.record(
          """
          case \(counts.values.reduce(0, +)), \(next.format) of \(EveryKindTypes.all[next.typeIndex].type.protoMessageName): \
          \(fault)
          \(String(decoding: next.document.prefix(1500), as: UTF8.self))
          """)
      }
    }
    let faults = try python.judge("random_documents.py", ours)
    #expect(faults.isEmpty, "\(faults)")
    #expect(counts[.accepted, default: 0] > counts[.refused, default: 0])
    #expect(counts[.refused, default: 0] > 10 * counts[.unsure, default: 0])
  }

  /// What we do otherwise than Python; `nil` when we agree. What we write of the message goes to the end of `ours`.
  private static func fault(_ next: Case, appendingOursTo ours: inout Data) -> String? {
    func run<M: Message>(_ type: M.Type, _ extensions: SimpleExtensionMap) -> String? {
      let got: M
      do {
        switch next.format {
        case .json: got = try M(jsonUTF8Bytes: next.document, extensions: extensions)
        case .text:
          // A text that is no UTF-8 cannot be given to us.
          guard let text = String(validating: next.document, as: UTF8.self) else { return nil }
          got = try M(textFormatString: text, extensions: extensions)
        }
      } catch {
        return next.verdict == .accepted ? "Python accepts what we refuse: \(error)" : nil
      }
      switch next.verdict {
      case .unsure: return nil
      case .refused: return "Python refuses what we accept"
      case .accepted: break
      }
      do {
        let expected = try M(serializedBytes: next.message, extensions: extensions, partial: true)
        // Compared in binary, where NaNs are equal.
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        let gotBytes: [UInt8] = try got.serializedBytes(partial: true, options: options)
        let expectedBytes: [UInt8] = try expected.serializedBytes(partial: true, options: options)
        // The bytes in an Any have maps in any order; as text they are sorted.
        guard gotBytes == expectedBytes || got.textFormatString() == expected.textFormatString() else {
          return "Python reads \(expected.textFormatString())\nwe read \(got.textFormatString())"
        }
        ours.append(contentsOf: [UInt8(next.format.rawValue), UInt8(next.typeIndex), UInt8(next.verdict.rawValue)])
        ours.appendRecord(try document(of: expected, next))
        ours.appendRecord(next.message)
        return nil
      } catch {
        return "\(error)"
      }
    }
    let (type, extensions) = EveryKindTypes.all[next.typeIndex]
    return run(type, extensions)
  }

  /// The message as we write it, with options that change from case to case.
  private static func document<M: Message>(of message: M, _ next: Case) throws -> [UInt8] {
    switch next.format {
    case .text: return Array(message.textFormatString().utf8)
    case .json:
      var options = JSONEncodingOptions()
      options.preserveProtoFieldNames = next.document.count % 2 == 0
      options.alwaysPrintEnumsAsInts = next.document.count % 3 == 0
      options.alwaysPrintInt64sAsNumbers = next.document.count % 5 == 0
      return try message.jsonUTF8Bytes(options: options)
    }
  }
}
