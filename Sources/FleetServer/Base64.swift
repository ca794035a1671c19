import Foundation

/// RFC 4648, section 4; nil where it is none.
func base64(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { Array($0) } }
