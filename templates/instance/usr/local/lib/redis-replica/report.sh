# shellcheck shell=bash
# Telling what happened: the log, the state file, the exit codes.

readonly LATER=10 REFUSED=20

log() {
  printf 'redis-replica: %s\n' "$*" >&2
}

# write FILE: standard input, by rename, if it differs.
write() {
  mkdir -p "${1%/*}"
  cat >"$1.new.$$"
  chmod 0644 "$1.new.$$"
  if cmp -s "$1.new.$$" "$1"; then rm "$1.new.$$"; else mv "$1.new.$$" "$1"; fi
}

# state NAME [DETAIL]: what `status` shows; said once per change.
state() {
  local text="$1${2:+: $2}"
  [[ $(cat "$RUN/state" 2>/dev/null || true) == "$text" ]] && return
  log "$text"
  printf '%s\n' "$text" | write "$RUN/state"
}

# refuse REASON: nothing is started until a person has decided.
refuse() {
  state refused "$1"
  printf '%s\n' "$1" | write "$RUN/refused"
  log "when this is settled: rm $RUN/refused && systemctl start redis-replica"
  exit "$REFUSED"
}

later() {
  state waiting "$1"
  exit "$LATER"
}

status() {
  cat "$RUN/state" 2>/dev/null || echo 'not started'
  case $(cat "$RUN/state" 2>/dev/null) in
    'in sync'* | 'promoted'*) ;;
    refused*) exit "$REFUSED" ;;
    *) exit "$LATER" ;;
  esac
}
