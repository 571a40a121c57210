extension Message {
  /// The name of the message and its fields, for people who look for a fault.
  public var debugDescription: String {
    var printer = FieldPrinter()
    printer.print(self)
    return Self.protoMessageName + ":\n" + printer.text
  }
}
