#!/usr/bin/env bash
# Installs the server: built from a pinned release, from the distribution's package, or already in the image. Exits with
# 10 if it should be tried again, and with 20 if an operator must act.
set -Eeuo pipefail
umask 022
ENGINE=redis PROXY=
# shellcheck source=/dev/null
. /etc/redis-replica/settings
[[ -z $PROXY ]] || export http_proxy="$PROXY" https_proxy="$PROXY" no_proxy=169.254.169.254,localhost,127.0.0.1
agent=/usr/local/bin/redis-replica opt=/opt/redis-replica
# Where Redis is not packaged any more, Valkey is what a distribution has in its place.
label=Redis servers=(redis-server redis6-server valkey-server) clients=(redis-cli redis6-cli valkey-cli)
deb=redis-server rpms=(redis redis6 valkey) names='redis-server, redis, redis6 or valkey'
if [[ $ENGINE == valkey ]]; then
  label=Valkey servers=(valkey-server) clients=(valkey-cli) deb=valkey-server rpms=(valkey) names='valkey-server or valkey'
fi
export DEBIAN_FRONTEND=noninteractive

# Any other failure, such as a full disk.
trap '"$agent" later "the installation failed in line $LINENO: $BASH_COMMAND" || true; exit 10' ERR

# Only root can open this file, so no other user can hold its lock.
(umask 077 && : >>/run/redis-replica-install.lock)
exec 9</run/redis-replica-install.lock
flock 9

# try COMMAND...: retries for ten minutes, since locks and mirror errors are temporary. Fails at once if no repository
# has the package.
try() {
  local output end=$((SECONDS + 600))
  until output=$("$@" 2>&1); do
    echo "$output" >&2
    case $output in *'Unable to locate package'* | *'no installation candidate'* | *'No match for argument'* | *'Unable to find a match'*) return 1 ;; esac
    ((SECONDS < end)) || exec "$agent" later "packages cannot be installed: ${output##*$'\n'}"
    "$agent" later "packages cannot be installed yet: ${output##*$'\n'}" || true
    sleep 10
  done
}

# packages DEB RPM...: installs DEB with apt-get, or the first RPM that dnf or yum finds. Each argument may be a list.
packages() {
  local each manager=yum
  "$agent" later "installing $1" || true
  # shellcheck disable=SC2086 # words
  if command -v apt-get >/dev/null; then
    try apt-get -q -o DPkg::Lock::Timeout=300 update
    try apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $1
  else
    ! command -v dnf >/dev/null || manager=dnf
    for each in "${@:2}"; do ! try "$manager" -y -q install $each || return 0; done
    return 1
  fi
}

# build DIRECTORY: builds only the programs that a replica needs. DIRECTORY appears only when it is complete.
build() {
  local work=$opt/build found
  command -v gcc make pkg-config curl >/dev/null && [[ $(command -v gcc make pkg-config curl | wc -l) == 4 ]] ||
    packages 'gcc make libc6-dev libsystemd-dev pkg-config curl ca-certificates' 'gcc make systemd-devel tar gzip' ||
    exec "$agent" refuse 'no repository has the build dependencies (gcc, make, pkg-config, curl): set redis.install to package or image'
  [[ -z ${TLS_CA:-} ]] || pkg-config --exists openssl || packages libssl-dev openssl-devel ||
    exec "$agent" refuse 'no repository has the headers of OpenSSL that a build with TLS needs'
  rm -rf "$work"
  mkdir -p "$work"
  found=$(curl -fsSL --retry 5 --retry-connrefused --connect-timeout 10 --max-time 600 -o "$work/source.tar.gz" "$URL" 2>&1) ||
    exec "$agent" later "cannot download $URL: ${found##*$'\n'}"
  found=$(sha256sum <"$work/source.tar.gz")
  [[ ${found%% *} == "$SHA256" ]] || exec "$agent" refuse "$URL is not the pinned file: its sha256 is ${found%% *}, not $SHA256"
  tar -xzf "$work/source.tar.gz" -C "$work" --strip-components=1 --no-same-owner
  "$agent" later "building $label $VERSION" || true
  # -O2 without link-time optimization, the default before 7.2, halves the build time.
  make -C "$work/src" -j"$(nproc)" USE_SYSTEMD=yes ${TLS_CA:+BUILD_TLS=yes} OPTIMIZATION=-O2 "$ENGINE-server" "$ENGINE-cli" >"$work/log" 2>&1 || {
    tail -n 20 "$work/log" >&2
    exec "$agent" refuse "$label $VERSION does not build: $(tail -n 1 "$work/log")"
  }
  mkdir -p "$1.new"
  mv "$work/src/$ENGINE-server" "$work/src/$ENGINE-cli" "$1.new"
  # After a power cut an empty program would count as built.
  sync "$1.new"/*
  rm -rf "$1" "$work"
  mv -T "$1.new" "$1"
}

# first NAME...: the path of the first command that exists.
first() { command -v "$@" | head -n 1 || true; }

for name in redis redis-replica; do
  id -u "$name" >/dev/null 2>&1 || useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$name"
done
# The distribution's service would occupy the port.
for name in redis-server redis redis6 valkey-server valkey; do
  systemctl -q mask --now "$name.service" 2>/dev/null || systemctl -q disable --now "$name.service" 2>/dev/null || true
done
if [[ $INSTALL == source ]]; then
  # A server without TLS has no directives for it.
  built=$opt/$ENGINE-$VERSION${TLS_CA:+-tls}
  server=$built/$ENGINE-server client=$built/$ENGINE-cli
  [[ -x $server ]] || build "$built"
else
  [[ -z $PACKAGE ]] || deb=$PACKAGE rpms=("$PACKAGE") names=$PACKAGE
  [[ $INSTALL == image || -n $(first "${servers[@]}") ]] || packages "$deb" "${rpms[@]}" ||
    exec "$agent" refuse "no repository has the package $names"
  server=$(first "${servers[@]}") client=$(first "${clients[@]}")
  [[ -n $server && -n $client ]] || exec "$agent" refuse "this machine has no ${servers[0]} and ${clients[0]} (install: $INSTALL)"
fi
mkdir -p "$opt/bin" /etc/systemd/system/redis-replica.service.d
for name in redis-server redis-check-rdb valkey-check-rdb redis-cli; do
  target=$server
  [[ $name != redis-cli ]] || target=$client
  ln -sfn "$target" "$opt/bin/$name.new"
  mv -T "$opt/bin/$name.new" "$opt/bin/$name"
done
# A server that is linked with libsystemd notifies systemd when it has loaded its data.
notify=/etc/systemd/system/redis-replica.service.d/notify.conf
rm -f "$notify"
! grep -q libsystemd.so "$server" || printf '[Service]\nType=notify\n' >"$notify"
