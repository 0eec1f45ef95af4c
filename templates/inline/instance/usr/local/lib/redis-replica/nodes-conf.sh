# shellcheck shell=bash
# A nodes.conf for this node, from what a live peer says.

# follow_file ME ADDRESS OWNER EPOCH: from that peer's CLUSTER NODES (lines of a view) to a nodes.conf in which this
# node is a replica of OWNER, or serves its slots where it is OWNER itself. Slots on the move belong to the peer, and
# nodes in handshake or without address to nobody.
follow_file() {
  awk -v me="$1" -v address="$2" -v owner="$3" -v epoch="$4" '
    $3 ~ /handshake|noaddr/ { next }
    $1 == me { bus = $2; sub(/^[^@]*@/, "", bus); own = $7 " connected"; for (i = 9; i <= NF; i++) own = own " " $i; next }
    {
      # No pong is from this node itself: Redis would take it for one of this moment.
      sub(/myself,/, "", $3); $5 = $6 = 0
      line = $1
      for (i = 2; i <= NF; i++) if ($i !~ /^\[/) line = line " " $i
      print line
    }
    END {
      split(address, part, ":")
      if (bus == "") bus = part[2] + 10000
      if (owner == me) print me, address "@" bus, "myself,master - 0 0", own
      else print me, address "@" bus, "myself,slave", owner, 0, 0, 0, "connected"
      # No vote in an epoch that is known: this node may have given one that it has forgotten.
      print "vars currentEpoch", epoch, "lastVoteEpoch", epoch
    }'
}

# follow ME ADDRESS OWNER PEER: rewrites nodes.conf so that this node starts as a replica of OWNER, or as OWNER, as PEER
# sees it.
follow() {
  local epoch
  epoch=$(ask "$4" cluster info | fact cluster_current_epoch)
  [[ $epoch =~ ^[0-9]+$ ]] || later "$4 does not tell its epoch"
  awk -v peer="$4" '$1 == "peer" { on = $2 == peer; next } on' "$VIEW" |
    follow_file "$1" "$2" "$3" "$epoch" | write "$DATA/nodes.conf"
}
