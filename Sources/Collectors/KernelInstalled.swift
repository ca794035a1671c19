import Facts
import Host
import SystemPackage

/// Which kernels are installed, and whether the one that runs is the newest: an update is closed holes only after a reboot.
enum KernelInstalled {
  static let declarations: [Declaration] = [
    .init(
      "installed", .list, "The releases of the kernels that are installed, of the running one's flavour."),
    .init("installed.newest", .text, "The newest of them."),
    .init("isNewest", .flag, "Whether no newer kernel is installed than the one that runs."),
  ]

  /// - Parameter release: Of the kernel that runs.
  static func add(_ root: borrowing HostRoot, release: Fact, to entity: inout Entity) {
    let facts = declarations.map(\.name)
    guard let running = release.value?.description else {
      for fact in facts { entity[fact] = release }
      return
    }
    let sources: [Source] = [.inode("/boot"), .inode("/usr/lib/modules")]
    do throws(HostError) {
      let all = try releases(root)
      let same = all.filter { flavour($0) == flavour(running) }.sorted { precedes($0, $1) }
      guard let newest = same.last else {
        // Images keep their kernel elsewhere: nothing can be compared.
        for fact in facts { entity[fact] = .absent(sources) }
        return
      }
      entity["installed"] = .observed(.texts(same.suffix(10)), sources)
      entity["installed.newest"] = .observed(.text(newest), sources)
      entity["isNewest"] = .observed(.flag(!precedes(running, newest)), sources)
    } catch {
      for fact in facts { entity[fact] = .failed(error) }
    }
  }

  /// `/boot/vmlinuz-RELEASE` of Debian, SUSE and older Red Hat; `/usr/lib/modules/RELEASE/vmlinuz` of Fedora, RHEL, Arch and OSTree.
  /// A directory of modules without a kernel is what an old one left behind.
  private static func releases(_ root: borrowing HostRoot) throws(HostError) -> Set<String> {
    var found: Set<String> = []
    for name in try names(in: "boot", root) {
      guard name.hasPrefix("vmlinuz-"), !name.hasPrefix("vmlinuz-0-rescue") else { continue }
      found.insert(String(name.dropFirst(8)))
    }
    for name in try names(in: "usr/lib/modules", root) {
      switch root.presence(FilePath("usr/lib/modules/\(name)/vmlinuz")) {
      case .success(true): found.insert(name)
      case .success(false): continue
      case .failure(let error): throw error
      }
    }
    return found.filter { $0.first?.isNumber == true }
  }

  private static func names(in directory: FilePath, _ root: borrowing HostRoot) throws(HostError) -> [String]
  {
    do throws(HostError) {
      return try root.names(in: directory, atMost: 4096).map { printable($0.string.utf8, atMost: 128) }
    } catch {
      guard error.reason == .absent else { throw error }
      return []
    }
  }

  /// What follows the numbers: `amd64`, `cloud-amd64`, `generic`, `azure`; Debian and Ubuntu install several side by side.
  static func flavour(_ release: String) -> Substring {
    guard let start = release.split(separator: "-").dropFirst().first(where: { $0.first?.isLetter == true })
    else { return "" }
    return release[start.startIndex...]
  }

  /// Runs of digits by their number, anything else by its text, as rpm and dpkg compare: `5.14.0-503.9` before `5.14.0-503.11`.
  static func precedes(_ left: String, _ right: String) -> Bool {
    let (left, right) = (runs(left), runs(right))
    for (one, other) in zip(left, right) where one != other {
      switch (one.utf8.decimal, other.utf8.decimal) {
      case (let a?, let b?): if a != b { return a < b }
      // A number is newer than a word: 6.12.1 than 6.12-rc1.
      case (_?, nil): return false
      case (nil, _?): return true
      case (nil, nil): return one < other
      }
    }
    return left.count < right.count
  }

  private static func runs(_ text: String) -> [String] {
    var runs: [String] = []
    var isNumber: Bool?
    for character in text {
      guard character.isASCII, character.isLetter || character.isNumber else {
        isNumber = nil
        continue
      }
      if isNumber == character.isNumber, let last = runs.indices.last {
        runs[last].append(character)
      } else {
        runs.append(String(character))
      }
      isNumber = character.isNumber
    }
    return runs
  }
}

/// What runs files that are no programs of this machine: binfmt_misc; Documentation/admin-guide/binfmt-misc.rst.
enum BinaryFormats {
  static let declarations: [Declaration] = [
    .init(
      "binfmt.handlers", .list, "Handlers of further executable formats that are on, as NAME: INTERPRETER."),
    .init(
      "binfmt.credentials", .list,
      "Those whose interpreter runs with the rights of the file it is given, setuid ones too (flag C)."),
    .init(
      "binfmt.fixed", .list,
      "Those whose interpreter was opened when it was registered, so that containers use the host's (flag F)."
    ),
  ]

  private static let directory: FilePath = "proc/sys/fs/binfmt_misc"
  private static let most = 256

  static func add(_ host: borrowing HostView, to entity: inout Entity) {
    let source = Source.inode(place(directory))
    do throws(HostError) {
      let names = try host.root.names(in: directory, atMost: 4096)
      guard !names.isEmpty else { return fill(&entity, empty(host, source)) }
      var handlers: [(name: String, interpreter: String, flags: String)] = []
      for name in names.prefix(most) where name.string != "register" && name.string != "status" {
        let bytes = try host.root.bytes(directory.appending(name), atMost: 65_536)
        guard let handler = handler(bytes) else { continue }
        handlers.append((printable(name.string.utf8, atMost: 64), handler.interpreter, handler.flags))
      }
      entity["binfmt.handlers"] = .observed(.texts(handlers.map { "\($0.name): \($0.interpreter)" }), source)
      entity["binfmt.credentials"] = .observed(
        .texts(handlers.filter { $0.flags.contains("C") }.map(\.name)), source)
      entity["binfmt.fixed"] = .observed(
        .texts(handlers.filter { $0.flags.contains("F") }.map(\.name)), source)
    } catch {
      // The directory is there as soon as the module is.
      fill(&entity, .failed(error, source))
    }
  }

  /// An empty directory: handlers are registered in the filesystem, so where nobody has mounted it (systemd does when it is first
  /// looked at) there are none.
  private static func empty(_ host: borrowing HostView, _ source: Source) -> Fact {
    guard case .success(let table) = host.mounts else {
      return .unreadable(.notMounted, detail: "binfmt_misc is not mounted there", source)
    }
    return table.mounts(ofType: "binfmt_misc").isEmpty
      ? .observed(.texts([]), [.file(table.place), source])
      : .unreadable(
        .notVisible, detail: "the host has binfmt_misc mounted, and it can't be seen from here", source)
  }

  private static func fill(_ entity: inout Entity, _ fact: Fact) {
    for declaration in declarations { entity[declaration.name] = fact }
  }

  /// `enabled`, `interpreter /usr/bin/qemu-aarch64-static`, `flags: OCF`, then what it recognizes. Nil for one that is off.
  static func handler(_ bytes: [UInt8]) -> (interpreter: String, flags: String)? {
    var (interpreter, flags, isEnabled) = ("", "", false)
    for line in bytes.lines {
      let text = printable(line, atMost: 1024)
      if text == "enabled" { isEnabled = true }
      if text.hasPrefix("interpreter ") { interpreter = String(text.dropFirst(12)) }
      if text.hasPrefix("flags: ") { flags = String(text.dropFirst(7)) }
    }
    return isEnabled ? (interpreter, flags) : nil
  }
}
