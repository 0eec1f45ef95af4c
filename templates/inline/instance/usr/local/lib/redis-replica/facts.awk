# From this node's own nodes.conf (where `own` is set) and a view (each peer's CLUSTER NODES under a line "peer IP:PORT")
# to the facts that view.sh documents.
#
# A peer votes if it is itself a master with slots, and not this node. Votes agree when they name the same owners of
# the same slots; only what more than half of all owners agree on is a fact.

function slots(   i, text) {
  for (i = 9; i <= NF; i++) if ($i !~ /^\[/) text = text " " $i
  return text
}

function expand(text, list,   i, n, part, range, slot) {
  n = split(text, part, " ")
  for (i = 1; i <= n; i++) {
    split(part[i], range, "-")
    for (slot = range[1]; slot <= (range[2] == "" ? range[1] : range[2]) + 0; slot++) list[slot + 0] = 1
  }
}

$1 == "peer" { peer = $2; next }

own {
  filed[$1] = slots(); home[$1] = $2
  if ($3 ~ /myself/) {
    shard = $3 ~ /slave/ ? $4 : $1
    as = $3 ~ /slave/ ? "replica" : $9 == "" ? "bare" : "owner"
  }
  next
}

$3 ~ /handshake/ { next }

{
  id = $1; flags = $3; owned = slots()
  split($2, at, /[@,]/)
  address[peer, id] = at[1]; bus[peer, id] = at[2]; ping[peer, id] = $5; pong[peer, id] = $6
  if ($6 > last[peer]) last[peer] = $6
  if (flags ~ /slave/) { role[peer, id] = "replica " $4; follows[peer, id] = $4 }
  else role[peer, id] = owned == "" ? "bare" : "owner"
  alive[peer, id] = flags !~ /(^|,)(fail|noaddr)/ && $8 == "connected" || flags ~ /myself/
  barred[peer, id] = flags ~ /nofailover/
  ids[id] = 1
  if (id in filed) kin[peer] = 1
  if (flags ~ /myself/ && peer == at_shard) named = id
  if (owned != "") {
    owners[peer]++
    held[peer, id] = owned
    if (flags ~ /myself/ && id != me && !(id in voted)) { voted[id] = peer; voter[peer] = id }
  }
}

END {
  # An address may have passed on to another cluster: whoever knows none of the file's nodes has no vote beside who does.
  for (peer in voter) known += kin[peer]
  for (peer in voter) if (known && !kin[peer]) delete voter[peer]
  for (id in ids) for (peer in voter) if ((peer, id) in held) shape[peer] = shape[peer] id held[peer, id] ";"
  for (peer in voter) {
    n = ++votes[shape[peer]]
    if (n > most || (n == most && peer < chosen)) { most = n; chosen = peer }
  }
  half = owners[chosen] / 2
  print "own " (as == "" ? "none" : as)
  split(home[shard], at, /[@,]/)
  print "follows", at[1]
  print "quorum " (chosen != "" && ((chosen, me) in held ? most >= half : most > half) ? "yes" : "no")
  print "seen " ((chosen, me) in role ? role[chosen, me] : "none")
  if ((chosen, me) in address) print "at " address[chosen, me]
  for (peer in voter) {
    voters++
    # A ping that waits while others are answered: where this node is heard, Redis does not call it failed.
    if (alive[peer, me] && (ping[peer, me] == 0 || last[peer] - ping[peer, me] < 500)) listing++
    if (shape[peer] == shape[chosen] && (peer, me) in pong) print "pong", voter[peer], pong[peer, me]
  }
  print "listed " (listing == 0 ? "none" : listing < voters ? "some" : "all")
  print "owners " owners[chosen] + 0
  print "peer " chosen
  for (id in ids) if (id != me && (chosen, id) in follows) {
    count[follows[chosen, id]]++
    if (follows[chosen, id] == me && alive[chosen, id]) print "copy", id, address[chosen, id], barred[chosen, id] ? "barred" : "electable"
  }
  # By its own word, for it may be a DNS name; where it does not answer, by its address.
  for (id in ids) if (named == "" && address[chosen, id] == at_shard) named = id
  if (named != "") print "shard", role[chosen, named] == "owner" ? named : follows[chosen, named]
  for (id in ids) if (role[chosen, id] == "owner") print "master", id, address[chosen, id], bus[chosen, id], count[id] + 0

  # Whose replica this node is, if that one serves anything; else who serves now what the shard of the file served. The
  # cluster lists a replica that was away with the master that was failed over meanwhile.
  n = 0; master = follows[chosen, me]
  if (role[chosen, master] != "owner") expand(filed[shard], mine)
  for (id in ids) if ((chosen, id) in held && id != me) {
    split("", theirs)
    expand(held[chosen, id], theirs)
    for (slot in mine) if (slot in theirs) { owner[id] = 1; n++; break }
  }
  if (n != 1 && master != "") { split("", owner); owner[master] = n = 1 }
  for (id in owner)
    if (n == 1) print "owner", (role[chosen, id] == "owner" && alive[chosen, id] ? "live" : "down"), id, address[chosen, id]
  if (n != 1) print "owner", (n == 0 ? "none" : "several")
}
