package import Facts

/// Every collector, in the order they run. One line each; a test fails where a `*Collector.swift` is not here.
package let allCollectors: [any Collector] = [
  HostCollector(),
  LSMCollector(),
  SELinuxCollector(),
  AppArmorCollector(),
  SeccompCollector(),
  CapabilitiesCollector(),
  ProcessCollector(),
  WorkloadsCollector(),
  ContainerRuntimeCollector(),
  SeccompProfileCollector(),
  DetectionCollector(),
  KernelCollector(),
  SysctlCollector(),
  CPUVulnerabilityCollector(),
  TPMCollector(),
  BootCollector(),
  HSMCollector(),
  AccountsCollector(),
  FilesCollector(),
  SystemCollector(),
  MountsCollector(),
  ModprobeCollector(),
  SSHServerCollector(),
  AuditCollector(),
  ServicesCollector(),
  NetworkCollector(),
  PackagesCollector(),
  AuthenticationCollector(),
  DiskCollector(extent: .system),
  ComponentFilesCollector(),
  ComponentCandidateCollector(),
  NodeCollector(),
  KubeletCollector(),
  EtcdCollector(),
  APIServerCollector(),
  ControllerManagerCollector(),
  SchedulerCollector(),
  KubeProxyCollector(),
  CredentialsCollector(),
  StaticPodCollector(),
  CNICollector(),
]

/// The same, with another walk of the disk.
package func collectors(walking extent: DiskExtent) -> [any Collector] {
  allCollectors.map { $0 is DiskCollector ? DiskCollector(extent: extent) : $0 }
}

/// Every subject that a collector states facts about, by name.
package var allSubjects: [Subject] {
  var seen: Set<String> = []
  return allCollectors.flatMap(\.subjects).filter { seen.insert($0.name).inserted }.sorted {
    $0.name < $1.name
  }
}
