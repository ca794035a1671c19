import CYAML

/// How much of a document is taken, so that a hostile one costs no more than this.
package struct Limits: Hashable, Sendable {
  package var bytes = 4 << 20
  package var depth = 64
  package var nodes = 50_000
  /// Values that aliases may stand for, all together.
  package var aliased = 10_000

  package init() {}
}

/// Reads the first document of a YAML (or JSON, which is YAML) text with libyaml into nodes that know their lines.
///
/// Tags are passed over, and merge keys (`<<`, of YAML 1.1) are not supported: `<<` is a key like any other, so that
/// what a mapping holds is what stands in it.
/// - Throws: `YAMLError` with the line.
package func parseYAML(_ bytes: [UInt8], limits: Limits = Limits()) throws(YAMLError) -> Node {
  let documents = try parseYAMLDocuments(bytes, limits: limits, atMost: 1)
  guard let first = documents.first else { throw YAMLError(line: 1, .noDocument) }
  return first
}

/// Reads the documents of a YAML stream.
package func parseYAMLDocuments(_ bytes: [UInt8], limits: Limits = Limits(), atMost count: Int = 64)
  throws(YAMLError) -> [Node]
{
  guard bytes.count <= limits.bytes else { throw YAMLError(line: 1, .tooLarge(limit: limits.bytes)) }
  // libyaml's parser holds a pointer to itself, so it may not move as a Swift variable might.
  let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  defer { parser.deallocate() }
  guard yaml_parser_initialize(parser) == 1 else { throw YAMLError(line: 1, .syntax("out of memory")) }
  defer { yaml_parser_delete(parser) }
  var result: Result<[Node], YAMLError> = .success([])
  bytes.withUnsafeBufferPointer { buffer in
    yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
    do throws(YAMLError) {
      var composer = Composer(limits: limits)
      result = .success(try composer.documents(parser, atMost: count))
    } catch {
      result = .failure(error)
    }
  }
  return try result.get()
}

/// Builds nodes from libyaml's events, without recursion into C and with every bound counted here.
private struct Composer {
  let limits: Limits
  private var anchors: [String: (node: Node, size: Int)] = [:]
  private var nodes = 0
  private var aliased = 0

  init(limits: Limits) { self.limits = limits }

  mutating func documents(_ parser: UnsafeMutablePointer<yaml_parser_t>, atMost count: Int) throws(YAMLError)
    -> [Node]
  {
    var documents: [Node] = []
    while documents.count < count {
      let event = try Event(next: parser)
      switch event.kind {
      case YAML_STREAM_END_EVENT: return documents
      case YAML_DOCUMENT_START_EVENT:
        anchors = [:]
        let first = try Event(next: parser)
        documents.append(try node(from: first, parser, depth: 1).node)
      default: continue
      }
    }
    return documents
  }

  private mutating func node(from event: Event, _ parser: UnsafeMutablePointer<yaml_parser_t>, depth: Int)
    throws(YAMLError) -> (node: Node, size: Int)
  {
    guard depth <= limits.depth else { throw YAMLError(line: event.line, .tooDeep(limit: limits.depth)) }
    nodes += 1
    guard nodes <= limits.nodes else { throw YAMLError(line: event.line, .tooManyNodes(limit: limits.nodes)) }
    let built: (node: Node, size: Int)
    switch event.kind {
    case YAML_ALIAS_EVENT:
      guard let known = anchors[event.anchor ?? ""] else {
        throw YAMLError(line: event.line, .unknownAlias(event.anchor ?? ""))
      }
      aliased += known.size
      guard aliased <= limits.aliased else {
        throw YAMLError(line: event.line, .tooManyAliases(limit: limits.aliased))
      }
      return known
    case YAML_SCALAR_EVENT:
      built = (Node(.scalar(event.text, isPlain: event.isPlain), line: event.line), 1)
    case YAML_SEQUENCE_START_EVENT: built = try sequence(event, parser, depth: depth)
    case YAML_MAPPING_START_EVENT: built = try mapping(event, parser, depth: depth)
    default: throw YAMLError(line: event.line, .syntax("unexpected end of the document"))
    }
    if let anchor = event.anchor { anchors[anchor] = built }
    return built
  }

  private mutating func sequence(_ start: Event, _ parser: UnsafeMutablePointer<yaml_parser_t>, depth: Int)
    throws(YAMLError) -> (node: Node, size: Int)
  {
    var items: [Node] = []
    var size = 1
    while true {
      let event = try Event(next: parser)
      if event.kind == YAML_SEQUENCE_END_EVENT { break }
      let item = try node(from: event, parser, depth: depth + 1)
      items.append(item.node)
      size += item.size
    }
    return (Node(.sequence(items), line: start.line), size)
  }

  private mutating func mapping(_ start: Event, _ parser: UnsafeMutablePointer<yaml_parser_t>, depth: Int)
    throws(YAMLError) -> (node: Node, size: Int)
  {
    var entries: [Node.Entry] = []
    var keys: Set<String> = []
    var size = 1
    while true {
      let event = try Event(next: parser)
      if event.kind == YAML_MAPPING_END_EVENT { break }
      guard event.kind == YAML_SCALAR_EVENT else { throw YAMLError(line: event.line, .keyNotScalar) }
      guard keys.insert(event.text).inserted else {
        throw YAMLError(line: event.line, .duplicateKey(event.text))
      }
      let value = try node(from: try Event(next: parser), parser, depth: depth + 1)
      entries.append(Node.Entry(key: event.text, keyLine: event.line, value: value.node))
      size += value.size
    }
    return (Node(.mapping(entries), line: start.line), size)
  }
}

/// One of libyaml's events, copied out so that its memory can be given back at once.
private struct Event {
  let kind: yaml_event_type_t
  let line: Int
  var text = ""
  var isPlain = false
  var anchor: String?

  init(next parser: UnsafeMutablePointer<yaml_parser_t>) throws(YAMLError) {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else {
      let problem = parser.pointee.problem.map { String(cString: $0) } ?? "not YAML"
      throw YAMLError(line: Int(parser.pointee.problem_mark.line) + 1, .syntax(problem))
    }
    defer { yaml_event_delete(&event) }
    kind = event.type
    line = Int(event.start_mark.line) + 1
    switch kind {
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
      anchor = Self.name(scalar.anchor)
    case YAML_ALIAS_EVENT: anchor = Self.name(event.data.alias.anchor)
    case YAML_SEQUENCE_START_EVENT: anchor = Self.name(event.data.sequence_start.anchor)
    case YAML_MAPPING_START_EVENT: anchor = Self.name(event.data.mapping_start.anchor)
    default: break
    }
  }

  private static func name(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }
}
