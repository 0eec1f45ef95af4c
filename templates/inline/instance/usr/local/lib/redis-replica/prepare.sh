# shellcheck shell=bash
# Before each start of Redis: may it start, as what, and with which configuration?

prepare() {
  local known address='' instance='' me facts action given
  ${DATA_VOLUME:+mount_volume}
  known=$(wait_for_identity) || later 'no private IP yet'
  { read -r address && read -r instance; } <<<"$known" || true
  me=$(own_id)
  view >"$VIEW"
  # Data that does not say whose it is: the node's that the peers have at this address.
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

# start_facts ME ADDRESS INSTANCE-ID FACTS: what decide_start takes.
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

# answers_as AT ADDRESS ME: whether another machine answers with this node's id.
answers_as() {
  [[ -n $1 && $1 != "$2" && $(ask "$1" cluster myid) == "$3" ]]
}

# stale OWNER: whether the owner has less than this volume; following it would wipe what only this volume has. An owner
# of the same history that is further on and empty was emptied on purpose.
stale() {
  local rdb info theirs id offset
  rdb=$(rdb_facts)
  info=$([[ $1 != *:* ]] || ask "$1" info)
  theirs=$(fact master_repl_offset <<<"$info")
  # Not by awk: mawk prints numbers from 2^31 on as 5e+09.
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

# copy FACTS: the best live copy of this node's slots: following if it lost its link no earlier than the masters lost
# this node, and may be elected.
copy() {
  local heard address rank best=none
  heard=$(awk '$1 == "pong" && $3 > last { last = $3 } END { printf "%.0f\n", last / 1000 }' <<<"$1")
  while read -r _ _ address rank; do
    best=other
    [[ $rank != electable ]] || ! followed "$address" "$heard" || { echo following && return; }
  done < <(awk '$1 == "copy"' <<<"$1")
  echo "$best"
}

# followed ADDRESS SECONDS: whether a copy's link was up at that time, by its own clock; 2 s for what clocks differ.
followed() {
  local info now down
  info=$(ask "$1" info replication)
  now=$(ask "$1" time | head -n 1)
  [[ $info == *master_link_status:up* ]] && return
  down=$(fact master_link_down_since_seconds <<<"$info")
  [[ $now =~ ^[0-9]+$ && $down =~ ^[0-9]+$ ]] && ((now - down + 2 >= $2))
}

# waited: how long this boot has been kept from starting: no, window (W) or long (15 minutes).
waited() {
  local since now
  now=$(cut -d . -f 1 /proc/uptime)
  since=$(cat "$RUN/since" 2>/dev/null || true)
  [[ -n $since ]] || { since=$now && write "$RUN/since" <<<"$now"; }
  if ((now - since >= 900)); then echo long; elif ((now - since >= $(window))); then echo window; else echo no; fi
}

# window: W in seconds: a minute, or six node timeouts, which is longer than a failed election and the next one.
window() {
  local seconds=$(($(node_timeout) * 6 / 1000))
  echo $((seconds > 60 ? seconds : 60))
}

# act ACTION ME ADDRESS FACTS: returns if Redis may start now; leaves with 10 or 20 if not.
act() {
  local owner
  owner=$(fact owner <<<"$4" | cut -d ' ' -f 2)
  [[ $1 == later* || $1 == stuck* ]] || log "the file says $(fact own <<<"$4"), the cluster says $(fact seen <<<"$4"): $1"
  case $1 in
    start)
      # A replica has no append-only file, which would turn every return into a full resync.
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

# node_timeout: what the masters use, in milliseconds; what they used last where none answers; else Redis's default.
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

# own_data: the volume's files may come from an image in which the user redis had another number.
own_data() {
  [[ $EUID -eq 0 ]] || return 0
  mkdir -p "$DATA"
  chown -R redis:redis "$DATA"
  chmod 0750 "$DATA"
}
