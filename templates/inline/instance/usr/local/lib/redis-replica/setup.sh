# shellcheck shell=bash
# What user data does once the files are there.

# setup: installs what is missing, applies what changed, waits until joined. Fails only when a person must act: what
# is merely late goes on by the timer.
setup() {
  local outcome=0 verb=start
  sysctl -q -p "$ROOT/etc/sysctl.d/90-redis-replica.conf" || true
  systemctl daemon-reload
  # First of all, so that a reboot in the middle of a build goes on with it.
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

# restart_due: whether the Redis that runs would be another one, or another configuration, if it were started now.
restart_due() {
  local pid
  pid=$(systemctl show -p MainPID redis-replica.service | cut -d = -f 2)
  [[ $pid != 0 && $(readlink "/proc/$pid/exe") != "$(readlink -f "$OPT/bin/redis-server")" ]] ||
    ! render_conf "$(cat "$RUN/address")" "$(node_timeout)" | cmp -s - "$RUN/redis.conf"
}
