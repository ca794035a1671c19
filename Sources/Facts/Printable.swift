/// Text that is safe to print and to store, made from bytes that anyone on the host may have chosen.
///
/// Valid UTF-8 stays; control characters (terminal escapes among them), bidirectional overrides and bytes that are not UTF-8
/// become `\xNN` or `\u{NNNN}`, and a backslash becomes `\\` only where something was escaped, so that ordinary names stay
/// ordinary.
@inlinable
package func printable(_ bytes: some Collection<UInt8>, atMost limit: Int = 512) -> String {
  printable(Array(bytes), limit: limit)
}

@usableFromInline
package func printable(_ bytes: [UInt8], limit: Int) -> String {
  // Nearly everything on a host is plain ASCII: it is taken as it is, without a look at each scalar.
  if bytes.count <= limit, bytes.allSatisfy({ (0x20...0x7e).contains($0) }) {
    return String(decoding: bytes, as: UTF8.self)
  }
  let (text, hasEscapes) = escaped(bytes, atMost: limit, doublingBackslashes: false)
  return hasEscapes ? escaped(bytes, atMost: limit, doublingBackslashes: true).text : text
}

private func escaped(_ bytes: [UInt8], atMost limit: Int, doublingBackslashes: Bool)
  -> (text: String, hasEscapes: Bool)
{
  var text = ""
  var hasEscapes = false
  var rest = bytes[...]
  while !rest.isEmpty {
    if text.utf8.count >= limit { return (text + "…", hasEscapes) }
    let (scalar, length) = nextScalar(rest)
    if let scalar, !isUnprintable(scalar) {
      text.unicodeScalars.append(scalar)
      if doublingBackslashes, scalar == "\\" { text += "\\" }
    } else if let scalar, scalar.value > 0x7f {
      text += "\\u{\(String(scalar.value, radix: 16))}"
      hasEscapes = true
    } else if let byte = rest.first {
      text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      hasEscapes = true
    }
    rest = rest.dropFirst(length)
  }
  return (text, hasEscapes)
}

private func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
  default: false
  }
}

/// The scalar that the bytes begin with and how many bytes it takes; nil and 1 where they are not UTF-8.
private func nextScalar(_ bytes: ArraySlice<UInt8>) -> (Unicode.Scalar?, Int) {
  var decoder = UTF8()
  var iterator = bytes.prefix(4).makeIterator()
  if case .scalarValue(let scalar) = decoder.decode(&iterator) { return (scalar, UTF8.width(scalar)) }
  return (nil, 1)
}
