# shellcheck shell=bash
# What this machine says of itself, by the metadata service (IMDSv2).

IMDS=${REDIS_REPLICA_IMDS:-http://169.254.169.254}

# metadata PATH: its value; fails where there is no metadata service.
metadata() {
  local token
  token=$(curl -sf --connect-timeout 1 -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
    "$IMDS/latest/api/token") || return
  curl -sf --connect-timeout 1 -m 2 -H "X-aws-ec2-metadata-token: $token" "$IMDS/latest/meta-data/$1"
}

# The address the others reach: the metadata service's word, else the source address of the default route.
my_address() {
  metadata local-ipv4 || ip -4 route get 192.0.2.1 | awk '{ for (i = 1; i < NF; i++) if ($i == "src") print $(i + 1) }'
}

# wait_for_address: prints it once an interface has it; a network interface that moved over may come late.
wait_for_address() {
  local address tries
  for ((tries = 0; tries < 100; tries++)); do
    address=$(my_address || true)
    if [[ -n $address ]] && ip -4 -o addr show | grep -qF " $address/"; then
      printf '%s\n' "$address"
      return
    fi
    sleep 0.1
  done
  return 1
}
