# A policy over a snapshot: `plumbline collect | opa eval --format raw --stdin-input --data node.rego data.node.document`.
#
# What a snapshot does not know must not become a pass: every rule has a third answer.
package node

import rego.v1

# Who may share the node's network, by namespace.
network_namespaces := {"kube-system", "monitoring"}

# Operating systems that are still given security updates here.
supported := {"debian": {"12", "13"}, "ubuntu": {"22.04", "24.04"}}

document := {
	"schema": "plumbline/results/v1",
	"origin": {"name": "opa", "version": "node.rego 1"},
	"run": input.run.id,
	"results": [operating_system, host_network],
}

containers := [entity | some entity in input.entities; entity.subject == "container"]

# The collector that lists containers saw all there is.
seen_whole if {
	some run in input.collectors
	run.name == "workloads"
	run.state == "complete"
}

# Places where a fact was read, as text.
places(fact) := [source.place | some source in fact.sources]

# ---- The operating system is one that is supported

operating_system := object.union(
	{
		"id": "operating-system-supported",
		"area": "system",
		"severity": "high",
		"title": "The operating system is one that is given security updates",
		"fix": "Build the node anew from a supported image.",
	},
	operating_system_verdict,
)

operating_system_verdict := {"status": "unknown", "message": "the host does not say what it runs"} if not input.host.os

operating_system_verdict := {"status": status, "evidence": [{
	"fact": "os",
	"expected": concat(", ", sort([name | some id, versions in supported; some v in versions; name := sprintf("%s %s", [id, v])])),
	"found": sprintf("%s %s", [input.host.os.id, version]),
	"sources": ["/etc/os-release"],
}]} if {
	input.host.os
	version := object.get(input.host.os, "version", "")
	status := {true: "pass", false: "fail"}[version in object.get(supported, input.host.os.id, set())]
}

# ---- Only some namespaces' pods share the node's network

host_network := object.union(
	{
		"id": "host-network-reserved",
		"area": "container",
		"severity": "high",
		"title": "Only system pods share the node's network",
		"fix": "Take hostNetwork off the pod, or add its namespace to the policy.",
	},
	host_network_verdict,
)

# Containers that share it and whose namespace may not. A container of no pod has no namespace, and may not.
offenders := [container |
	some container in containers
	container.facts.hostNetwork.value == true
	not container.facts["pod.namespace"].value in network_namespaces
]

hidden := [container | some container in containers; container.facts.hostNetwork.known == "unreadable"]

host_network_evidence := [evidence |
	some container in offenders
	evidence := {
		"entity": sprintf("container[%s]", [container.id]),
		"fact": "hostNetwork",
		"expected": "false",
		"found": "true",
		"sources": places(container.facts.hostNetwork),
	}
]

host_network_verdict := {"status": "fail", "evidence": host_network_evidence} if {
	count(offenders) > 0
} else := {"status": "unknown", "message": message} if {
	count(hidden) > 0
	message := sprintf("of %d containers it could not be read", [count(hidden)])
} else := {"status": "unknown", "message": "not every container could be seen"} if {
	not seen_whole
} else := {"status": "notApplicable", "message": "no container runs here"} if {
	count(containers) == 0
} else := {"status": "pass", "evidence": [{
	"fact": "containers",
	"expected": "none outside of the system's namespaces shares the node's network",
	"found": sprintf("%d containers, none does", [count(containers)]),
	"sources": ["/proc"],
}]}
