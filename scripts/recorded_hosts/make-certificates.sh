#!/bin/sh
# Made the certificates of the recorded hosts once, with openssl, in the shapes that kubeadm and UEFI firmware use. The private
# keys were thrown away: a recorded host has only marked text where a key would be. Run again only to change a certificate.
set -eu
cd "$(dirname "$0")/certificates"
keys=$(mktemp -d)
trap 'rm -r "$keys"' EXIT
authority() { # name subject
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$keys/$1.key" -out "$1.crt" -subj "$2" -days 3650 \
    -addext keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign 2> /dev/null
}
leaf() { # name subject authority usage names
  openssl req -newkey rsa:2048 -nodes -keyout "$keys/$1.key" -out "$keys/$1.csr" -subj "$2" 2> /dev/null
  printf 'keyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=%s\nbasicConstraints=critical,CA:FALSE\n' "$4" > "$keys/ext"
  [ -z "$5" ] || printf 'subjectAltName=%s\n' "$5" >> "$keys/ext"
  openssl x509 -req -in "$keys/$1.csr" -CA "$3.crt" -CAkey "$keys/$3.key" -CAcreateserial -days 365 \
    -extfile "$keys/ext" -out "$1.crt" 2> /dev/null
}
authority ca /CN=kubernetes
authority etcd-ca /CN=etcd-ca
authority front-proxy-ca /CN=front-proxy-ca
authority platform-key '/O=Recorded Hosts/CN=Recorded Hosts Platform Key'
openssl x509 -in platform-key.crt -outform DER -out platform-key.der
# Ours, but it says of itself what the samples say that vendors shipped.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$keys/sample.key" -subj '/CN=DO NOT TRUST - recorded sample PK' -days 3650 \
  -outform DER -out sample-platform-key.der 2> /dev/null
leaf apiserver /CN=kube-apiserver ca serverAuth 'DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:rig-node,IP:10.96.0.1,IP:127.0.0.1'
leaf apiserver-kubelet-client '/O=kubeadm:cluster-admins/CN=kube-apiserver-kubelet-client' ca clientAuth ''
leaf apiserver-etcd-client '/CN=kube-apiserver-etcd-client' etcd-ca clientAuth ''
leaf front-proxy-client /CN=front-proxy-client front-proxy-ca clientAuth ''
leaf etcd-server /CN=rig-node etcd-ca serverAuth,clientAuth 'DNS:localhost,DNS:rig-node,IP:127.0.0.1'
leaf etcd-peer /CN=rig-node etcd-ca serverAuth,clientAuth 'DNS:localhost,DNS:rig-node,IP:127.0.0.1'
leaf etcd-healthcheck-client /CN=kube-etcd-healthcheck-client etcd-ca clientAuth ''
leaf kubelet-client '/O=system:nodes/CN=system:node:rig-node' ca clientAuth ''
leaf kubelet-client-worker '/O=system:nodes/CN=system:node:worker-7' ca clientAuth ''
leaf admin '/O=kubeadm:cluster-admins/CN=kubernetes-admin' ca clientAuth ''
leaf super-admin '/O=system:masters/CN=kubernetes-super-admin' ca clientAuth ''
leaf controller-manager /CN=system:kube-controller-manager ca clientAuth ''
leaf scheduler /CN=system:kube-scheduler ca clientAuth ''
# What no one should have: a client of system:masters that has ended and is signed with SHA-1, and a key of 1024 bits.
openssl req -newkey rsa:2048 -nodes -keyout "$keys/ended.key" -out "$keys/ended.csr" \
  -subj '/O=system:masters/CN=kube-apiserver-kubelet-client' 2> /dev/null
printf 'extendedKeyUsage=clientAuth\nbasicConstraints=critical,CA:FALSE\n' > "$keys/ext"
mkdir "$keys/issued"
: > "$keys/index"
echo 01 > "$keys/serial"
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s\nserial=%s\nnew_certs_dir=%s\ndefault_md=sha1\npolicy=p\n[p]\n%s\n%s\n' "$keys/index" \
  "$keys/serial" "$keys/issued" organizationName=optional commonName=supplied > "$keys/ca.cnf"
openssl ca -batch -notext -config "$keys/ca.cnf" -cert ca.crt -keyfile "$keys/ca.key" -in "$keys/ended.csr" \
  -startdate 20251120000000Z -enddate 20261120000000Z -extfile "$keys/ext" -out ended.crt 2> /dev/null
openssl req -x509 -newkey rsa:1024 -nodes -keyout "$keys/weak.key" -out weak.crt -subj '/O=a/O=system:masters/CN=weak' -days 1 \
  -sha1 2> /dev/null
authority kubelet-serving /CN=rig-node@1763906905
openssl genrsa 2048 2> /dev/null | openssl rsa -pubout 2> /dev/null > sa.pub
rm -f ./*.srl
