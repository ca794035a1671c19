#!/bin/sh
# Installs what the tests use beside the build: other people's validators, tracers and servers. A test whose tool is missing is
# skipped and says so; here none should be.
set -eu
missing=""
for tool in strace objdump openssl python3 curl promtool; do
  command -v "$tool" > /dev/null 2>&1 || missing="$missing $tool"
done
command -v etcd > /dev/null 2>&1 || missing="$missing etcd"
if [ -n "$missing" ] && command -v apt-get > /dev/null 2>&1; then
  echo "setup-ci: missing:$missing" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # The servers are started by the tests on ports of their own; the packages must not start them.
  printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  apt-get install -y -qq --no-install-recommends strace binutils openssl python3 python3-pip etcd-server curl prometheus > /dev/null
  rm -f /usr/sbin/policy-rc.d
fi
if ! command -v check-jsonschema > /dev/null 2>&1; then
  # An independent implementation of JSON Schema 2020-12.
  python3 -m pip install -q --disable-pip-version-check check-jsonschema==0.39.0 \
    || python3 -m pip install -q --disable-pip-version-check --break-system-packages check-jsonschema==0.39.0
fi
