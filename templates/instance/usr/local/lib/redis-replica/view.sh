# shellcheck shell=bash
# What the cluster says: every master's own CLUSTER NODES, and the facts that a majority of them agrees on.

# ask ADDRESS COMMAND...: one bounded question to a Redis at IP:PORT.
ask() {
  local address=$1
  shift
  timeout 2 "$OPT/bin/redis-cli" -h "${address%:*}" -p "${address##*:}" "$@" 2>/dev/null
}

# value SEPARATOR NAME: what stands behind a name. Without a process of its own: it is asked for a dozen times a look.
value() {
  local name rest
  while IFS=$1 read -r name rest; do
    [[ $name != "$2" ]] || { echo "${rest%$'\r'}" && return; }
  done
}

# field NAME: its value in an INFO text.
field() { value : "$1"; }

# fact NAME: its value among facts.
fact() { value ' ' "$1"; }

# Where to ask first: the masters named in the settings, those met since, and those this node knew.
seeds() {
  local host
  for host in $MASTERS; do echo "$host:$PORT"; done
  cat "$STATE/seeds" 2>/dev/null || true
  [[ ! -e $DATA/nodes.conf ]] || masters_in "$DATA/nodes.conf"
}

# masters_in FILE...: IP:PORT of each master with slots in CLUSTER NODES texts, but for those whose texts they are.
masters_in() {
  awk '$3 ~ /master/ && $3 !~ /myself|handshake|noaddr/ && $9 != "" { sub(/@.*/, "", $2); print $2 }' "$@" 2>/dev/null || true
}

# view: what each seed, and each master a seed names, says; a line "peer IP:PORT" before each answer.
# All are asked at once, so a dead one costs two seconds and not two seconds each.
view() {
  local folder
  folder=$(mktemp -d)
  ask_all "$folder" < <(seeds | sort -u)
  ask_all "$folder" < <(masters_in "$folder"/* | sort -u)
  cat "$folder"/* 2>/dev/null || true
  rm -rf "$folder"
}

ask_all() {
  local folder=$1 address
  while read -r address; do
    [[ -e $folder/$address ]] || ask_one "$address" "$folder/$address" &
  done
  wait
}

ask_one() {
  local answer
  answer=$(ask "$1" cluster nodes) || return 0
  [[ $answer == *myself* ]] || return 0
  { printf 'peer %s\n' "$1" && sort <<<"$answer"; } >"$2"
}

# facts ID: from a view and this node's own file, one fact a line:
#   quorum yes|no             whether enough masters answer and agree on who owns what: more than half of all owners,
#                             or of the others at least half, if this node is one
#   seen none | bare | owner | replica MASTER    what they say of ID
#   at IP:PORT                where they say ID is
#   listed all|some|none      whether every master that answered lists ID as a live member
#   owners N                  how many nodes own slots
#   pong PEER MS              when a master last heard from ID, by its own clock
#   copy ID IP:PORT electable|barred             a live replica of ID
#   master ID IP:PORT BUSPORT REPLICAS           each owner, and how many replicas it has, dead ones too
#   shard ID                  who serves the shard of the node at the settings' SHARD
#   peer IP:PORT              one whose word this is
#   owner live|down ID IP:PORT | several | none  who serves the shard of ID's file now, if ID does not
facts() {
  awk -v me="${1:-}" -v at_shard="${SHARD:-}" -f "$LIB/facts.awk" own=1 <(own_file) own=0 -
}

# id_at ADDRESS: the one node that the peers of a view have there.
id_at() {
  awk -v at="$1@" 'index($2, at) == 1 && $3 !~ /handshake/ && $1 != id { id = $1; n++ } END { if (n == 1) print id }'
}

# placement: the master for a new replica: of the shard that the settings give, or the one with the fewest replicas,
# at a tie in another subnet, and then the first by id.
placement() {
  if [[ -n ${SHARD:-} ]]; then
    fact shard
  else
    awk '$1 == "master"' | sort -k5,5n -k6,6 -k2,2 | awk 'NR == 1 { print $2 }'
  fi
}

# subnets: adds to each master among facts whether it is in this machine's own subnet, and so surely in its availability
# zone, or in another: only the latter is reached by a gateway.
subnets() {
  local word id at rest
  while read -r word id at rest; do
    [[ $word != master ]] ||
      rest+=" $(if [[ $(ip -4 route get "${at%:*}" 2>/dev/null) == *' via '* ]]; then echo other; else echo own; fi)"
    echo "$word $id $at $rest"
  done
}
