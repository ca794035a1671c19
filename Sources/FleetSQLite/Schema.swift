import GRDB

/// The tables, as migrations: one that was released is never edited.
enum Schema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1: reports") { try $0.execute(sql: first) }
    return migrator
  }

  /// `report` has all reports' headers and answers; all below it but `document`, `snapshot` and `refused` could be made from it again, and is
  /// kept because pages are to be quick. A `stream` is one node judged by one benchmark.
  private static let first = """
    CREATE TABLE layout (
      id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, benchmark TEXT NOT NULL, entries TEXT NOT NULL);
    CREATE TABLE stream (
      id INTEGER PRIMARY KEY, host TEXT NOT NULL, benchmark TEXT NOT NULL, first_at INTEGER NOT NULL,
      latest INTEGER NOT NULL, UNIQUE (host, benchmark));
    CREATE TABLE report (
      id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, stream INTEGER NOT NULL REFERENCES stream,
      started_at INTEGER NOT NULL, received_at INTEGER NOT NULL, name TEXT NOT NULL, pool TEXT NOT NULL,
      os TEXT NOT NULL, kernel TEXT NOT NULL, architecture TEXT NOT NULL, kubelet TEXT NOT NULL, roles TEXT NOT NULL,
      run TEXT NOT NULL, sequence INTEGER NOT NULL, benchmark_version TEXT NOT NULL, profile TEXT NOT NULL,
      layout INTEGER NOT NULL REFERENCES layout, statuses BLOB NOT NULL, complete INTEGER NOT NULL,
      level INTEGER NOT NULL, passed INTEGER NOT NULL, total INTEGER NOT NULL, decided INTEGER NOT NULL,
      applicable INTEGER NOT NULL, failed INTEGER NOT NULL, critical INTEGER NOT NULL, high INTEGER NOT NULL,
      signer TEXT, waivers TEXT NOT NULL);
    CREATE INDEX report_order ON report (stream, started_at, digest);
    CREATE INDEX report_start ON report (started_at);
    CREATE TABLE document (report INTEGER PRIMARY KEY REFERENCES report, bytes BLOB NOT NULL);
    CREATE TABLE change (
      report INTEGER NOT NULL REFERENCES report, stream INTEGER NOT NULL REFERENCES stream, at INTEGER NOT NULL,
      id TEXT NOT NULL, "check" TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL);
    CREATE INDEX change_at ON change (at);
    CREATE INDEX change_check ON change ("check", stream);
    CREATE INDEX change_stream ON change (stream, at);
    CREATE INDEX change_report ON change (report);
    CREATE TABLE finding (
      "check" TEXT NOT NULL, stream INTEGER NOT NULL REFERENCES stream, id TEXT NOT NULL, document TEXT NOT NULL,
      PRIMARY KEY ("check", stream, id)) WITHOUT ROWID;
    CREATE INDEX finding_stream ON finding (stream);
    CREATE TABLE trend (
      day INTEGER NOT NULL, benchmark TEXT NOT NULL, pool TEXT NOT NULL, nodes INTEGER NOT NULL,
      passed INTEGER NOT NULL, total INTEGER NOT NULL, decided INTEGER NOT NULL, applicable INTEGER NOT NULL,
      failed INTEGER NOT NULL, critical INTEGER NOT NULL, high INTEGER NOT NULL,
      PRIMARY KEY (day, benchmark, pool)) WITHOUT ROWID;
    CREATE TABLE snapshot (
      host TEXT PRIMARY KEY, digest TEXT NOT NULL, name TEXT NOT NULL, pool TEXT NOT NULL,
      started_at INTEGER NOT NULL, bytes BLOB NOT NULL);
    CREATE TABLE refused (
      digest TEXT PRIMARY KEY, at INTEGER NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL,
      size INTEGER NOT NULL, bytes BLOB NOT NULL);
    CREATE INDEX refused_at ON refused (at);
    """
}
