# shellcheck shell=bash
# Redis on the machine: built from a pinned release, from the distribution, or already there.

# install: one at a time, for a build takes minutes and the timer may want one too.
install() {
  exec 9>"$RUN/lock"
  flock 9
  install_redis
}

# install_redis: leaves the server and the client in $OPT/bin, whatever their names are elsewhere.
install_redis() {
  local server cli
  case $INSTALL in
    source)
      [[ -x $OPT/redis-$VERSION/redis-server ]] || build_redis
      server=$OPT/redis-$VERSION/redis-server cli=$OPT/redis-$VERSION/redis-cli
      ;;
    package | image)
      keep_quiet
      # shellcheck disable=SC2086 # words
      [[ $INSTALL == image || -n $(first_of redis-server redis6-server valkey-server) ]] ||
        install_packages redis "${PACKAGE:-redis-server}" ${PACKAGE:-redis redis6 valkey}
      server=$(first_of redis-server redis6-server valkey-server)
      cli=$(first_of redis-cli redis6-cli valkey-cli)
      [[ -n $server && -n $cli ]] || refuse "this machine has no redis-server and redis-cli (install: $INSTALL)"
      ;;
  esac
  mkdir -p "$OPT/bin"
  link "$server" "$OPT/bin/redis-server"
  link "$cli" "$OPT/bin/redis-cli"
  id -u redis >/dev/null 2>&1 || useradd --system --home-dir "$DATA" --shell /sbin/nologin redis
  own_data
  notify_unit "$server"
}

# first_of NAME...: the path of the first command that is there.
first_of() { command -v "$@" | head -n 1 || true; }

link() {
  ln -sfn "$1" "$2.new"
  mv -T "$2.new" "$2"
}

# build_redis: only what a replica runs. The folder gets its name when it is complete.
build_redis() {
  local build=$OPT/build
  log "building Redis $VERSION"
  install_packages build 'gcc make libc6-dev libsystemd-dev pkg-config curl ca-certificates' 'gcc make systemd-devel tar gzip'
  rm -rf "$build"
  mkdir -p "$build"
  curl -fsSL --retry 5 --retry-connrefused --connect-timeout 10 --max-time 600 -o "$build/redis.tar.gz" "$URL" ||
    { log "cannot fetch $URL" && exit "$LATER"; }
  sha256sum --check --status <<<"$SHA256  $build/redis.tar.gz" ||
    refuse "$URL is not the pinned file: $(sha256sum <"$build/redis.tar.gz"), wanted $SHA256"
  tar -xzf "$build/redis.tar.gz" -C "$build" --strip-components=1
  # At -O2 without link-time optimization, as releases before 7.2 were: half the time.
  make -C "$build/src" -j"$(nproc)" USE_SYSTEMD=yes OPTIMIZATION=-O2 redis-server redis-cli >"$build/log" 2>&1 || {
    tail -n 20 "$build/log" >&2
    refuse "Redis $VERSION does not build: $build/log"
  }
  mkdir -p "$OPT/redis-$VERSION.new"
  mv "$build/src/redis-server" "$build/src/redis-cli" "$OPT/redis-$VERSION.new"
  mv -T "$OPT/redis-$VERSION.new" "$OPT/redis-$VERSION"
  rm -rf "$build"
}

# keep_quiet: the distribution's own service would take the port as soon as its package is installed.
keep_quiet() {
  local unit
  for unit in redis-server redis redis6 valkey-server valkey; do
    [[ -e /etc/systemd/system/$unit.service ]] || ln -s /dev/null "/etc/systemd/system/$unit.service"
  done
}

# install_packages build|redis DEB RPM...: with the distribution's manager, which knows DEB, or one of RPM.
install_packages() {
  local each manager=yum
  log "installing with the distribution's packages: $1"
  # shellcheck disable=SC2086 # words
  if command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    [[ $(dpkg-query -W -f '${Status}\n' $2 2>/dev/null | grep -c '^install ok installed') != "$(wc -w <<<"$2")" ]] || return 0
    apt-get -q -o DPkg::Lock::Timeout=300 update
    apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $2
  else
    ! command -v dnf >/dev/null || manager=dnf
    for each in "${@:3}"; do
      ! "$manager" -y -q install $each || return 0
    done
    [[ $1 == build ]] || refuse "no package of Redis: ${*:3} tried"
    return 1
  fi
}

# notify_unit SERVER: a server built with systemd says itself when it has loaded its data.
notify_unit() {
  local drop_in=$ROOT/etc/systemd/system/redis-replica.service.d/notify.conf
  rm -f "$drop_in"
  [[ $(ldd "$1") != *libsystemd* ]] || printf '[Service]\nType=notify\n' | write "$drop_in"
}
