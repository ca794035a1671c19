import Crypto

/// A number that is a host's own and the same at every start: the first eight bytes of a SHA-256 over its id.
package func spread(of hostID: String) -> UInt64 {
  SHA256.hash(data: Array(hostID.utf8)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
}
