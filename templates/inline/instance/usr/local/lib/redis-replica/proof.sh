# shellcheck shell=bash
# The freshness proof: whether this volume is what the last life of this node left, with no other life since.
#
# When Redis has ended cleanly, a receipt is written: the node, the RDB, and the time by the clock of each master that
# answers. It is deleted, on disk, before the next start. A volume that was restored twice brings its receipt along
# twice; but then the masters have heard from the node after the receipt, and say so.

# write_receipt ME: after a clean end.
write_receipt() {
  local mark
  mark=$(rdb_mark)
  [[ -n $1 && -n $mark ]] || return 0
  {
    echo "node $1"
    echo "rdb $mark"
    view | awk '$1 == "peer" { peer = $2 } $3 ~ /myself/ { print $1, peer }' | while read -r id peer; do
      # Seconds and microseconds, to milliseconds.
      ask "$peer" time | tr '\n' ' ' | awk -v id="$id" 'NF == 2 { printf "peer %s %.0f\n", id, $1 * 1000 + $2 / 1000 }'
    done
  } | write "$STATE/receipt"
  to_disk
}

# proven ME FACTS: yes if the receipt is this node's and this RDB's, and of the masters at least half, that have a time
# on it, none has heard from this node later. Half a second is what a message may lie in a socket.
proven() {
  { [[ -s $STATE/receipt ]] && whole "$DATA/nodes.conf"; } || { echo no && return; }
  awk -v me="$1" '
    $1 == "node" { node = $2 }
    $1 == "rdb" { rdb = $2 " " $3 }
    $1 == "mark" { mark = $2 " " $3 }
    $1 == "peer" { time[$2] = $3 }
    $1 == "owners" { owners = $2 }
    $1 == "pong" && $2 in time { if ($3 <= time[$2] + 500) good++; else late++ }
    END { print (node == me && rdb == mark && rdb != "" && late == 0 && owners > 0 && good >= owners / 2 ? "yes" : "no") }' \
    "$STATE/receipt" <(echo "mark $(rdb_mark)") - <<<"$2"
}

# consume_receipt: gone from the disk before Redis can serve again.
consume_receipt() {
  [[ -e $STATE/receipt ]] || return 0
  rm -f "$STATE/receipt"
  to_disk
}

# to_disk: what was written under STATE; an old sync knows no folders and writes everything.
to_disk() {
  sync -f "$STATE" 2>/dev/null || sync
}
