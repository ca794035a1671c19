/// How one of a component's facts is written where people write it: on the command line, in its file, in its environment.
package struct Spelling: Hashable, Sendable {
  package let subject: String
  package let fact: String
  /// Without dashes; nil where no flag sets it.
  package let flag: String?
  /// Dotted path in the component's configuration file; nil where the file has no such key.
  package let key: String?
  /// Environment variable; nil where none sets it.
  package let variable: String?

  package init(subject: String, fact: String, flag: String?, key: String?, variable: String?) {
    self.subject = subject
    self.fact = fact
    self.flag = flag
    self.key = key
    self.variable = variable
  }
}

/// A place where files of a role are looked for.
package struct RolePlace: Hashable, Sendable {
  package let role: String
  /// Absolute.
  package let path: String
  /// How the names of files beneath the path end; nil where the path itself is meant.
  package let endings: [String]?

  package init(role: String, path: String, endings: [String]? = nil) {
    self.role = role
    self.path = path
    self.endings = endings
  }
}

/// What the collectors call that which other tools name by flags and paths, so that their files can be translated.
package struct Vocabulary: Hashable, Sendable {
  package let spellings: [Spelling]
  package let places: [RolePlace]

  package init(spellings: [Spelling], places: [RolePlace]) {
    self.spellings = spellings
    self.places = places
  }
}
