# From each peer's CLUSTER NODES (sorted lines under a line "peer IP:PORT") to the facts that view.sh documents.
# A peer votes if it is itself a master with slots; two votes agree when they name the same owners of the same slots.

function slots(   i, text) {
  for (i = 9; i <= NF; i++) if ($i !~ /^\[/) text = text " " $i
  return text
}

$1 == "peer" { peer = $2; next }

{
  id = $1; flags = $3; owned = slots()
  if (flags ~ /handshake/) next
  line[peer, id] = 1
  split($2, at, /[@,]/)
  address[peer, id] = at[1]; bus[peer, id] = at[2]
  if (flags ~ /slave/) { role[peer, id] = "replica " $4; follows[peer, id] = $4 }
  else role[peer, id] = owned == "" ? "bare" : "owner"
  alive[peer, id] = flags !~ /(^|,)(fail|noaddr)/ && $8 == "connected"
  ids[id] = 1
  if (owned != "") {
    shape[peer] = shape[peer] id owned ";"
    owners[peer]++
    if (flags ~ /myself/ && id != me && !(id in voted)) { voted[id] = 1; voter[peer] = 1 }
  }
}

END {
  for (peer in voter) {
    votes[shape[peer]]++
    if (votes[shape[peer]] > most || (votes[shape[peer]] == most && peer < chosen)) { most = votes[shape[peer]]; chosen = peer }
    voters++
    if (me != "" && line[peer, me] && alive[peer, me]) listing++
  }
  print "quorum " (chosen != "" && most > int(owners[chosen] / 2) ? "yes" : "no")
  print "seen " (me != "" && (chosen, me) in role ? role[chosen, me] : "none")
  if ((chosen, me) in address) print "at " address[chosen, me]
  print "listed " (listing == 0 ? "none" : listing < voters ? "some" : "all")
  for (id in ids) if (id != me && (chosen, id) in follows) count[follows[chosen, id]]++
  for (id in ids) if (role[chosen, id] == "owner") print "master", id, address[chosen, id], bus[chosen, id], count[id] + 0
}
