# shellcheck shell=bash
# What this machine says of itself, by the metadata service (IMDSv2).

IMDS=${REDIS_REPLICA_IMDS:-http://169.254.169.254}

# metadata PATH...: their values, a line each; fails where there is no metadata service.
metadata() {
  local token path urls=''
  token=$(curl -sf --connect-timeout 1 -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
    "$IMDS/latest/api/token") || return
  for path in "$@"; do urls="$urls $IMDS/latest/meta-data/$path"; done
  # shellcheck disable=SC2086 # one word a path
  curl -sf --connect-timeout 1 -m 2 -w '\n' -H "X-aws-ec2-metadata-token: $token" $urls
}

# The address the others reach and the instance id: the metadata service's word, else the source address of the default
# route, and no id.
identity() {
  metadata local-ipv4 instance-id || ip -4 route get 192.0.2.1 | awk '{ for (i = 1; i < NF; i++) if ($i == "src") print $(i + 1) }'
}

# wait_for_identity: prints both once an interface has the address; a network interface that moved over may come late.
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
