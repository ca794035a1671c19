extension ArraySlice<UInt8> {
  /// Takes an unsigned number in little-endian off the front; nil, and nothing taken, where too few bytes are left.
  mutating func popLittleEndian<Number: FixedWidthInteger & UnsignedInteger>(_: Number.Type) -> Number? {
    guard let bytes = pop(Number.bitWidth / 8) else { return nil }
    return bytes.reversed().reduce(0) { $0 << 8 | Number($1) }
  }

  /// Takes so many bytes off the front; nil, and nothing taken, where fewer are left.
  mutating func pop(_ number: Int) -> ArraySlice<UInt8>? {
    guard number >= 0, count >= number else { return nil }
    defer { self = dropFirst(number) }
    return prefix(number)
  }
}
