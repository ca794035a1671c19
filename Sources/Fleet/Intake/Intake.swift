import CLinux
import Crypto
import Facts
package import Reports
import Signing

/// Why a document was not taken.
package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// By which a sender knows whether to send it again.
  package enum Kind: Hashable, Sendable {
    case tooLarge, malformed, untrusted, clock
  }

  package let kind: Kind
  package let description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}

/// What comes from a node, read and held against what the collector believes. It has no clock, no disk and no network.
package struct Intake: Sendable {
  package enum Taken: Sendable {
    case report(Incoming)
    case snapshot(StoredSnapshot)
  }

  /// Bytes of a document as it comes, and inflated, at most.
  package static let mostBytes = 4 << 20
  package static let mostInflated = 32 << 20
  /// Seconds by which a node's clock may be ahead of the collector's.
  package static let clockSkew: Int64 = 300
  /// Results that a report may have: the largest benchmark has some 500, and merged results come on top.
  static let mostResults = 20_000
  /// Bytes of a name, as host names go (RFC 1035, 2.3.4).
  static let longestName = 253

  private let trust: Trust?
  private let inventory: Inventory
  private let keptDays: Int64

  /// - Parameters:
  ///   - trust: With it, only what is signed by a key that may speak for the node is taken.
  ///   - keptDays: Older than this many days is refused: it would be dropped at once.
  package init(trust: Trust?, inventory: Inventory, keptDays: Int64 = Retention().history) {
    self.trust = trust
    self.inventory = inventory
    self.keptDays = keptDays
  }

  /// - Parameters:
  ///   - bytes: A report, a signed report or a snapshot; gzipped or not.
  ///   - now: Seconds since 1970.
  package func read(_ bytes: [UInt8], now: Int64) throws(Refusal) -> Taken {
    guard bytes.count <= Self.mostBytes else {
      throw Refusal(.tooLarge, "\(bytes.count) bytes, more than the \(Self.mostBytes) that are taken")
    }
    let document = try Self.inflated(bytes)
    guard let kept = Gzip.isGzip(bytes) ? bytes : try? Gzip.deflated(document) else {
      throw Refusal(.tooLarge, "no memory to keep it")
    }
    if document.contains("\"payloadType\"") { return .report(try signed(document, kept, now)) }
    let content: Document
    do {
      content = try decodeDocument(document)
    } catch {
      throw Refusal(.malformed, "\(error)")
    }
    guard trust == nil else {
      throw Refusal(
        .untrusted, "not signed; this collector takes signed reports only ('--sign KEY' on the node)")
    }
    switch content {
    case .report(let report, let isCanonical):
      let digest = try digest(of: report, isCanonical ? document : nil)
      return .report(try incoming(report, kept, digest: digest, signer: nil, now))
    case .snapshot(let snapshot):
      let key = try self.key(of: snapshot.host)
      return .snapshot(
        StoredSnapshot(
          digest: hexadecimal(SHA256.hash(data: document)), host: key.key, name: key.name,
          pool: pool(of: key, snapshot.host), startedAt: try moment(snapshot.run.startedAt, now),
          document: kept))
    }
  }

  /// A report that was made here, of a node's snapshot: what is asked of others' is asked of it too.
  /// - Parameter pool: The node's, as it was when the snapshot came.
  package func judged(_ report: Report, pool: String, now: Int64) throws(Refusal) -> Incoming {
    do {
      let bytes = try encodeReport(report)
      return try incoming(
        report, try Gzip.deflated(bytes), digest: hexadecimal(SHA256.hash(data: bytes)), pool: pool,
        signer: nil, now)
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw Refusal(.malformed, "\(error)")
    }
  }

  private static func inflated(_ bytes: [UInt8]) throws(Refusal) -> [UInt8] {
    guard Gzip.isGzip(bytes) else { return bytes }
    do {
      return try Gzip.inflated(bytes, atMost: mostInflated)
    } catch {
      switch error {
      case .tooLarge(let limit):
        throw Refusal(.tooLarge, "inflates to more than the \(limit) bytes that are taken")
      case .cutShort: throw Refusal(.malformed, "the gzip stream stops before its end")
      case .noMemory: throw Refusal(.tooLarge, "no memory to read it")
      case .notGzip: throw Refusal(.malformed, "not gzip, though it begins like it")
      }
    }
  }

  private func signed(_ document: [UInt8], _ kept: [UInt8], _ now: Int64) throws(Refusal) -> Incoming {
    do {
      guard let trust else {
        let content = try SignedReport.unverified(document)
        return try incoming(content.report, kept, digest: content.digest, signer: nil, now)
      }
      let (content, signer) = try SignedReport.verify(document, by: trust.keys)
      let key = try self.key(of: content.report.host)
      guard trust.allows(signer, for: key.name) else {
        throw Refusal(
          .untrusted,
          "signed by \(signer.id.prefix(16))…, a key that may not speak for '\(harmless(key.name))'")
      }
      return try incoming(content.report, kept, digest: content.digest, signer: signer.id, now)
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw Refusal(.untrusted, "\(error)")
    }
  }

  private func key(of host: HostIdentity) throws(Refusal) -> NodeKey {
    guard let key = NodeKey(host), !key.key.isEmpty else {
      throw Refusal(.malformed, "it does not say which host it is of: neither 'id' nor a name")
    }
    guard !key.key.utf8.contains(0) else {
      throw Refusal(.malformed, "the host's name has a NUL in it, which no name has")
    }
    guard key.key.utf8.count <= Self.longestName + 17 else {
      throw Refusal(
        .malformed, "the host's name is longer than the \(Self.longestName) bytes a name can have")
    }
    return key
  }

  private func pool(of key: NodeKey, _ host: HostIdentity) -> String {
    inventory.pool(of: key.name) ?? String(NodeKey.pool(of: host).prefix(128))
  }

  private func moment(_ text: String, _ now: Int64) throws(Refusal) -> Int64 {
    guard let seconds = Moment.seconds(text) else {
      throw Refusal(
        .malformed, "'startedAt' is '\(harmless(text))', no time in UTC such as 2026-01-31T12:00:00Z")
    }
    guard seconds <= now + Self.clockSkew else {
      throw Refusal(
        .clock,
        "from the future: it says \(Moment.text(seconds)), and here it is \(Moment.text(now)); see to the node's clock"
      )
    }
    guard seconds >= now - keptDays * Moment.secondsPerDay else {
      throw Refusal(.clock, "of \(Moment.text(seconds)): older than the \(keptDays) days that are kept")
    }
    return seconds
  }

  /// - Parameters:
  ///   - digest: SHA-256 in hexadecimal of the report as the program writes it.
  ///   - pool: Nil for what the inventory or the node says.
  private func incoming(
    _ report: Report, _ kept: [UInt8], digest: String, pool: String? = nil, signer: String?, _ now: Int64
  ) throws(Refusal) -> Incoming {
    guard report.results.count <= Self.mostResults else {
      throw Refusal(
        .tooLarge, "\(report.results.count) results, more than the \(Self.mostResults) that are taken")
    }
    let own = report.own
    // Whoever has the results can count them again: a report that says otherwise is no report.
    guard Summary(own) == report.summary, Score(own) == report.score else {
      throw Refusal(.malformed, "its summary or its score is not that of its results")
    }
    let key = try self.key(of: report.host)
    let layout = Layout(benchmark: report.benchmark.name, entries: own.map(Entry.init))
    let host = report.host
    let standing = Standing(
      digest: digest, host: key.key, name: key.name,
      pool: pool ?? self.pool(of: key, host),
      facts: NodeFacts(
        os: host.os?.name ?? host.os?.id ?? "", kernel: host.kernel ?? "",
        architecture: host.architecture ?? "",
        kubelet: host.kubeletVersion ?? "", roles: host.roles.joined(separator: ", ")),
      run: report.run.id, sequence: report.run.sequence, startedAt: try moment(report.run.startedAt, now),
      receivedAt: now, benchmark: report.benchmark.name, benchmarkVersion: report.benchmark.version,
      profile: report.benchmark.digest, layout: layout.digest, statuses: own.map(\.verdict.status.letter),
      complete: report.run.complete, tally: Tally(report), signer: signer, waivers: report.waivers)
    return Incoming(
      standing: standing, layout: layout, findings: own.compactMap(Finding.init), document: kept)
  }

  /// SHA-256 of the report as the program writes it. What comes from a node is written so already, and need not be written again to
  /// be known; what somebody reformatted is.
  private func digest(of report: Report, _ content: [UInt8]?) throws(Refusal) -> String {
    if let content { return hexadecimal(SHA256.hash(data: content)) }
    do {
      return hexadecimal(SHA256.hash(data: try encodeReport(report)))
    } catch {
      throw Refusal(.malformed, "\(error)")
    }
  }
}

extension [UInt8] {
  /// Whether the text is in it.
  fileprivate func contains(_ text: StaticString) -> Bool {
    withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return false }
      return memmem(base, bytes.count, text.utf8Start, text.utf8CodeUnitCount) != nil
    }
  }
}
