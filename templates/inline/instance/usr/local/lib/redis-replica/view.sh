# shellcheck shell=bash
# What the cluster says: every master's own CLUSTER NODES, and the facts that a majority of them agrees on.

# ask ADDRESS COMMAND...: one bounded question to a Redis at IP:PORT; prints nothing where it does not answer.
ask() {
  local address=$1
  shift
  # Always well, also for a reader that has seen enough.
  timeout 2 "$OPT/bin/redis-cli" -h "${address%:*}" -p "${address##*:}" "$@" 2>/dev/null || true
}

# fact NAME: its value among facts, or in an INFO text. Without a process of its own: it is asked for a dozen times a look.
fact() {
  local name value
  while IFS=': ' read -r name value; do
    [[ $name != "$1" ]] || { echo "${value%$'\r'}" && return; }
  done
}

# Where to ask first: the nodes named in the settings, the masters met since, and those this node knew.
seeds() {
  local host
  for host in $MASTERS ${SHARD:-}; do echo "$host:$PORT"; done
  [[ ! -e $STATE/seeds ]] || cat "$STATE/seeds"
  [[ ! -e $DATA/nodes.conf ]] || masters_in "$DATA/nodes.conf"
}

# masters_in FILE...: IP:PORT of each master with slots in CLUSTER NODES texts, but for those whose texts they are.
masters_in() {
  awk '$3 ~ /master/ && $3 !~ /myself|handshake|noaddr/ && $9 != "" { sub(/@.*/, "", $2); print $2 }' "$@" 2>/dev/null || true
}

# view: what each seed, and each master a seed names, says; a line "peer IP:PORT" before each answer.
view() {
  local known answers
  known=$(seeds)
  answers=$(ask_all '' <<<"$known")
  [[ -z $answers ]] || echo "$answers"
  masters_in <<<"$answers" | ask_all "$known"
}

# ask_all KNOWN: what the addresses on standard input say that are not known, each asked once and all at the same time,
# so a dead one costs two seconds and not two seconds each. In a subshell, whose end closes the pipes.
ask_all() {
  local asked=" ${1//$'\n'/ } " address pipe pipes=()
  while read -r address; do
    [[ $asked != *" $address "* ]] || continue
    asked+="$address "
    exec {pipe}< <(ask_one "$address")
    pipes+=("/dev/fd/$pipe")
  done
  ((${#pipes[@]} == 0)) || cat "${pipes[@]}"
}

ask_one() {
  local answer
  answer=$(ask "$1" cluster nodes)
  [[ $answer != *myself* ]] || printf 'peer %s\n%s\n' "$1" "$answer"
}

# facts ID FILE: from a view and this node's own file, or its own CLUSTER NODES, one fact a line:
#   own none | bare | owner | replica            what FILE says of itself; bare: a master without slots
#   follows IP:PORT           the master that FILE names
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
#   owner live|down ID IP:PORT | several | none  who serves the shard of FILE now, if ID does not
facts() {
  awk -v me="${1:-}" -v at_shard="${SHARD:-none}:$PORT" -f "$LIB/facts.awk" own=1 "$2" own=0 -
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
