# shellcheck shell=bash
# Before each start of Redis: may it start, and with which configuration?

prepare() {
  local address instance
  address=$(wait_for_address) || later 'the private IP is on no interface yet'
  instance=$(my_instance_id)
  may_start "$address:$PORT" "$instance"
  render_conf "$address" "$(node_timeout)" | write "$RUN/redis.conf"
  printf '%s\n' "$address" | write "$RUN/address"
  printf '%s\n' "$instance" | write "$STATE/instance-id"
  own_data
}

# may_start ADDRESS INSTANCE-ID: returns if Redis may start; leaves with 10 or 20 if not.
may_start() {
  local me own facts action at elsewhere=no same=no
  me=$(own_id)
  own=$(own_role)
  view >"$RUN/view"
  facts=$(facts "$me" <"$RUN/view")
  at=$(fact at <<<"$facts")
  if [[ -n $me && -n $at && $at != "$1" && $(ask "$at" cluster myid) == "$me" ]]; then elsewhere=yes; fi
  if [[ -n $2 && $2 == "$(cat "$STATE/instance-id" 2>/dev/null)" ]]; then same=yes; fi
  action=$(decide_start "$(data_class)" "${own:--}" "$(fact quorum <<<"$facts")" \
    "$(fact seen <<<"$facts" | cut -d ' ' -f 1)" "$elsewhere" "$same")
  log "before the start: the volume is $(data_class), its file says ${own:-nothing}, the cluster says $(fact seen <<<"$facts")"
  case $action in
    later*) later "${action#later }" ;;
    refuse*) refuse "${action#refuse }" ;;
  esac
}

# node_timeout: what the masters use, in milliseconds; what they used last where none answers; else Redis's default.
node_timeout() {
  local peer value
  while read -r peer; do
    value=$(ask "$peer" config get cluster-node-timeout | tail -n 1)
    if [[ $value =~ ^[0-9]+$ ]]; then
      printf '%s\n' "$value" | tee "$STATE/node-timeout"
      return
    fi
  done < <(awk '$1 == "peer" { print $2 }' "$RUN/view")
  cat "$STATE/node-timeout" 2>/dev/null || echo 15000
}

# own_data: the volume's files may come from an image in which the user redis had another number.
own_data() {
  [[ $EUID -eq 0 ]] || return 0
  mkdir -p "$DATA"
  chown -R redis:redis "$DATA"
  chmod 0750 "$DATA"
}
