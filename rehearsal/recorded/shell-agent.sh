#!/usr/bin/env bash
# Makes this machine a replica of a Redis Cluster, or lets it be the replica it was.
set -Eeuo pipefail
umask 022
trap 'echo "redis-replica: user data failed in line $LINENO" >&2' ERR

file() {
  mkdir -p "${1%/*}"
  cat >"$1.new"
  chmod "$2" "$1.new"
  mv "$1.new" "$1"
}

file /etc/redis-replica/settings 0644 <<'END_OF_FILE'
@settings@
END_OF_FILE

file /etc/redis-replica/redis.conf 0644 <<'END_OF_FILE'
save 60 1
shutdown-on-sigterm save
rdb-del-sync-files no
repl-diskless-load disabled

cluster-enabled yes
cluster-config-file nodes.conf
cluster-replica-no-failover yes
cluster-replica-validity-factor 10
cluster-allow-replica-migration no

replica-read-only yes
replica-serve-stale-data no

supervised auto
disable-thp yes
END_OF_FILE

file /etc/sysctl.d/90-redis-replica.conf 0644 <<'END_OF_FILE'
vm.overcommit_memory = 1
net.core.somaxconn = 1024
END_OF_FILE

file /etc/systemd/system/redis-replica-reconcile.service 0644 <<'END_OF_FILE'
[Unit]
Description=Redis Cluster replica: membership
After=redis-replica.service
ConditionPathExists=!/run/redis-replica/refused

[Service]
Type=oneshot
ExecStart=/usr/local/bin/redis-replica reconcile
SuccessExitStatus=10
END_OF_FILE

file /etc/systemd/system/redis-replica-reconcile.timer 0644 <<'END_OF_FILE'
[Unit]
Description=Redis Cluster replica: every 15 seconds

[Timer]
OnActiveSec=15
OnUnitInactiveSec=15
AccuracySec=1

[Install]
WantedBy=timers.target
END_OF_FILE

file /etc/systemd/system/redis-replica.service 0644 <<'END_OF_FILE'
[Unit]
Description=Redis Cluster replica
After=network.target
Wants=redis-replica-reconcile.service redis-replica-reconcile.timer
ConditionPathExists=!/run/redis-replica/refused
ConditionFileIsExecutable=/opt/redis-replica/bin/redis-server
StartLimitIntervalSec=0

[Service]
Type=exec
User=redis
Group=redis
ExecStartPre=+/usr/local/bin/redis-replica prepare
ExecStart=/opt/redis-replica/bin/redis-server /run/redis-replica/redis.conf
ExecStop=+/usr/local/bin/redis-replica stop
ExecStopPost=+/usr/local/bin/redis-replica stopped $SERVICE_RESULT
Restart=always
RestartSec=1
TimeoutStartSec=infinity
TimeoutStopSec=infinity
LimitNOFILE=65536
UMask=0077

NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ReadWritePaths=-/var/lib/redis
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectControlGroups=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
END_OF_FILE

file /usr/local/bin/redis-replica 0755 <<'END_OF_FILE'
#!/usr/bin/env bash
set -Eeuo pipefail
umask 022

export ROOT=${REDIS_REPLICA_ROOT:-}
export ETC=$ROOT/etc/redis-replica LIB=$ROOT/usr/local/lib/redis-replica OPT=$ROOT/opt/redis-replica
export RUN=$ROOT/run/redis-replica STATE=$ROOT/var/lib/redis-replica DATA=$ROOT/var/lib/redis
export VIEW=$RUN/view.${1:-}

[[ -d $RUN && -d $STATE ]] || mkdir -p "$RUN" "$STATE"
. "$ETC/settings"
for part in report machine view data nodes-conf proof decide conf install prepare join stop setup ${DATA_VOLUME:+volume}; do
  . "$LIB/$part.sh"
done

usage() {
  cat <<'END'
usage: redis-replica COMMAND
  status  the last state
  join    wait until in sync
  retry   look again after a refusal
  accept  the same once, whatever may be lost
by systemd: setup, prepare, reconcile, stop
exit: 0 in sync, 10 not yet, 20 refused: a person must decide
END
}

case ${1:-} in
  setup | prepare | install | stop | status | retry | accept) "$1" ;;
  join) join_within 600 ;;
  reconcile) join_within 50 ;;
  stopped) stopped "${2:-unknown}" ;;
  -h | --help | help) usage ;;
  *) usage >&2 && exit 1 ;;
esac
END_OF_FILE

file /usr/local/lib/redis-replica/conf.sh 0644 <<'END_OF_FILE'
render_conf() {
  local address=$1 node_timeout=$2
  known_directives <"$ETC/redis.conf"
  cat <<END
maxmemory $MAXMEMORY
repl-backlog-size $BACKLOG
$DIRECTIVES
dir $DATA
port $PORT
${BUS_PORT:+cluster-port $BUS_PORT}
bind $address 127.0.0.1
protected-mode no
appendonly $(yes_if aof)
appendfsync everysec
cluster-announce-ip $address
cluster-node-timeout $node_timeout
END
}

known_directives() {
  local lines
  lines=$(awk 'NF && !/^#/')
  awk 'NR == FNR { known[$0] = 1; next } $1 in known' \
    <(cut -d ' ' -f 1 <<<"$lines" | grep -aoF -f - "$OPT/bin/redis-server" | sort -u) - <<<"$lines"
}
END_OF_FILE

file /usr/local/lib/redis-replica/data.sh 0644 <<'END_OF_FILE'
data_class() {
  if [[ -n $(own_id) ]]; then
    echo known
  elif [[ -s $DATA/nodes.conf || -e $DATA/dump.rdb || -e $DATA/appendonlydir ]]; then
    echo orphan
  else
    echo empty
  fi
}

own_file() {
  local file
  for file in "$DATA/nodes.conf" "$STATE/nodes.conf"; do
    [[ -e $file ]] && whole "$file" && cat "$file" && return
    [[ -s $DATA/nodes.conf || -e $DATA/dump.rdb || -e $DATA/appendonlydir ]] || return 0
  done
  true
}

whole() {
  awk '$3 ~ /myself/ { count++ } { last = $1 " " $2 } END { exit !(count == 1 && last == "vars currentEpoch") }' "$1"
}

own_id() {
  own_file | awk '$3 ~ /myself/ { print $1 }'
}

aof() { [[ -e $DATA/appendonlydir/appendonly.aof.manifest ]]; }

rdb_facts() {
  [[ ! -s $DATA/dump.rdb ]] || head -c 1024 "$DATA/dump.rdb" | od -An -v -tu1 | awk -f "$LIB/rdb.awk"
}

rdb_mark() {
  [[ ! -s $DATA/dump.rdb ]] || printf '%s %s\n' "$(wc -c <"$DATA/dump.rdb")" "$(tail -c 8 "$DATA/dump.rdb" | od -An -v -tx1 | tr -d ' \n')"
}

keep_rdb() {
  [[ ! -e $DATA/dump.rdb ]] || { mkdir -p "$DATA/kept" && ln -f "$DATA/dump.rdb" "$DATA/kept/dump.rdb"; }
}

set_aside() {
  log "the data is set aside in $STATE/aside"
  rm -rf "$STATE/aside"
  mkdir -p "$STATE/aside"
  find "$DATA" -mindepth 1 -maxdepth 1 -exec mv -t "$STATE/aside" {} +
  rm -f "$STATE/nodes.conf" "$STATE/receipt"
}

damaged() {
  [[ -e $RUN/failed && -s $DATA/dump.rdb ]] || return 1
  ! (exec -a redis-check-rdb "$OPT/bin/redis-server" "$DATA/dump.rdb") >/dev/null 2>&1
}
END_OF_FILE

file /usr/local/lib/redis-replica/decide.sh 0644 <<'END_OF_FILE'
decide_start() {
  local data own retired elsewhere quorum same seen owner stale copy proof aof accepted waited
  local "$@"
  if [[ $retired == yes ]]; then
    echo 'refuse this node was retired'
  elif [[ $data == empty ]]; then
    echo start
  elif [[ $elsewhere == yes ]]; then
    echo 'refuse another machine answers with the id of this node'
  elif [[ $quorum == no && $own == replica && $same == yes ]]; then
    echo start
  elif [[ $quorum == no && $waited == long ]]; then
    echo 'stuck no majority of the masters has answered for 15 minutes'
  elif [[ $quorum == no ]]; then
    echo 'later no majority of the masters answers and agrees'
  elif [[ $data == orphan ]]; then
    echo fresh
  elif [[ $seen == owner ]]; then
    decide_owner
  elif [[ $stale == loading && $accepted == no ]]; then
    echo 'later the node that serves this shard is loading'
  elif [[ $stale == yes && $accepted == no ]]; then
    echo 'refuse the node that serves this shard has less than this volume: it would wipe it'
  elif [[ $owner == live ]]; then
    echo follow
  elif [[ $seen == replica ]]; then
    echo follow
  elif [[ $own == bare ]]; then
    echo start
  elif [[ $owner == down && $waited == long ]]; then
    echo 'stuck the node that serves this shard has been down for 15 minutes'
  elif [[ $owner == down ]]; then
    echo 'later the node that serves this shard is down'
  else
    echo fresh
  fi
}

decide_owner() {
  if [[ $accepted == yes ]]; then
    echo serve
  elif [[ $waited == no && $copy == following ]]; then
    echo 'later a live copy followed this node to its end and can be elected'
  elif [[ $proof == yes && $own == owner ]]; then
    echo serve
  elif [[ $waited == no ]]; then
    echo 'later the cluster says this node owns slots, and nobody has been elected yet'
  elif [[ $same == yes && $aof == yes && $own == owner ]]; then
    echo serve-aof
  else
    echo 'refuse this node owns slots, and its volume may be older than what was acknowledged'
  fi
}

decide_join() {
  local own quorum listed link owner waited synced
  local "$@"
  if [[ $own == owner ]]; then
    echo promoted
  elif [[ $quorum == no ]]; then
    echo 'later no majority of the masters answers and agrees'
  elif [[ $listed != all ]]; then
    echo meet
  elif [[ $own == bare ]]; then
    echo replicate
  elif [[ $link == down && $owner == down && $waited != no ]]; then
    echo 'stuck the master is down'
  elif [[ $link == down ]]; then
    echo 'later the link to the master is down'
  elif [[ $synced == no ]]; then
    echo 'later the offset has not reached the master'
  else
    echo healthy
  fi
}
END_OF_FILE

file /usr/local/lib/redis-replica/facts.awk 0644 <<'END_OF_FILE'
function slots(   i, text) {
  for (i = 9; i <= NF; i++) if ($i !~ /^\[/) text = text " " $i
  return text
}

function expand(text, list,   i, n, part, range, slot) {
  n = split(text, part, " ")
  for (i = 1; i <= n; i++) {
    split(part[i], range, "-")
    for (slot = range[1]; slot <= (range[2] == "" ? range[1] : range[2]) + 0; slot++) list[slot + 0] = 1
  }
}

$1 == "peer" { peer = $2; next }

own {
  filed[$1] = slots(); home[$1] = $2
  if ($3 ~ /myself/) {
    shard = $3 ~ /slave/ ? $4 : $1
    as = $3 ~ /slave/ ? "replica" : $9 == "" ? "bare" : "owner"
  }
  next
}

$3 ~ /handshake/ { next }

{
  id = $1; flags = $3; owned = slots()
  split($2, at, /[@,]/)
  address[peer, id] = at[1]; bus[peer, id] = at[2]; ping[peer, id] = $5; pong[peer, id] = $6
  if ($6 > last[peer]) last[peer] = $6
  if (flags ~ /slave/) { role[peer, id] = "replica " $4; follows[peer, id] = $4 }
  else role[peer, id] = owned == "" ? "bare" : "owner"
  alive[peer, id] = flags !~ /(^|,)(fail|noaddr)/ && $8 == "connected" || flags ~ /myself/
  barred[peer, id] = flags ~ /nofailover/
  ids[id] = 1
  if (id in filed) kin[peer] = 1
  if (flags ~ /myself/ && peer == at_shard) named = id
  if (owned != "") {
    owners[peer]++
    held[peer, id] = owned
    if (flags ~ /myself/ && id != me && !(id in voted)) { voted[id] = peer; voter[peer] = id }
  }
}

END {
  for (peer in voter) known += kin[peer]
  for (peer in voter) if (known && !kin[peer]) delete voter[peer]
  for (id in ids) for (peer in voter) if ((peer, id) in held) shape[peer] = shape[peer] id held[peer, id] ";"
  for (peer in voter) {
    n = ++votes[shape[peer]]
    if (n > most || (n == most && peer < chosen)) { most = n; chosen = peer }
  }
  half = owners[chosen] / 2
  print "own " (as == "" ? "none" : as)
  split(home[shard], at, /[@,]/)
  print "follows", at[1]
  print "quorum " (chosen != "" && ((chosen, me) in held ? most >= half : most > half) ? "yes" : "no")
  print "seen " ((chosen, me) in role ? role[chosen, me] : "none")
  if ((chosen, me) in address) print "at " address[chosen, me]
  for (peer in voter) {
    voters++
    if (alive[peer, me] && (ping[peer, me] == 0 || last[peer] - ping[peer, me] < 500)) listing++
    if (shape[peer] == shape[chosen] && (peer, me) in pong) print "pong", voter[peer], pong[peer, me]
  }
  print "listed " (listing == 0 ? "none" : listing < voters ? "some" : "all")
  print "owners " owners[chosen] + 0
  print "peer " chosen
  for (id in ids) if (id != me && (chosen, id) in follows) {
    count[follows[chosen, id]]++
    if (follows[chosen, id] == me && alive[chosen, id]) print "copy", id, address[chosen, id], barred[chosen, id] ? "barred" : "electable"
  }
  for (id in ids) if (named == "" && address[chosen, id] == at_shard) named = id
  if (named != "") print "shard", role[chosen, named] == "owner" ? named : follows[chosen, named]
  for (id in ids) if (role[chosen, id] == "owner") print "master", id, address[chosen, id], bus[chosen, id], count[id] + 0

  n = 0; master = follows[chosen, me]
  if (role[chosen, master] != "owner") expand(filed[shard], mine)
  for (id in ids) if ((chosen, id) in held && id != me) {
    split("", theirs)
    expand(held[chosen, id], theirs)
    for (slot in mine) if (slot in theirs) { owner[id] = 1; n++; break }
  }
  if (n != 1 && master != "") { split("", owner); owner[master] = n = 1 }
  for (id in owner)
    if (n == 1) print "owner", (role[chosen, id] == "owner" && alive[chosen, id] ? "live" : "down"), id, address[chosen, id]
  if (n != 1) print "owner", (n == 0 ? "none" : "several")
}
END_OF_FILE

file /usr/local/lib/redis-replica/install.sh 0644 <<'END_OF_FILE'
install() {
  exec 9>"$RUN/lock"
  flock 9
  install_redis
}

install_redis() {
  local server cli
  case $INSTALL in
    source)
      [[ -x $OPT/redis-$VERSION/redis-server ]] || build_redis
      server=$OPT/redis-$VERSION/redis-server cli=$OPT/redis-$VERSION/redis-cli
      ;;
    package | image)
      keep_quiet
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

first_of() { command -v "$@" | head -n 1 || true; }

link() {
  ln -sfn "$1" "$2.new"
  mv -T "$2.new" "$2"
}

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
  make -C "$build/src" -j"$(nproc)" USE_SYSTEMD=yes OPTIMIZATION=-O2 redis-server redis-cli >"$build/log" 2>&1 || {
    tail -n 20 "$build/log" >&2
    refuse "Redis $VERSION does not build: $build/log"
  }
  mkdir -p "$OPT/redis-$VERSION.new"
  mv "$build/src/redis-server" "$build/src/redis-cli" "$OPT/redis-$VERSION.new"
  mv -T "$OPT/redis-$VERSION.new" "$OPT/redis-$VERSION"
  rm -rf "$build"
}

keep_quiet() {
  local unit
  for unit in redis-server redis redis6 valkey-server valkey; do
    [[ -e /etc/systemd/system/$unit.service ]] || ln -s /dev/null "/etc/systemd/system/$unit.service"
  done
}

install_packages() {
  local each manager=yum
  log "installing with the distribution's packages: $1"
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

notify_unit() {
  local drop_in=$ROOT/etc/systemd/system/redis-replica.service.d/notify.conf
  rm -f "$drop_in"
  [[ $(ldd "$1") != *libsystemd* ]] || printf '[Service]\nType=notify\n' | write "$drop_in"
}
END_OF_FILE

file /usr/local/lib/redis-replica/join.sh 0644 <<'END_OF_FILE'
readonly PLACEMENT_LOCK='{redis-replica}:placement'

join_within() {
  local deadline=$((SECONDS + $1)) outcome
  while true; do
    outcome=0
    step &
    wait $! || outcome=$?
    ((outcome == LATER && SECONDS < deadline)) || return "$outcome"
    sleep 0.2
  done
}

step() {
  local here="127.0.0.1:${PORT:?}" nodes me facts name value own follows quorum listed owner offset info link action
  [[ ! -e $RUN/refused ]] || exit "$REFUSED"
  exec 9>"$RUN/lock"
  flock -w 60 9 || later 'another step runs'
  if [[ ! -x $OPT/bin/redis-server ]]; then
    install_redis
    systemctl start --no-block redis-replica.service
  fi
  nodes=$(ask "$here" cluster nodes)
  [[ $nodes =~ ([0-9a-f]{40})\ [^\ ]+\ myself ]] || exit "$LATER"
  me=${BASH_REMATCH[1]}
  view >"$VIEW"
  facts=$(facts "$me" <(echo "$nodes") <"$VIEW")
  while read -r name value; do
    case $name in own | follows | quorum | listed | owner) local "$name=$value" ;; esac
  done <<<"$facts"
  offset=$(ask "$follows" info replication | fact master_repl_offset)
  info=$(ask "$here" info replication)
  link=$(fact master_link_status <<<"$info")
  [[ $link == down || ! -e $RUN/since ]] || rm "$RUN/since"
  action=$(decide_join own="$own" quorum="$quorum" listed="$listed" link="$link" owner="${owner%% *}" \
    waited="$([[ $link != down ]] || waited)" synced="$(yes_if synced "$info" "$offset")")
  case $action in
    meet) meet "$here" "$facts" && later 'met the masters' ;;
    replicate) replicate "$here" "$me" "$nodes" ;;
    healthy) healthy "$here" "$me" "$facts" "$nodes" ;;
    promoted) promoted "$here" "$me" ;;
    stuck*) stuck "${action#stuck } (${owner##* }); what is here is of $(data_time "$info")" ;;
    later*) later "${action#later }" ;;
  esac
}

data_time() {
  local down
  down=$(fact master_link_down_since_seconds <<<"$1")
  if ((${down:--1} >= 0)); then date -u -d "-$down seconds"; else date -u -r "$DATA/dump.rdb"; fi
}

meet() {
  local address bus
  while read -r _ _ address bus _; do
    ask "$1" cluster meet "${address%:*}" "${address##*:}" "$bus" >/dev/null
  done < <(awk '$1 == "master"' <<<"$2")
}

replicate() {
  local here=$1 me=$2 facts master answer='' tries
  lock "$me"
  view >"$VIEW"
  facts=$(facts "$me" <(echo "$3") <"$VIEW")
  master=$(placement <<<"$(subnets <<<"$facts")")
  [[ -n $master ]] || later "no master to replicate${SHARD:+ in its shard}"
  for ((tries = 0; tries < 50; tries++)); do
    answer=$(ask "$here" cluster replicate "$master")
    [[ $answer != OK ]] || break
    sleep 0.2
  done
  [[ $answer == OK ]] || later "CLUSTER REPLICATE $master: $answer"
  for ((tries = 0; tries < 50; tries++)); do
    meet "$here" "$facts"
    view >"$VIEW"
    ! known_to_all "$me" "$master" <"$VIEW" || break
    sleep 0.1
  done
  later "replica of $master, first sync"
}

lock() {
  local answer
  LOCK_PEER=$(awk '$1 == "peer" { peer = $2 } $3 ~ /myself,master/ && $9 != "" { print peer; exit }' "$VIEW")
  LOCK_OWNER=$1
  answer=$(ask "$LOCK_PEER" -c set "$PLACEMENT_LOCK" "$LOCK_OWNER" NX PX 30000)
  if [[ $answer != OK && $(ask "$LOCK_PEER" -c get "$PLACEMENT_LOCK") != "$LOCK_OWNER" ]]; then
    [[ -n $answer ]] || later 'another instance chooses its master'
    log "no lock: $answer"
  fi
  trap unlock EXIT
}

unlock() {
  ask "$LOCK_PEER" -c eval "return redis.call('get', KEYS[1]) == ARGV[1] and redis.call('del', KEYS[1])" \
    1 "$PLACEMENT_LOCK" "$LOCK_OWNER" >/dev/null || true
}

known_to_all() {
  awk -v me="$1" -v master="$2" '
    $1 == "peer" { peers++ }
    $1 == me && $3 ~ /slave/ && $4 == master { seen++ }
    END { exit !(peers > 0 && seen == peers) }'
}

synced() {
  [[ -n $2 && $1 =~ slave_repl_offset:([0-9]+) ]] && ((BASH_REMATCH[1] >= $2))
}

healthy() {
  local seeds
  seeds=$(awk '
    $1 == "pong" { up[$2] }
    $1 == "master" { print $3 }
    $1 in up && ($3 ~ /(^|,)fail/ || $6 == 0) { exit 1 }' <<<"$3"$'\n'"$4" | sort) ||
    later 'the bus port of a master does not answer'
  [[ ! -e $RUN/promoted ]] || rm "$RUN/promoted"
  write "$STATE/seeds" <<<"$seeds"
  write "$STATE/nodes.conf" <"$DATA/nodes.conf"
  [[ $FAILOVER != allowed || $4 != *myself,slave,nofailover* ]] ||
    [[ $(ask "$1" config set cluster-replica-no-failover no) == OK ]] || later 'elections cannot be switched on'
  [[ ! -e $DATA/appendonlydir || $(ask "$1" config set appendonly no) != OK ]] || rm -rf "$DATA/appendonlydir"
  state 'in sync' "$2 is a $(fact seen <<<"$3"), listed by every master"
}

promoted() {
  [[ -e $RUN/promoted ]] || cut -d . -f 1 /proc/uptime | write "$RUN/promoted"
  if [[ ! -e $RUN/stopping && $(ask "$1" config get appendonly | tail -n 1) != yes ]]; then
    rm -rf "$DATA/appendonlydir"
    [[ $(ask "$1" config set appendonly yes) == OK ]] || later 'the append-only file cannot be switched on'
  fi
  write "$STATE/nodes.conf" <"$DATA/nodes.conf"
  state promoted "$2 owns slots"
}
END_OF_FILE

file /usr/local/lib/redis-replica/machine.sh 0644 <<'END_OF_FILE'
IMDS=${REDIS_REPLICA_IMDS:-http://169.254.169.254}

metadata() {
  local token path urls=''
  token=$(curl -sf --connect-timeout 1 -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
    "$IMDS/latest/api/token") || return
  for path in "$@"; do urls="$urls $IMDS/latest/meta-data/$path"; done
  curl -sf --connect-timeout 1 -m 2 -w '\n' -H "X-aws-ec2-metadata-token: $token" $urls
}

identity() {
  metadata local-ipv4 instance-id || ip -4 route get 192.0.2.1 | awk '{ for (i = 1; i < NF; i++) if ($i == "src") print $(i + 1) }'
}

wait_for_identity() {
  local found address tries
  for ((tries = 0; tries < 100; tries++)); do
    found=$(identity || true)
    address=${found%%$'\n'*}
    if [[ -n $address && $(ip -4 -o addr show) == *" $address/"* ]]; then
      printf '%s\n' "$found"
      return
    fi
    sleep 0.1
  done
  return 1
}
END_OF_FILE

file /usr/local/lib/redis-replica/nodes-conf.sh 0644 <<'END_OF_FILE'
follow_file() {
  awk -v me="$1" -v address="$2" -v owner="$3" -v epoch="$4" '
    $3 ~ /handshake|noaddr/ { next }
    $1 == me { bus = $2; sub(/^[^@]*@/, "", bus); own = $7 " connected"; for (i = 9; i <= NF; i++) own = own " " $i; next }
    {
      sub(/myself,/, "", $3); $5 = $6 = 0
      line = $1
      for (i = 2; i <= NF; i++) if ($i !~ /^\[/) line = line " " $i
      print line
    }
    END {
      split(address, part, ":")
      if (bus == "") bus = part[2] + 10000
      if (owner == me) print me, address "@" bus, "myself,master - 0 0", own
      else print me, address "@" bus, "myself,slave", owner, 0, 0, 0, "connected"
      print "vars currentEpoch", epoch, "lastVoteEpoch", epoch
    }'
}

follow() {
  local epoch
  epoch=$(ask "$4" cluster info | fact cluster_current_epoch)
  [[ $epoch =~ ^[0-9]+$ ]] || later "$4 does not tell its epoch"
  awk -v peer="$4" '$1 == "peer" { on = $2 == peer; next } on' "$VIEW" |
    follow_file "$1" "$2" "$3" "$epoch" | write "$DATA/nodes.conf"
}
END_OF_FILE

file /usr/local/lib/redis-replica/prepare.sh 0644 <<'END_OF_FILE'
prepare() {
  local known address='' instance='' me facts action given
  ${DATA_VOLUME:+mount_volume}
  known=$(wait_for_identity) || later 'no private IP yet'
  { read -r address && read -r instance; } <<<"$known" || true
  me=$(own_id)
  view >"$VIEW"
  [[ -n $me || $(data_class) == empty ]] || me=$(id_at "$address:$PORT" <"$VIEW")
  facts=$(facts "$me" <(own_file) <"$VIEW")
  read -r -a given <<<"$(start_facts "$me" "$address:$PORT" "$instance" "$facts" | tr '\n' ' ')"
  action=$(decide_start "${given[@]}")
  act "$action" "$me" "$address:$PORT" "$facts"
  rm -f "$RUN/since" "$RUN/failed"
  state waiting 'Redis is starting'
  render_conf "$address" "$(node_timeout)" | write "$RUN/redis.conf"
  write "$RUN/address" <<<"$address"
  write "$STATE/instance-id" <<<"$instance"
  own_data
  : >"$RUN/started"
}

start_facts() {
  local owner at
  owner=$(fact owner <<<"$4")
  at=$(fact at <<<"$4")
  echo "data=$(if [[ -n $1 ]]; then echo known; else data_class; fi) own=$(fact own <<<"$4") retired=$(yes_if test -e "$STATE/retired") quorum=$(fact quorum <<<"$4")"
  echo "seen=$(fact seen <<<"$4" | cut -d ' ' -f 1) owner=${owner%% *} stale=$(stale "${owner##* }")"
  echo "elsewhere=$(yes_if answers_as "$at" "$2" "$1") copy=$(copy "$4") proof=$(proven "$1" "$4")"
  echo "same=$(yes_if test "${3:-unknown}" = "$(cat "$STATE/instance-id" 2>/dev/null || echo none)")"
  echo "aof=$(yes_if aof) accepted=$(yes_if test -e "$RUN/accepted") waited=$(waited)"
}

yes_if() {
  if "$@"; then echo yes; else echo no; fi
}

answers_as() {
  [[ -n $1 && $1 != "$2" && $(ask "$1" cluster myid) == "$3" ]]
}

stale() {
  local rdb info theirs id offset
  rdb=$(rdb_facts)
  info=$([[ $1 != *:* ]] || ask "$1" info)
  theirs=$(fact master_repl_offset <<<"$info")
  id=$(fact id <<<"$rdb") offset=$(fact offset <<<"$rdb")
  if [[ $rdb != *'keys yes'* || ! $theirs =~ ^[0-9]+$ ]]; then
    echo no
  elif [[ $info == *loading:1* ]]; then
    echo loading
  elif ((${offset:-0} > theirs)); then
    echo yes
  elif [[ $info != *"${id:-none}"* && $(ask "$1" dbsize) == 0 ]]; then
    echo yes
  else
    echo no
  fi
}

copy() {
  local heard address rank best=none
  heard=$(awk '$1 == "pong" && $3 > last { last = $3 } END { printf "%.0f\n", last / 1000 }' <<<"$1")
  while read -r _ _ address rank; do
    best=other
    [[ $rank != electable ]] || ! followed "$address" "$heard" || { echo following && return; }
  done < <(awk '$1 == "copy"' <<<"$1")
  echo "$best"
}

followed() {
  local info now down
  info=$(ask "$1" info replication)
  now=$(ask "$1" time | head -n 1)
  [[ $info == *master_link_status:up* ]] && return
  down=$(fact master_link_down_since_seconds <<<"$info")
  [[ $now =~ ^[0-9]+$ && $down =~ ^[0-9]+$ ]] && ((now - down + 2 >= $2))
}

waited() {
  local since now
  now=$(cut -d . -f 1 /proc/uptime)
  since=$(cat "$RUN/since" 2>/dev/null || true)
  [[ -n $since ]] || { since=$now && write "$RUN/since" <<<"$now"; }
  if ((now - since >= 900)); then echo long; elif ((now - since >= $(window))); then echo window; else echo no; fi
}

window() {
  local seconds=$(($(node_timeout) * 6 / 1000))
  echo $((seconds > 60 ? seconds : 60))
}

act() {
  local owner
  owner=$(fact owner <<<"$4" | cut -d ' ' -f 2)
  [[ $1 == later* || $1 == stuck* ]] || log "the file says $(fact own <<<"$4"), the cluster says $(fact seen <<<"$4"): $1"
  case $1 in
    start)
      rm -rf "$DATA/appendonlydir"
      [[ -z $2 ]] || whole "$DATA/nodes.conf" || own_file | write "$DATA/nodes.conf"
      ;;
    follow)
      keep_rdb
      if damaged; then log 'the RDB is damaged' && rm -f "$DATA/dump.rdb"; fi
      rm -rf "$DATA/appendonlydir"
      follow "$2" "$3" "$owner" "$(fact peer <<<"$4")"
      ;;
    fresh) set_aside ;;
    serve | serve-aof)
      keep_rdb
      { [[ $(fact own <<<"$4") == owner ]] && whole "$DATA/nodes.conf"; } || follow "$2" "$3" "$2" "$(fact peer <<<"$4")"
      ;;
    later*) later "${1#later }" ;;
    stuck*) stuck "${1#stuck }" ;;
    refuse*)
      keep_rdb
      refuse "${1#refuse }" "$4"
      ;;
  esac
  rm -f "$RUN/accepted"
  consume_receipt
}

node_timeout() {
  local peer value
  while read -r peer; do
    value=$(ask "$peer" config get cluster-node-timeout | tail -n 1)
    if [[ $value =~ ^[0-9]+$ ]]; then
      write "$STATE/node-timeout" <<<"$value"
      break
    fi
  done < <(awk '$1 == "peer" { print $2 }' "$VIEW" 2>/dev/null)
  cat "$STATE/node-timeout" 2>/dev/null || echo 15000
}

own_data() {
  [[ $EUID -eq 0 ]] || return 0
  mkdir -p "$DATA"
  chown -R redis:redis "$DATA"
  chmod 0750 "$DATA"
}
END_OF_FILE

file /usr/local/lib/redis-replica/proof.sh 0644 <<'END_OF_FILE'
write_receipt() {
  local mark
  mark=$(rdb_mark)
  [[ -n $1 && -n $mark ]] || return 0
  {
    echo "node $1"
    echo "rdb $mark"
    view | awk '$1 == "peer" { peer = $2 } $3 ~ /myself/ { print $1, peer }' | while read -r id peer; do
      ask "$peer" time | tr '\n' ' ' | awk -v id="$id" 'NF == 2 { printf "peer %s %.0f\n", id, $1 * 1000 + $2 / 1000 }'
    done
  } | write "$STATE/receipt"
  to_disk
}

proven() {
  { [[ -s $STATE/receipt ]] && whole "$DATA/nodes.conf"; } || { echo no && return; }
  awk -v me="$1" '
    $1 == "node" { node = $2 }
    $1 == "rdb" { rdb = $2 " " $3 }
    $1 == "mark" { mark = $2 " " $3 }
    $1 == "peer" { time[$2] = $3 }
    $1 == "owners" { owners = $2 }
    $1 == "pong" && $2 in time { if ($3 <= time[$2] + 500) good++; else late++ }
    END { print (node == me && rdb == mark && rdb != "" && late == 0 && owners > 0 && good >= owners / 2 ? "yes" : "no") }' \
    "$STATE/receipt" <(echo "mark $(rdb_mark)") - <<<"$2"
}

consume_receipt() {
  [[ -e $STATE/receipt ]] || return 0
  rm -f "$STATE/receipt"
  to_disk
}

to_disk() {
  sync -f "$STATE" 2>/dev/null || sync
}
END_OF_FILE

file /usr/local/lib/redis-replica/rdb.awk 0644 <<'END_OF_FILE'
{ for (i = 1; i <= NF; i++) byte[++size] = $i }

function string(   length_byte, kind, n, text) {
  length_byte = byte[++position]; kind = int(length_byte / 64); n = length_byte % 64
  if (kind == 3) return number(n == 0 ? 1 : n == 1 ? 2 : 4)
  if (kind == 1) n = n * 256 + byte[++position]
  for (text = ""; n > 0; n--) text = text sprintf("%c", byte[++position])
  return text
}

function number(bytes,   value, i) {
  for (i = bytes; i >= 1; i--) value = value * 256 + byte[position + i]
  position += bytes
  return value
}

END {
  position = 9 # "REDIS" and four digits
  while (byte[position + 1] == 250) {
    position++
    name = string(); value = string()
    if (name == "repl-id") print "id", value
    if (name == "repl-offset") print "offset", value
  }
  print "keys", (byte[position + 1] == 255 ? "no" : "yes")
}
END_OF_FILE

file /usr/local/lib/redis-replica/report.sh 0644 <<'END_OF_FILE'
readonly LATER=10 REFUSED=20

log() {
  printf 'redis-replica: %s\n' "$*" >&2
}

write() {
  local text before
  IFS= read -r -d '' text || true
  [[ ! -e $1 ]] || IFS= read -r -d '' before <"$1" || [[ $text != "$before" ]] || return 0
  [[ -d ${1%/*} ]] || mkdir -p "${1%/*}"
  printf '%s' "$text" >"$1.new.$$"
  mv "$1.new.$$" "$1"
}

state() {
  local text="$1${2:+: $2}" before='' name
  [[ ! -e $RUN/state ]] || read -r before <"$RUN/state" || true
  [[ $before != "$text" && (! -e $RUN/refused || $1 == refused) ]] || return 0
  log "$text"
  write "$RUN/state" <<<"$text"
  for name in waiting 'in sync' promoted refused; do
    printf 'redis_replica_state{state="%s"} %d\n' "$name" "$([[ $1 != "$name" ]] || echo 1)"
    [[ $1 != "$name" ]] || printf 'redis_replica_state_since_seconds %s\n' "$(date +%s)"
  done | write "$RUN/redis-replica.prom"
  case $1 in
    refused | promoted) hook "$1" "$text" ;;
    'in sync') [[ $before == "$1"* ]] || hook recovered "$text" ;;
  esac
}

hook() {
  [[ ! -x $ETC/hooks.d/$1 ]] || timeout 10 "$ETC/hooks.d/$1" "$2" 9>&- || log "the hook $1 failed"
}

refuse() {
  state refused "$1"
  write "$RUN/refused" <<<"$1"
  evidence "${2:-}"
  log "to look again: redis-replica retry"
  log "to go on, losing what this volume or its master lacks: redis-replica accept"
  exit "$REFUSED"
}

evidence() {
  local address info
  log "this volume: $(rdb_facts | tr '\n' ' ')of $(date -u -r "$DATA/dump.rdb" 2>/dev/null || echo unknown)"
  while read -r _ _ address _; do
    info=$(ask "$address" info replication)
    log "the copy at $address: offset $(fact slave_repl_offset <<<"$info"), link down for" \
      "$(fact master_link_down_since_seconds <<<"$info") s, $(ask "$address" dbsize) keys;" \
      "to make it serve, losing what it lacks: redis-cli -h ${address%:*} -p ${address##*:} cluster failover takeover"
  done < <(awk '$1 == "copy"' <<<"$1")
}

stuck() {
  state refused "$1"
  exit "$REFUSED"
}

later() {
  state waiting "$1"
  exit "$LATER"
}

retry() {
  rm -f "$RUN/refused" "$RUN/since"
  systemctl start --no-block redis-replica.service redis-replica-reconcile.service
}

accept() {
  : >"$RUN/accepted"
  retry
}

status() {
  local text
  text=$(cat "$RUN/state" 2>/dev/null || echo 'not started')
  echo "$text"
  case $text in
    'in sync'* | promoted*) ;;
    refused*) exit "$REFUSED" ;;
    *) exit "$LATER" ;;
  esac
}
END_OF_FILE

file /usr/local/lib/redis-replica/setup.sh 0644 <<'END_OF_FILE'
setup() {
  local outcome=0 verb=start
  sysctl -q -p "$ROOT/etc/sysctl.d/90-redis-replica.conf" || true
  systemctl daemon-reload
  systemctl -q enable redis-replica.service redis-replica-reconcile.timer
  systemctl start --no-block redis-replica-reconcile.timer
  "$0" install || (($? != REFUSED)) || exit "$REFUSED"
  systemctl daemon-reload
  if [[ -e $RUN/redis.conf ]] && restart_due; then
    log 'new settings or another Redis: restarting'
    verb=restart
  fi
  systemctl "$verb" --no-block redis-replica.service
  "$0" join || outcome=$?
  log "$(status)"
  ((outcome == 0 || outcome == LATER)) || exit "$outcome"
}

restart_due() {
  local pid
  pid=$(systemctl show -p MainPID redis-replica.service | cut -d = -f 2)
  [[ $pid != 0 && $(readlink "/proc/$pid/exe") != "$(readlink -f "$OPT/bin/redis-server")" ]] ||
    ! render_conf "$(cat "$RUN/address")" "$(node_timeout)" | cmp -s - "$RUN/redis.conf"
}
END_OF_FILE

file /usr/local/lib/redis-replica/stop.sh 0644 <<'END_OF_FILE'
stop() {
  local here="127.0.0.1:$PORT" role copy tries since
  role=$(ask "$here" role | head -n 1)
  [[ -z ${MAINPID:-} ]] || : >"$RUN/stopping"
  if [[ $role != master ]] || ! aof; then ask "$here" config set appendonly no; fi
  [[ $role == master ]] || return 0
  view >"$VIEW"
  since=$(($(cut -d . -f 1 /proc/uptime) - $(cat "$RUN/promoted" 2>/dev/null || echo 0)))
  copy=$([[ $since -lt $(window) ]] || ask "$here" info replication | in_sync)
  [[ -n $copy ]] || { log 'no hand-over: no copy in sync, or promoted just now' && return 0; }
  log "handing over to $copy: $(ask "$copy" cluster failover)"
  for ((tries = 0; tries < 50; tries++)); do
    [[ $(ask "$here" role | head -n 1) == master ]] || { log "handed over to $copy" && return 0; }
    sleep 0.1
  done
  log "$copy did not take over"
}

in_sync() {
  tr -d '\r' | awk -F '[:,=]' '
    $1 == "master_repl_offset" { end = $2 }
    $1 ~ /^slave[0-9]+$/ && $7 == "online" { address[++n] = $3 ":" $5; offset[n] = $9; lag[n] = $11 }
    END { for (i = 1; i <= n; i++) if (end - offset[i] <= 65536 && lag[i] <= 1) { print address[i]; exit } }'
}

stopped() {
  [[ -e $RUN/started ]] || return 0
  state waiting 'Redis has ended'
  case $1 in
    success) [[ ! -e $RUN/stopping ]] || write_receipt "$(own_id)" ;;
    *) [[ ${EXIT_STATUS:-} == KILL ]] || : >"$RUN/failed" ;;
  esac
  rm -f "$RUN/started" "$RUN/stopping" "$RUN/since"
}
END_OF_FILE

file /usr/local/lib/redis-replica/view.sh 0644 <<'END_OF_FILE'
ask() {
  local address=$1
  shift
  timeout 2 "$OPT/bin/redis-cli" -h "${address%:*}" -p "${address##*:}" "$@" 2>/dev/null || true
}

fact() {
  local name value
  while IFS=': ' read -r name value; do
    [[ $name != "$1" ]] || { echo "${value%$'\r'}" && return; }
  done
}

seeds() {
  local host
  for host in $MASTERS ${SHARD:-}; do echo "$host:$PORT"; done
  [[ ! -e $STATE/seeds ]] || cat "$STATE/seeds"
  [[ ! -e $DATA/nodes.conf ]] || masters_in "$DATA/nodes.conf"
}

masters_in() {
  awk '$3 ~ /master/ && $3 !~ /myself|handshake|noaddr/ && $9 != "" { sub(/@.*/, "", $2); print $2 }' "$@" 2>/dev/null || true
}

view() {
  local known answers
  known=$(seeds)
  answers=$(ask_all '' <<<"$known")
  [[ -z $answers ]] || echo "$answers"
  masters_in <<<"$answers" | ask_all "$known"
}

ask_all() {
  local asked=" ${1//$'\n'/ } " address pipe pipes=()
  while read -r address; do
    [[ $asked != *" $address "* ]] || continue
    asked+="$address "
    exec {pipe}< <(ask_one "$address")
    pipes+=("/dev/fd/$pipe")
  done
  ((${#pipes[@]} == 0)) || cat "${pipes[@]}"
}

ask_one() {
  local answer
  answer=$(ask "$1" cluster nodes)
  [[ $answer != *myself* ]] || printf 'peer %s\n%s\n' "$1" "$answer"
}

facts() {
  awk -v me="${1:-}" -v at_shard="${SHARD:-none}:$PORT" -f "$LIB/facts.awk" own=1 "$2" own=0 -
}

id_at() {
  awk -v at="$1@" 'index($2, at) == 1 && $3 !~ /handshake/ && $1 != id { id = $1; n++ } END { if (n == 1) print id }'
}

placement() {
  if [[ -n ${SHARD:-} ]]; then
    fact shard
  else
    awk '$1 == "master"' | sort -k5,5n -k6,6 -k2,2 | awk 'NR == 1 { print $2 }'
  fi
}

subnets() {
  local word id at rest
  while read -r word id at rest; do
    [[ $word != master ]] ||
      rest+=" $(if [[ $(ip -4 route get "${at%:*}" 2>/dev/null) == *' via '* ]]; then echo other; else echo own; fi)"
    echo "$word $id $at $rest"
  done
}
END_OF_FILE

exec /usr/local/bin/redis-replica setup
