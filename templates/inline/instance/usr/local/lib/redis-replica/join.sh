# shellcheck shell=bash
# From a running Redis to a replica in sync that every master lists.

# The key that lets one instance at a time choose its master; replicas that boot together would all choose the same.
readonly PLACEMENT_LOCK='{redis-replica}:placement'

# join_within SECONDS: steps until in sync; returns 10 when the time is up, 20 when a person must decide.
join_within() {
  local deadline=$((SECONDS + $1)) outcome
  while true; do
    outcome=0
    # Not `step || …`, where errors would not end it.
    step &
    wait $! || outcome=$?
    ((outcome == LATER && SECONDS < deadline)) || return "$outcome"
    sleep 0.2
  done
}

# step: one look and one step. Leaves with 0 in sync, 10 not yet, 20 refused.
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
  # Why it does not is for `prepare` to say.
  [[ $nodes =~ ([0-9a-f]{40})\ [^\ ]+\ myself ]] || exit "$LATER"
  me=${BASH_REMATCH[1]}
  view >"$VIEW"
  facts=$(facts "$me" <(echo "$nodes") <"$VIEW")
  while read -r name value; do
    case $name in own | follows | quorum | listed | owner) local "$name=$value" ;; esac
  done <<<"$facts"
  # The master first: this replica cannot have what was written since.
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

# data_time INFO: when this replica last had word from its master: in this life, or when its RDB was written.
data_time() {
  local down
  down=$(fact master_link_down_since_seconds <<<"$1")
  if ((${down:--1} >= 0)); then date -u -d "-$down seconds"; else date -u -r "$DATA/dump.rdb"; fi
}

# meet HERE FACTS: each master in turn; one would do, but gossip takes seconds.
meet() {
  local address bus
  while read -r _ _ address bus _; do
    ask "$1" cluster meet "${address%:*}" "${address##*:}" "$bus" >/dev/null
  done < <(awk '$1 == "master"' <<<"$2")
}

# replicate HERE ME NODES: chooses under the lock, with a view taken under it, and holds it until every master knows.
replicate() {
  local here=$1 me=$2 facts master answer='' tries
  lock "$me"
  view >"$VIEW"
  facts=$(facts "$me" <(echo "$3") <"$VIEW")
  # Not by a pipe: `placement` need not read all.
  master=$(placement <<<"$(subnets <<<"$facts")")
  [[ -n $master ]] || later "no master to replicate${SHARD:+ in its shard}"
  for ((tries = 0; tries < 50; tries++)); do
    answer=$(ask "$here" cluster replicate "$master")
    [[ $answer != OK ]] || break
    # "Unknown node" until gossip has brought the master here.
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

# lock OWNER: returns with the lock, which the end of this process gives back, or leaves with 10. A node without slots
# would only say that the cluster is down.
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

# known_to_all ID MASTER: whether every peer of a view lists ID as a replica of MASTER.
known_to_all() {
  awk -v me="$1" -v master="$2" '
    $1 == "peer" { peers++ }
    $1 == me && $3 ~ /slave/ && $4 == master { seen++ }
    END { exit !(peers > 0 && seen == peers) }'
}

# synced INFO OFFSET: whether this replica has applied what its master had written when it was asked.
synced() {
  [[ -n $2 && $1 =~ slave_repl_offset:([0-9]+) ]] && ((BASH_REMATCH[1] >= $2))
}

# healthy HERE ME FACTS NODES: what is kept for the next start, and the word that it may be elected again. That a master
# lists this node says nothing of the way to its bus, by which votes are asked for: a pong has come back that way.
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

# promoted HERE ME: while it serves, every write goes to disk within a second: a replica's RDB alone would lose
# everything since the last save.
promoted() {
  [[ -e $RUN/promoted ]] || cut -d . -f 1 /proc/uptime | write "$RUN/promoted"
  if [[ ! -e $RUN/stopping && $(ask "$1" config get appendonly | tail -n 1) != yes ]]; then
    # Of an earlier time, it would pass for the one that is not complete yet.
    rm -rf "$DATA/appendonlydir"
    [[ $(ask "$1" config set appendonly yes) == OK ]] || later 'the append-only file cannot be switched on'
  fi
  write "$STATE/nodes.conf" <"$DATA/nodes.conf"
  state promoted "$2 owns slots"
}
