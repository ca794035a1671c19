import Fleet

/// A table of the store: its columns, and how ClickHouse is to keep it.
struct Table: Sendable {
  let name: String
  /// As in CREATE TABLE.
  let columns: String
  /// What ClickHouse sorts by, and by which rows are the same row.
  let key: String
  /// Of rows with one key the one that has most of it stays; empty where they are alike.
  let version: String
  /// Whether each day's rows are apart, so that they can be dropped together.
  let isByDay: Bool
  /// What decides the shard of a row.
  let shardedBy: String
  /// Rows between two marks of the primary index: few where single rows are looked for.
  let granularity: Int

  init(
    _ name: String, _ columns: String, key: String, version: String = "", isByDay: Bool = false,
    shardedBy: String = "host", granularity: Int = 1_024
  ) {
    self.name = name
    self.columns = columns
    self.key = key
    self.version = version
    self.isByDay = isByDay
    self.shardedBy = shardedBy
    self.granularity = granularity
  }

  /// The table that has the rows: with a cluster, the part of them that is this server's.
  func stored(_ cluster: String?) -> String { cluster == nil ? name : "\(name)_shard" }

  /// What makes it, where there is none.
  func statements(_ cluster: String?, database: String) -> [String] {
    let partition = isByDay ? " PARTITION BY day" : ""
    let stored = """
      CREATE TABLE IF NOT EXISTS \(stored(cluster)) (\(columns))
      ENGINE = ReplacingMergeTree(\(version))\(partition) ORDER BY (\(key)) SETTINGS index_granularity = \(granularity)
      """
    guard let cluster else { return [stored] }
    return [
      stored,
      """
      CREATE TABLE IF NOT EXISTS \(name) (\(columns))
      ENGINE = Distributed(\(cluster), \(database), \(self.stored(cluster)), cityHash64(\(shardedBy)))
      """,
    ]
  }
}

/// The tables. A row in them says something that stays true, and can be put in again without harm: no row is ever read to be written
/// otherwise, so that any number of collectors may write at once.
///
/// A report's `rank` is its place among those of its node and benchmark: see `rank(of:)`.
enum Schema {
  /// What this program makes. A table that was released is changed by a further version's ALTER, never by editing it here.
  static let version = 1

  private static let standing = """
    host String, benchmark String, rank UInt64, day Date, digest String, started_at Int64, received_at Int64, name String,
    pool String, os String, kernel String, architecture String, kubelet String, roles String, run String, sequence Int64,
    benchmark_version String, profile String, layout String, statuses String, complete UInt8, level UInt8, passed Int64,
    total Int64, decided Int64, applicable Int64, failed Int64, critical Int64, high Int64, signer Nullable(String),
    waivers String
    """

  static let tables: [Table] = [
    Table(
      "layout", "digest String, benchmark String, entries String", key: "digest", shardedBy: "digest"),
    // A report is announced here before anybody looks for what comes before and after it.
    Table(
      "link", "host String, benchmark String, rank UInt64, day Date, layout String, statuses String",
      key: "host, benchmark, rank", isByDay: true, granularity: 256),
    // The first report of each node: the least rank stays, for `least` is what is missing to the greatest number.
    Table(
      "origin", "host String, benchmark String, rank UInt64, least UInt64", key: "host, benchmark",
      version: "least"),
    Table(
      "document", "digest String, host String, day Date, bytes String", key: "digest", isByDay: true,
      granularity: 64),
    // The latest documents of nodes that have been silent for longer than documents are kept.
    Table(
      "kept", "host String, benchmark String, rank UInt64, digest String, bytes String",
      key: "host, benchmark", version: "rank", granularity: 64),
    Table(
      "finding", "slug String, host String, benchmark String, id String, rank UInt64, document String",
      key: "slug, host, benchmark, id", version: "rank"),
    // What changed from the report `since` to the report `rank`.
    Table(
      "change",
      """
      slug String, host String, benchmark String, rank UInt64, since UInt64, place UInt32, day Date, started_at Int64, id String,
      was String, became String
      """, key: "slug, host, benchmark, rank, since, place", isByDay: true),
    // A report that came late, `since`, is between `rank` and what was taken for its forerunner.
    Table(
      "late", "host String, benchmark String, rank UInt64, since UInt64, day Date",
      key: "host, benchmark, rank", version: "since", isByDay: true),
    // A node's last report of each day.
    Table(
      "daily",
      """
      day Date, host String, benchmark String, rank UInt64, pool String, passed Int64, total Int64, decided Int64,
      applicable Int64, failed Int64, critical Int64, high Int64
      """, key: "benchmark, host", version: "rank", isByDay: true, granularity: 8_192),
    Table("latest", standing, key: "host, benchmark", version: "rank"),
    // With this row a report is taken. The one that was received first stays.
    Table(
      "report", standing + ", earliness UInt32", key: "host, benchmark, rank, digest", version: "earliness",
      isByDay: true, granularity: 256),
    Table(
      "snapshot",
      "host String, rank UInt64, digest String, name String, pool String, started_at Int64, bytes String",
      key: "host", version: "rank", granularity: 64),
    Table(
      "refused", "digest String, at Int64, source String, reason String, size Int64, bytes String",
      key: "digest", version: "at", shardedBy: "digest", granularity: 64),
  ]

  /// What says of which version the tables are; each server has its own.
  static let mark = """
    CREATE TABLE IF NOT EXISTS schema (version UInt32, program String) ENGINE = ReplacingMergeTree() ORDER BY version
    """

  /// What makes the tables on a server that has none.
  static func statements(_ address: Address, _ version: Version) -> [String] {
    // The mark's table first and its row last: what has the table and not the row is being made, by this collector or another.
    var statements = [mark]
    for table in tables {
      statements += table.statements(address.cluster, database: address.database)
      // 18.16 has no way to ask for it: a power cut may cost what it took in the last half minute.
      guard version >= Version(21, 3) else { continue }
      statements.append(
        """
        ALTER TABLE \(table.stored(address.cluster))
        MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1
        """)
    }
    return statements + [
      "INSERT INTO schema (version, program) VALUES (\(Self.version), 'plumbline-fleet')"
    ]
  }
}

/// A report's place among those of its node and benchmark, as stores order them, in one number: seconds since 1970, then the first
/// 31 bits of the digest. (Two of one second that share those bits too would be taken for one; their digests would have to be made
/// for that, by the node itself.)
func rank(startedAt: Int64, digest: String) -> UInt64 {
  let seconds = UInt64(clamping: startedAt)
  return min(seconds, UInt64(UInt32.max)) << 31 | (UInt64(digest.prefix(8), radix: 16) ?? 0) >> 1
}

/// The second of a rank.
func seconds(ofRank rank: UInt64) -> Int64 { Int64(rank >> 31) }
