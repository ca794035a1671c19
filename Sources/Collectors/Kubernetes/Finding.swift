import Facts

/// What one place (a command line, an environment, a file) says of one parameter.
enum Finding: Hashable, Sendable {
  /// It could not set it.
  case notApplicable
  /// It could, and does not.
  case silent(Source)
  /// Its value; the deciding occurrence first, then what stood there before.
  case set(Value, [Source])
  /// It unsets what weaker places say.
  case cleared(Source)
  case unreadable(Obstacle, detail: String, Source)
}

/// One place that a component takes values from.
enum Layer: Sendable {
  case commandLine(CommandFlags)
  case environment(EnvironmentSettings)
  case file(ConfigurationDocument)
  /// Flags that are, or may be, set where it can't be seen.
  case opaque(OpaqueFlags)
  /// A command line or environment that could not be read: every flag may stand in it.
  case unreadableFlags(Obstacle, detail: String, Source)
  /// A file or drop-in that could not be read: every key may stand in it.
  case unreadableKeys(Obstacle, detail: String, Source)

  func finding(_ parameter: Parameter) -> Finding {
    switch self {
    case .commandLine(let flags): flags.finding(parameter)
    case .environment(let settings): settings.finding(parameter)
    case .file(let document): document.finding(parameter)
    case .opaque(let flags):
      parameter.flag.flatMap(flags.failure).map {
        .unreadable($0.obstacle, detail: $0.detail, $0.source)
      } ?? .notApplicable
    case .unreadableFlags(let obstacle, let detail, let source):
      parameter.flag == nil ? .notApplicable : .unreadable(obstacle, detail: detail, source)
    case .unreadableKeys(let obstacle, let detail, let source):
      parameter.key == nil ? .notApplicable : .unreadable(obstacle, detail: detail, source)
    }
  }
}

extension CommandFlags {
  func finding(_ parameter: Parameter) -> Finding {
    guard let flag = parameter.flag else { return .notApplicable }
    let settings = self[flag]
    guard let last = settings.last else { return .silent(source(of: flag)) }
    func malformed(_ setting: Setting) -> Finding {
      .unreadable(
        .malformed, detail: "'\(Parameter.shown(setting.value))' is no value for it", setting.source)
    }
    switch parameter.kind {
    case .gates, .gate: return gateFinding(parameter, settings)
    case .list:
      // Repeated list flags append; pflag's stringSlice.
      var items: [Value] = []
      for setting in settings {
        guard case .list(let part) = parameter.value(ofFlag: setting.value) else { return malformed(setting) }
        items += part
      }
      return .set(.list(items), settings.reversed().map(\.source))
    case .flag, .number, .text, .path, .duration:
      guard let value = parameter.value(ofFlag: last.value) else { return malformed(last) }
      // An empty text is how a flag is unset; a default of the component does not come back.
      if case .text("") = value { return .cleared(last.source.saying(value)) }
      let overridden = settings.dropLast().reversed().map { setting in
        setting.source.saying(parameter.value(ofFlag: setting.value) ?? .text(Parameter.shown(setting.value)))
      }
      return .set(value, [last.source] + overridden)
    }
  }

  private func gateFinding(_ parameter: Parameter, _ settings: [Setting]) -> Finding {
    var gates: [(name: String, value: Bool, source: Source)] = []
    for setting in settings {
      guard let parsed = goGates(setting.value) else {
        return .unreadable(.malformed, detail: "not a list of NAME=true or NAME=false", setting.source)
      }
      gates += parsed.map { ($0.name, $0.value, setting.source) }
    }
    guard case .gate(let name) = parameter.kind else {
      var merged: [String: Bool] = [:]
      for gate in gates { merged[gate.name] = gate.value }
      return .set(gateList(merged), settings.reversed().map(\.source))
    }
    let own = gates.filter { $0.name == name }
    guard let last = own.last else { return .silent(source(of: parameter.flag ?? "")) }
    return .set(
      .flag(last.value), [last.source] + own.dropLast().reversed().map { $0.source.saying(.flag($0.value)) })
  }
}

/// Gates as their fact lists them: sorted `NAME=true`.
func gateList(_ gates: [String: Bool]) -> Value {
  .texts(gates.map { "\(printable(Array($0.key.utf8)))=\($0.value)" }.sorted())
}

/// Named variables of an environment; the others are never looked at.
struct EnvironmentSettings: Sendable {
  let variables: [String: (text: String, source: Source)]
  /// How a flag's variable is named: `ETCD_` and the flag in capitals.
  let prefix: String
  let place: Source

  func variable(of flag: String) -> String { prefix + flag.uppercased().replacing("-", with: "_") }

  func finding(_ parameter: Parameter) -> Finding {
    guard let flag = parameter.flag else { return .notApplicable }
    let name = variable(of: flag)
    let source = Source(place.kind, place.place, line: place.line, key: name)
    guard let (text, found) = variables[name], !text.isEmpty else { return .silent(source) }
    guard let value = parameter.value(ofFlag: text) else {
      return .unreadable(.malformed, detail: "'\(Parameter.shown(text))' is no value for it", found)
    }
    return .set(value, [found])
  }
}

/// A parameter's fact, from the strongest place to the weakest.
func fact(of parameter: Parameter, from layers: [Layer]) -> Fact {
  if parameter.kind == .gates { return gatesFact(parameter, layers) }
  var looked: [Source] = []
  var overridden: [Source] = []
  var decided: Finding?
  var switchedOff: [Source] = []
  for layer in layers {
    let finding = layer.finding(parameter)
    if decided != nil {
      if case .set(let value, let sources) = finding {
        overridden += sources.prefix(1).map { $0.saying(value) }
      }
      continue
    }
    switch finding {
    case .notApplicable: continue
    case .silent(let source): looked.append(source)
    case .set(.flag(false), let sources) where parameter.isEither: switchedOff += sources
    case .set, .cleared, .unreadable: decided = finding
    }
  }
  switch decided {
  case .set(let value, let sources):
    return .observed(value, sources + overridden + switchedOff.map { $0.saying(.flag(false)) })
  case .cleared(let source): return .absent([source] + looked + overridden)
  case .unreadable(let obstacle, let detail, let source): return .unreadable(obstacle, detail: detail, source)
  case .silent, .notApplicable, nil:
    return switchedOff.isEmpty ? .absent(looked) : .observed(.flag(false), switchedOff + looked)
  }
}

/// Feature gates merge one by one: a stronger place only decides the gates that it names.
private func gatesFact(_ parameter: Parameter, _ layers: [Layer]) -> Fact {
  var merged: [String: Bool] = [:]
  var sources: [Source] = []
  var looked: [Source] = []
  for layer in layers {
    switch layer.finding(parameter) {
    case .notApplicable: continue
    case .silent(let source): looked.append(source)
    case .unreadable(let obstacle, let detail, let source):
      return .unreadable(obstacle, detail: detail, source)
    case .cleared(let source):
      return merged.isEmpty ? .absent([source] + looked) : .observed(gateList(merged), sources)
    case .set(let value, let found):
      sources += found
      guard case .list(let items) = value else { continue }
      for case .text(let item) in items {
        guard let equals = item.lastIndex(of: "=") else { continue }
        let name = String(item[..<equals])
        if merged[name] == nil { merged[name] = item.hasSuffix("=true") }
      }
    }
  }
  return sources.isEmpty ? .absent(looked) : .observed(gateList(merged), sources)
}
