# shellcheck shell=bash
# What user data does once the files are there.

# setup CHANGED-FILE...: installs what is missing, applies what changed, waits until joined. Fails only when a
# person must act: what is merely late goes on by the timer.
setup() {
  local before outcome=0
  before=$(readlink "$OPT/bin/redis-server" || true)
  sysctl -q -p "$ROOT/etc/sysctl.d/90-redis-replica.conf" || log 'the kernel settings could not be applied'
  "$AGENT" install || outcome=$?
  ((outcome != REFUSED)) || exit "$REFUSED"
  systemctl daemon-reload
  systemctl -q enable redis-replica.service redis-replica-reconcile.timer
  systemctl start --no-block redis-replica-reconcile.timer
  if [[ -n $before ]] && restart_due "$before" "$@"; then
    log 'new settings or another Redis: restarting'
    systemctl restart --no-block redis-replica.service
  elif ((outcome == 0)); then
    systemctl start --no-block redis-replica.service
  fi
  outcome=0
  join_within 600 || outcome=$?
  log "$(status)"
  ((outcome == 0 || outcome == LATER)) || exit "$outcome"
}

# restart_due SERVER-BEFORE CHANGED-FILE...: whether a Redis that runs already misses something.
restart_due() {
  [[ $1 == "$(readlink "$OPT/bin/redis-server")" ]] || return 0
  shift
  [[ " $* " == *" /etc/redis-replica/"* ]]
}
