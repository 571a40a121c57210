// Foundation's streams as sources and sinks of messages. A module of its own, because programs that do without them do
// without all of Foundation, which is more than half of a small program.

public import Foundation
public import SwiftGRPCProtobuf

extension InputStream: ByteInputStream {}

extension OutputStream: ByteOutputStream {}
