import ArgumentParser
import Fleet
import FleetClickHouse
import FleetSQLite
import Foundation

/// Opens the store that is meant: ClickHouse by its address, SQLite by its path.
/// - Throws: `ValidationError` for a name that can be neither, `StoreProblem`.
func openStore(_ name: String, passwordFile: String?, authorities: String?) async throws -> any Store {
  guard Address.isMeant(name) else {
    guard !name.contains("://") else {
      throw ValidationError("--store \(name): is no path, and does not begin with clickhouse://")
    }
    guard passwordFile == nil, authorities == nil else {
      throw ValidationError("--store \(name): a file has no password and no certificate authorities")
    }
    return try SQLiteStore(path: name)
  }
  let address = try address(name)
  // Who names authorities takes the password for encrypted on its way.
  guard authorities == nil || address.isEncrypted else {
    throw ValidationError(
      "--store \(name): is not encrypted, and --store-ca would do nothing; with HTTPS the address begins with clickhouses://"
    )
  }
  return try await ClickHouseStore(
    address, try access(passwordFile: passwordFile, authorities: authorities))
}

/// - Throws: `ValidationError`.
func address(_ name: String) throws -> Address {
  do { return try Address(name) } catch { throw ValidationError("--store \(name): \(error)") }
}

/// The password is in a file or in the environment, never on the command line, where every user of the machine can read it.
private func access(passwordFile: String?, authorities: String?) throws -> Access {
  var password = ProcessInfo.processInfo.environment["PLUMBLINE_STORE_PASSWORD"]
  if let passwordFile {
    do {
      password = String(decoding: try content(of: passwordFile), as: UTF8.self)
        .trimmingCharacters(in: .newlines)
    } catch {
      throw ValidationError("--store-password-file \(passwordFile): \(error)")
    }
  }
  guard password?.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) ?? true else {
    throw ValidationError("the store's password has control characters in it")
  }
  var certificates: [UInt8]?
  if let authorities {
    do { certificates = try content(of: authorities) } catch {
      throw ValidationError("--store-ca \(authorities): \(error)")
    }
  }
  return Access(password: password, authorities: certificates)
}
