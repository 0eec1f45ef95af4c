# shellcheck shell=bash
# What the volume holds.

# data_class: empty, known (a nodes.conf that Redis would accept), or orphan (data, but no such file).
data_class() {
  if [[ -n $(own_role) ]]; then
    echo known
  elif [[ -s $DATA/nodes.conf || -e $DATA/dump.rdb || -e $DATA/appendonlydir ]]; then
    echo orphan
  else
    echo empty
  fi
}

# own_line: this node's line of a whole nodes.conf: one "myself", and "vars currentEpoch" at the end.
own_line() {
  [[ -e $DATA/nodes.conf ]] || return 0
  awk '
    $3 ~ /myself/ { own = $0; count++ }
    { last = $1 " " $2 }
    END { if (count == 1 && last == "vars currentEpoch") print own }
  ' "$DATA/nodes.conf"
}

# role_of_myself: the role in a CLUSTER NODES text of the node that gave it.
role_of_myself() {
  awk '$3 ~ /myself/ { print ($3 ~ /slave/ ? "replica" : $9 == "" ? "bare" : "owner") }'
}

own_id() {
  own_line | awk '{ print $1 }'
}

# own_role: what nodes.conf says this node is: bare (a master without slots), owner, or replica.
own_role() {
  own_line | role_of_myself
}
