# shellcheck shell=bash
# Leaving: what is served is handed over first, and what is left is attested.

# stop: before Redis is told to end. A promoted replica hands its slots to a copy that is in sync; writes stall for
# some hundredths of a second instead of an election.
stop() {
  local here="127.0.0.1:$PORT" role copy tries since
  role=$(ask "$here" role | head -n 1)
  # Not where Redis has ended by itself: nobody can say whether it has saved everything.
  [[ -z ${MAINPID:-} ]] || : >"$RUN/stopping"
  # While its first append-only file is written, Redis ignores the signal to end, and is sent no other.
  if [[ $role != master ]] || ! aof; then ask "$here" config set appendonly no; fi
  [[ $role == master ]] || return 0
  view >"$VIEW"
  # No earlier than four node timeouts after the last change: votes would be denied, and writes stall.
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

# in_sync: of a master's INFO replication, a replica that is online and less than a second and 64 KB behind.
in_sync() {
  tr -d '\r' | awk -F '[:,=]' '
    $1 == "master_repl_offset" { end = $2 }
    $1 ~ /^slave[0-9]+$/ && $7 == "online" { address[++n] = $3 ":" $5; offset[n] = $9; lag[n] = $11 }
    END { for (i = 1; i <= n; i++) if (end - offset[i] <= 65536 && lag[i] <= 1) { print address[i]; exit } }'
}

# stopped RESULT: after Redis, if it was started, has ended. A clean end leaves a receipt; where Redis gave up or
# crashed, its data is looked at before the next start.
stopped() {
  [[ -e $RUN/started ]] || return 0
  state waiting 'Redis has ended'
  case $1 in
    success) [[ ! -e $RUN/stopping ]] || write_receipt "$(own_id)" ;;
    *) [[ ${EXIT_STATUS:-} == KILL ]] || : >"$RUN/failed" ;;
  esac
  rm -f "$RUN/started" "$RUN/stopping" "$RUN/since"
}
