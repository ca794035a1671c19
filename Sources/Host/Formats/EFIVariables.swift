import Facts

/// A variable as efivarfs shows it: 32 bits of attributes in little-endian, then its data; the kernel's
/// Documentation/filesystems/efivarfs.rst.
package struct EFIVariable: Hashable, Sendable {
  /// `EFI_VARIABLE_*` of the UEFI specification, section 8.2.
  package let attributes: UInt32
  package let data: [UInt8]

  /// - Returns: nil for less than the attributes: some firmware gives truncated variables.
  package init?(parsing bytes: [UInt8]) {
    var bytes = bytes[...]
    guard let attributes = bytes.popLittleEndian(UInt32.self) else { return nil }
    self.attributes = attributes
    data = Array(bytes)
  }

  /// A variable that holds one byte, 0 or 1 (`SecureBoot`, `SetupMode`, `MokSBStateRT`); nil for anything else.
  package var flag: Bool? {
    switch data {
    case [0]: false
    case [1]: true
    default: nil
    }
  }
}

/// What `PK`, `KEK`, `db` and `dbx` hold: EFI_SIGNATURE_LISTs one after another; UEFI specification, section 32.4.1.
package struct EFISignatureDatabase: Hashable, Sendable {
  package enum Failure: Error, Hashable, Sendable {
    /// A list's sizes contradict each other or reach past the variable's end.
    case malformed(list: Int)
    /// More lists or entries than any firmware keeps.
    case tooMany(limit: Int)
  }

  /// How many signatures (hashes, certificates) all lists hold together.
  package let entries: Int
  package let lists: Int

  /// - Parameter limit: The most entries that are believed; the public revocation list has some hundreds.
  package init(parsing data: [UInt8], atMost limit: Int = 65_536) throws(Failure) {
    var rest = data[...]
    var entries = 0
    var lists = 0
    while !rest.isEmpty {
      let count = try Self.entries(ofFirstListIn: &rest, number: lists + 1)
      entries += count
      lists += 1
      guard entries <= limit, lists <= limit else { throw .tooMany(limit: limit) }
    }
    self.entries = entries
    self.lists = lists
  }

  /// Takes one list: type (a GUID of 16 bytes), list size, header size, signature size, header, signatures.
  private static func entries(ofFirstListIn rest: inout ArraySlice<UInt8>, number: Int) throws(Failure) -> Int
  {
    let fixed = 28
    var head = rest.dropFirst(16)
    guard rest.count >= fixed, let listSize = head.popLittleEndian(UInt32.self),
      let headerSize = head.popLittleEndian(UInt32.self),
      let signatureSize = head.popLittleEndian(UInt32.self)
    else { throw .malformed(list: number) }
    // All three are 32 bits wide, so their sums fit into Int.
    let (list, body) = (Int(listSize), Int(listSize) - fixed - Int(headerSize))
    // A signature begins with its owner's GUID.
    guard list <= rest.count, body >= 0, signatureSize > 16, body % Int(signatureSize) == 0 else {
      throw .malformed(list: number)
    }
    rest = rest.dropFirst(list)
    return body / Int(signatureSize)
  }
}
