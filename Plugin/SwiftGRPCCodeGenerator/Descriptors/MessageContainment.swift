import SwiftGRPCProtobuf

/// What the graph of all messages, with an edge from a message to each that it has a field of, says about one.
struct MessageContainment {
  /// Whether a value of the message can contain, at any depth, another one, also through lists and maps.
  var isRecursive = false
  /// Whether a value would contain another one in its own memory, so that it cannot be stored inline.
  var isRecursiveInline = false
  /// Whether the message or one that it can contain has required fields or can have extensions that do: whether a
  /// value may be uninitialised.
  var containsRequired = false
}

/// The containment of all messages of a request.
struct ContainmentTable {
  private var byMessage: [MessageDescriptor: MessageContainment] = [:]

  /// What is known about a message, which is one of the request.
  subscript(message: MessageDescriptor) -> MessageContainment { byMessage[message] ?? MessageContainment() }

  /// Works out the containment of all messages, map entries included.
  init(_ files: [FileDescriptor]) {
    var messages = files.flatMap(\.messages)
    var index = 0
    while index < messages.count {
      messages += messages[index].mapEntries
      messages += messages[index].messages
      index += 1
    }
    let indexes = Dictionary(uniqueKeysWithValues: messages.enumerated().map { ($1, $0) })
    func edges(where include: (FieldDescriptor) -> Bool) -> [[Int]] {
      messages.map { message in
        message.fields.filter(include).compactMap { field in field.messageType.flatMap { indexes[$0] } }
      }
    }

    var containments = [MessageContainment](repeating: MessageContainment(), count: messages.count)
    let all = edges { _ in true }
    for component in stronglyConnectedComponents(all) {
      // A component comes after all that it leads to, so that their answers are known.
      let containsRequired = component.contains { index in
        messages[index].hasRequiredFields || messages[index].isExtensible
          || all[index].contains { containments[$0].containsRequired }
      }
      for index in component {
        containments[index].isRecursive = component.count > 1 || all[index].contains(index)
        containments[index].containsRequired = containsRequired
      }
    }

    let inline = edges { !$0.isRepeated }
    for component in stronglyConnectedComponents(inline) {
      for index in component {
        containments[index].isRecursiveInline = component.count > 1 || inline[index].contains(index)
      }
    }
    byMessage = Dictionary(uniqueKeysWithValues: zip(messages, containments))
  }
}

/// The strongly connected components of a graph, each after all components that it has edges to (Tarjan, 1972).
///
/// Keeps its own stack: a chain of messages may be longer than the thread's stack is deep.
func stronglyConnectedComponents(_ edges: [[Int]]) -> [[Int]] {
  var components: [[Int]] = []
  var order = [Int?](repeating: nil, count: edges.count)
  var lowest = [Int](repeating: 0, count: edges.count)
  var isOpen = [Bool](repeating: false, count: edges.count)
  var open: [Int] = []
  var visited = 0

  func enter(_ node: Int) {
    order[node] = visited
    lowest[node] = visited
    visited += 1
    open.append(node)
    isOpen[node] = true
  }

  for root in edges.indices where order[root] == nil {
    enter(root)
    var calls = [(node: root, nextEdge: 0)]
    while let call = calls.last {
      let node = call.node
      if call.nextEdge < edges[node].count {
        let target = edges[node][call.nextEdge]
        calls[calls.count - 1].nextEdge += 1
        if let targetOrder = order[target] {
          if isOpen[target] { lowest[node] = min(lowest[node], targetOrder) }
        } else {
          enter(target)
          calls.append((target, 0))
        }
        continue
      }
      calls.removeLast()
      if let caller = calls.last?.node { lowest[caller] = min(lowest[caller], lowest[node]) }
      if lowest[node] == order[node] {
        guard let start = open.lastIndex(of: node) else { continue }
        components.append(Array(open[start...]))
        for member in open[start...] { isOpen[member] = false }
        open.removeSubrange(start...)
      }
    }
  }
  return components
}
