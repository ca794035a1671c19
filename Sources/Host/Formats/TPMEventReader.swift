/// Takes one event after another off a log's bytes.
struct TPMEventReader {
  private var bytes: ArraySlice<UInt8>
  private var number = 0
  /// After the last byte that is not zero: the area in memory that holds the log is longer, and some kernels show all of it.
  private let end: Int

  init(_ bytes: [UInt8]) {
    self.bytes = bytes[...]
    end = bytes.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
  }

  private var failure: TPMEventLog.Failure { .init(event: number, .truncated) }

  /// Nothing but padding is left: an event of zeros alone measures nothing, the kernel takes it for the end too.
  private var isAtEnd: Bool { bytes.startIndex >= end }

  /// The header is counted as no event.
  mutating func startAfterHeader() { number = 0 }

  /// All that are left, by what takes the next one.
  mutating func rest(
    _ next: (inout TPMEventReader) throws(TPMEventLog.Failure) -> TPMEventLog.Event?
  ) throws(TPMEventLog.Failure) -> [TPMEventLog.Event] {
    var events: [TPMEventLog.Event] = []
    while let event = try next(&self) {
      guard events.count < TPMEventLog.mostEvents else { throw .init(event: number, .tooManyEvents) }
      events.append(event)
    }
    return events
  }

  /// TCG_PCClientPCREvent: register, type, a SHA-1 digest, and data with its size before it.
  mutating func nextOfSHA1() throws(TPMEventLog.Failure) -> TPMEventLog.Event? {
    guard !isAtEnd else { return nil }
    number += 1
    guard let register = bytes.popLittleEndian(UInt32.self), let type = bytes.popLittleEndian(UInt32.self),
      let digest = bytes.pop(20)
    else { throw failure }
    return try event(register, type, [digest])
  }

  /// TCG_PCR_EVENT2: register, type, digests with their algorithms, and data with its size before it.
  mutating func next(of algorithms: [Size]) throws(TPMEventLog.Failure) -> TPMEventLog.Event? {
    guard !isAtEnd else { return nil }
    number += 1
    guard let register = bytes.popLittleEndian(UInt32.self), let type = bytes.popLittleEndian(UInt32.self),
      let count = bytes.popLittleEndian(UInt32.self)
    else { throw failure }
    guard count > 0, count <= algorithms.count else { throw .init(event: number, .digestCount(count)) }
    var digests = [ArraySlice<UInt8>?](repeating: nil, count: algorithms.count)
    for _ in 0..<count {
      guard let value = bytes.popLittleEndian(UInt16.self) else { throw failure }
      let algorithm = TPMAlgorithm(rawValue: value)
      guard let place = algorithms.firstIndex(where: { $0.algorithm == algorithm }), digests[place] == nil
      else { throw .init(event: number, .digest(algorithm)) }
      guard let digest = bytes.pop(algorithms[place].bytes) else { throw failure }
      digests[place] = digest
    }
    return try event(register, type, digests)
  }

  private mutating func event(_ register: UInt32, _ type: UInt32, _ digests: [ArraySlice<UInt8>?])
    throws(TPMEventLog.Failure) -> TPMEventLog.Event
  {
    guard let size = bytes.popLittleEndian(UInt32.self), let data = bytes.pop(Int(size)) else {
      throw failure
    }
    let event = TPMEventLog.Event(register: register, type: type, digests: digests, data: data)
    // What is not measured may name any register, and 0xffffffff is usual.
    guard !event.isExtended || TPMEventLog.registers.contains(register) else {
      throw .init(event: number, .register(register))
    }
    return event
  }
}

extension TPMEventReader {
  /// An algorithm and how long its digests are in this log.
  struct Size: Hashable {
    let algorithm: TPMAlgorithm
    let bytes: Int
  }

  /// The algorithms that a crypto-agile log's first event names; nil for an event that is no such header.
  ///
  /// TCG_EfiSpecIDEvent: signature (16 bytes), platform class (4), version and word size (4), the count of algorithms (4), each
  /// with its number and digest size (2 and 2), then what the vendor says.
  static func sizes(naming first: TPMEventLog.Event) throws(TPMEventLog.Failure) -> [Size]? {
    guard !first.isExtended, first.data.starts(with: "Spec ID Event03\0".utf8) else { return nil }
    var data = first.data.dropFirst(24)
    guard let count = data.popLittleEndian(UInt32.self) else { throw .init(event: 0, .truncated) }
    guard (1...16).contains(count) else { throw .init(event: 0, .algorithmCount(count)) }
    var sizes: [Size] = []
    for _ in 0..<count {
      guard let number = data.popLittleEndian(UInt16.self), let size = data.popLittleEndian(UInt16.self)
      else { throw .init(event: 0, .truncated) }
      let algorithm = TPMAlgorithm(rawValue: number)
      guard !sizes.contains(where: { $0.algorithm == algorithm }) else {
        throw .init(event: 0, .repeatedAlgorithm(algorithm))
      }
      let isRight = algorithm.digestSize.map { $0 == Int(size) } ?? (1...64).contains(size)
      guard isRight else { throw .init(event: 0, .digestSize(algorithm, Int(size))) }
      sizes.append(Size(algorithm: algorithm, bytes: Int(size)))
    }
    return sizes
  }
}
