# shellcheck shell=bash
# Telling what happened: the log, the state, the metrics, the hooks, the exit codes.

readonly LATER=10 REFUSED=20

log() {
  printf 'redis-replica: %s\n' "$*" >&2
}

# write FILE: standard input, by rename, if it differs. What is looked at every few seconds must cost no process.
write() {
  local text before
  IFS= read -r -d '' text || true
  # A file with a NUL is read up to it only, and so is no text that could be the same.
  [[ ! -e $1 ]] || IFS= read -r -d '' before <"$1" || [[ $text != "$before" ]] || return 0
  [[ -d ${1%/*} ]] || mkdir -p "${1%/*}"
  printf '%s' "$text" >"$1.new.$$"
  mv "$1.new.$$" "$1"
}

# state NAME [DETAIL]: what `status` shows; said, measured and hooked once per change.
state() {
  local text="$1${2:+: $2}" before='' name
  [[ ! -e $RUN/state ]] || read -r before <"$RUN/state" || true
  # A step that was under way does not talk over a refusal.
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

# hook NAME TEXT: the user's own program for refused, promoted, recovered; it may fail, and may not take long. The
# lock is not its own.
hook() {
  [[ ! -x $ETC/hooks.d/$1 ]] || timeout 10 "$ETC/hooks.d/$1" "$2" 9>&- || log "the hook $1 failed"
}

# refuse REASON [FACTS]: nothing is started until a person has decided, who needs to know what there is.
refuse() {
  state refused "$1"
  write "$RUN/refused" <<<"$1"
  evidence "${2:-}"
  log "to look again: redis-replica retry"
  log "to go on, losing what this volume or its master lacks: redis-replica accept"
  exit "$REFUSED"
}

# evidence FACTS: each copy's offset, the age of its link, its keys, and how to make it serve.
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

# stuck REASON: a person should look, and it is tried again all the same.
stuck() {
  state refused "$1"
  exit "$REFUSED"
}

later() {
  state waiting "$1"
  exit "$LATER"
}

# retry: a refusal is lifted; the same facts lead to the same refusal.
retry() {
  rm -f "$RUN/refused" "$RUN/since"
  systemctl start --no-block redis-replica.service redis-replica-reconcile.service
}

# accept: lifted once, whatever may be lost.
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
