# shellcheck shell=bash
# The decisions: pure functions from facts, given as NAME=VALUE, to one action. They read nothing and change nothing.

# decide_start: may Redis start on this volume, and as what? The first match wins.
#   data       empty | known | orphan         what the volume holds; orphan: data that nobody can say the node of
#   own        none | bare | owner | replica  what its nodes.conf says this node is; bare: a master without slots
#   retired    yes | no                       whether this node has left the cluster for good
#   elsewhere  yes | no                       whether another machine answers with this node's id
#   quorum     yes | no                       whether enough masters answer and agree (facts.awk)
#   same       yes | no                       whether this instance is the one that last ran Redis on this volume
#   seen       none | bare | owner | replica  what that majority says this node is
#   owner      live | down | several | none   who serves this node's shard now, if this node does not
#   stale      yes | no | loading             whether that owner has less than this volume: it came back empty or old
#   copy       following | other | none       a live copy of this node's slots; following: up to the end, and electable
#   proof      yes | no                       whether this volume is what was left by the last life (see proof.sh)
#   aof        yes | no                       whether every write up to the last second is on this volume
#   accepted   yes | no                       whether a person has accepted what may be lost
#   waited     no | window | long             since this came up: less than W, more, more than 15 minutes
# Prints: start | follow | serve | serve-aof | fresh | later REASON | stuck REASON | refuse REASON
decide_start() {
  local data own retired elsewhere quorum same seen owner stale copy proof aof accepted waited
  local "$@"
  if [[ $retired == yes ]]; then
    echo 'refuse this node was retired'
  elif [[ $data == empty ]]; then
    echo start
  elif [[ $elsewhere == yes ]]; then
    echo 'refuse another machine answers with the id of this node'
  elif [[ $quorum == no && $own == replica && $same == yes ]]; then
    # A reboot: the volume cannot be older than what the cluster last saw of this node.
    echo start
  elif [[ $quorum == no && $waited == long ]]; then
    echo 'stuck no majority of the masters has answered for 15 minutes'
  elif [[ $quorum == no ]]; then
    echo 'later no majority of the masters answers and agrees'
  elif [[ $data == orphan ]]; then
    # Redis would start as a new master that claims every slot it has keys for.
    echo fresh
  elif [[ $seen == owner ]]; then
    decide_owner
  elif [[ $stale == loading && $accepted == no ]]; then
    echo 'later the node that serves this shard is loading'
  elif [[ $stale == yes && $accepted == no ]]; then
    echo 'refuse the node that serves this shard has less than this volume: it would wipe it'
  elif [[ $owner == live ]]; then
    echo follow
  elif [[ $seen == replica ]]; then
    # Its master is down: with no-failover on until it has caught up, it is a copy to be had and no more.
    echo follow
  elif [[ $own == bare ]]; then
    echo start
  elif [[ $owner == down && $waited == long ]]; then
    echo 'stuck the node that serves this shard has been down for 15 minutes'
  elif [[ $owner == down ]]; then
    echo 'later the node that serves this shard is down'
  else
    echo fresh
  fi
}

# decide_owner: the cluster says this node owns slots. It may serve them only if nothing newer can be anywhere.
decide_owner() {
  if [[ $accepted == yes ]]; then
    echo serve
  elif [[ $waited == no && $copy == following ]]; then
    echo 'later a live copy followed this node to its end and can be elected'
  elif [[ $proof == yes && $own == owner ]]; then
    echo serve
  elif [[ $waited == no ]]; then
    echo 'later the cluster says this node owns slots, and nobody has been elected yet'
  elif [[ $same == yes && $aof == yes && $own == owner ]]; then
    echo serve-aof
  else
    echo 'refuse this node owns slots, and its volume may be older than what was acknowledged'
  fi
}

# decide_join: the next step of a running Redis.
#   own     bare | owner | replica   what it says it is
#   quorum  yes | no                 whether enough masters answer and agree
#   listed  all | some | none        which of the masters list it as a live member
#   link    up | down                its replication link
#   owner   live | down | …          who serves its shard, as for decide_start
#   waited  no | window | long       since the link was first found down
#   synced  yes | no                 whether its offset has reached its master's
# Prints: meet | replicate | healthy | promoted | later REASON | stuck REASON
decide_join() {
  local own quorum listed link owner waited synced
  local "$@"
  if [[ $own == owner ]]; then
    echo promoted
  elif [[ $quorum == no ]]; then
    echo 'later no majority of the masters answers and agrees'
  elif [[ $listed != all ]]; then
    echo meet
  elif [[ $own == bare ]]; then
    echo replicate
  elif [[ $link == down && $owner == down && $waited != no ]]; then
    echo 'stuck the master is down'
  elif [[ $link == down ]]; then
    echo 'later the link to the master is down'
  elif [[ $synced == no ]]; then
    echo 'later the offset has not reached the master'
  else
    echo healthy
  fi
}
