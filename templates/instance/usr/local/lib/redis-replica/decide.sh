# shellcheck shell=bash
# The decisions: pure functions from facts to one action. They read nothing and change nothing.

# decide_start DATA OWN QUORUM SEEN ELSEWHERE SAME: may Redis start on this volume?
#   DATA       empty | known | orphan      what the volume holds
#   OWN        bare | owner | replica | -  what its nodes.conf says this node is
#   QUORUM     yes | no                    whether a majority of the masters answers and agrees
#   SEEN       none | bare | owner | replica   what that majority says this node is
#   ELSEWHERE  yes | no                    whether another machine answers with this node's id
#   SAME       yes | no                    whether this is the instance that last ran Redis on this volume
# Prints: start | later REASON | refuse REASON
decide_start() {
  local data=$1 own=$2 quorum=$3 seen=$4 elsewhere=$5 same=$6
  if [[ $data == empty ]]; then
    echo start
  elif [[ $data == orphan ]]; then
    # Redis would start as a new master that claims every slot it has keys for.
    echo 'refuse there is data without a readable nodes.conf'
  elif [[ $elsewhere == yes ]]; then
    echo 'refuse another machine answers with the id of this node'
  elif [[ $quorum == no && $own == replica && $same == yes ]]; then
    # A reboot: the volume cannot be older than what the cluster last saw of this node.
    echo start
  elif [[ $quorum == no ]]; then
    echo 'later no majority of the masters answers'
  elif [[ $seen == owner ]]; then
    echo 'refuse the cluster says this node owns slots: its data may be older than what was acknowledged'
  elif [[ $own == owner ]]; then
    echo 'refuse nodes.conf says this node owns slots, and the cluster says it does not'
  else
    echo start
  fi
}

# decide_join OWN QUORUM LISTED LINK SYNCED: the next step of a running Redis.
#   OWN     bare | owner | replica   what it says it is
#   QUORUM  yes | no                 whether a majority of the masters answers and agrees
#   LISTED  all | some | none        which of the masters list it as a live member
#   LINK    up | down                its replication link
#   SYNCED  yes | no                 whether its offset has reached its master's
# Prints: meet | replicate | healthy | promoted | later REASON
decide_join() {
  local own=$1 quorum=$2 listed=$3 link=$4 synced=$5
  if [[ $own == owner ]]; then
    echo promoted
  elif [[ $quorum == no ]]; then
    echo 'later no majority of the masters answers'
  elif [[ $listed != all ]]; then
    echo meet
  elif [[ $own == bare ]]; then
    echo replicate
  elif [[ $link == down ]]; then
    echo 'later the link to the master is down'
  elif [[ $synced == no ]]; then
    echo 'later the offset has not reached the master'
  else
    echo healthy
  fi
}
