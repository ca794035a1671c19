/// What firmware and boot loaders say that they measured into the TPM, as `binary_bios_measurements` in securityfs has it.
///
/// Both formats of the TCG PC Client Platform Firmware Profile, section 10: events with one SHA-1 digest each, and the
/// crypto-agile ones, whose first event (`Spec ID Event03`) names the algorithms. Who can write the log is whom it is to expose,
/// so no size and no count in it is believed.
package struct TPMEventLog: Hashable, Sendable {
  package enum Format: String, Hashable, Sendable, CaseIterable {
    case sha1, cryptoAgile
  }

  package struct Event: Hashable, Sendable {
    package let register: UInt32
    /// `EV_*` of the profile, section 10.4.1.
    package let type: UInt32
    /// By the place of their algorithm in the log's `algorithms`; nil for one that this event has none of.
    package let digests: [ArraySlice<UInt8>?]
    package let data: ArraySlice<UInt8>

    /// All but `EV_NO_ACTION`, which informs whoever reads the log and is not measured.
    package var isExtended: Bool { type != 3 }
  }

  /// The most events that are believed; firmware logs some hundreds.
  package static let mostEvents = 65_536
  /// The most bytes that are read; the log's area in memory is 64 KiB on most machines.
  package static let mostBytes = 4 << 20
  /// The PCRs of a PC client.
  package static let registers: Range<UInt32> = 0..<24

  package let format: Format
  package let algorithms: [TPMAlgorithm]
  /// Without the header of a crypto-agile log.
  package let events: [Event]
  /// From where TPM2_Startup was called: PCR 0 begins with this number; section 10.4.5.3.
  package let startupLocality: UInt8

  /// - Throws: `Failure`, with nothing of the log: a part of it replays to nothing.
  package init(parsing bytes: [UInt8]) throws(Failure) {
    var reader = TPMEventReader(bytes)
    guard let first = try reader.nextOfSHA1() else { throw Failure(event: 1, .truncated) }
    if let sizes = try TPMEventReader.sizes(naming: first) {
      format = .cryptoAgile
      algorithms = sizes.map(\.algorithm)
      reader.startAfterHeader()
      events = try reader.rest { (reader: inout TPMEventReader) throws(Failure) -> Event? in
        try reader.next(of: sizes)
      }
    } else {
      format = .sha1
      algorithms = [.sha1]
      events =
        [first]
        + (try reader.rest { (reader: inout TPMEventReader) throws(Failure) -> Event? in
          try reader.nextOfSHA1()
        })
    }
    startupLocality = try Self.locality(in: events)
  }

  /// `StartupLocality` and a byte, before anything is measured into PCR 0.
  private static func locality(in events: [Event]) throws(Failure) -> UInt8 {
    var found: UInt8?
    var isExtended = false
    for (index, event) in events.enumerated() {
      if event.isExtended {
        isExtended = isExtended || event.register == 0
      } else if event.data.starts(with: "StartupLocality\0".utf8) {
        // The only localities that TPM2_Startup can be called from, or 4 for the H-CRTM.
        guard event.data.count == 17, let last = event.data.last, [0, 3, 4].contains(last), found == nil,
          !isExtended
        else { throw Failure(event: index + 1, .startupLocality) }
        found = last
      }
    }
    return found ?? 0
  }
}

extension TPMEventLog {
  /// Why a log can't be followed.
  package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
      /// It ends within an event.
      case truncated
      case tooManyEvents
      /// The header names no algorithm, or more than a TPM has.
      case algorithmCount(UInt32)
      /// The header names an algorithm twice.
      case repeatedAlgorithm(TPMAlgorithm)
      /// The header gives an algorithm's digests a size that they don't have.
      case digestSize(TPMAlgorithm, Int)
      /// An event has none, or more digests than the header names algorithms.
      case digestCount(UInt32)
      /// An event has a digest of an algorithm that the header does not name, or two of one.
      case digest(TPMAlgorithm)
      case register(UInt32)
      case startupLocality
    }

    /// Counted from 1, as they stand in the log, the header apart.
    package let event: Int
    package let reason: Reason

    package init(event: Int, _ reason: Reason) {
      self.event = event
      self.reason = reason
    }

    package var description: String { "event \(event): \(explanation)" }

    private var explanation: String {
      switch reason {
      case .truncated: "the log ends within it"
      case .tooManyEvents: "more events than any firmware logs"
      case .algorithmCount(let count): "the header names \(count) algorithms"
      case .repeatedAlgorithm(let algorithm): "the header names \(algorithm.name) twice"
      case .digestSize(let algorithm, let size): "the header gives \(algorithm.name) digests of \(size) bytes"
      case .digestCount(let count): "it has \(count) digests"
      case .digest(let algorithm): "its digest of \(algorithm.name) is not in the header, or is there twice"
      case .register(let register): "there is no PCR \(register)"
      case .startupLocality: "the startup locality is impossible here"
      }
    }
  }
}
