/// Kleene's three-valued logic: what is not known does not decide, and does not hide what does.
package enum Truth: Hashable, Sendable, CaseIterable {
  case no, unknown, yes

  package static prefix func ! (truth: Truth) -> Truth {
    switch truth {
    case .no: .yes
    case .unknown: .unknown
    case .yes: .no
    }
  }

  /// No if any is no; else unknown if any is unknown; yes for none at all.
  package static func all(_ truths: some Sequence<Truth>) -> Truth {
    var result = Truth.yes
    for truth in truths {
      if truth == .no { return .no }
      if truth == .unknown { result = .unknown }
    }
    return result
  }

  /// Yes if any is yes; else unknown if any is unknown; no for none at all.
  package static func any(_ truths: some Sequence<Truth>) -> Truth {
    !all(truths.map { !$0 })
  }
}
