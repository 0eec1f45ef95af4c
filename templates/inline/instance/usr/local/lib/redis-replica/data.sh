# shellcheck shell=bash
# What the volume holds.

# data_class: empty, known (a nodes.conf that Redis would accept, or an identity that was saved), or orphan.
data_class() {
  if [[ -n $(own_id) ]]; then
    echo known
  elif [[ -s $DATA/nodes.conf || -e $DATA/dump.rdb || -e $DATA/appendonlydir ]]; then
    echo orphan
  else
    echo empty
  fi
}

# own_file: nodes.conf if it is whole (one "myself", and "vars currentEpoch" at the end); else, where there is data
# without it, the copy of a healthy day: its identity and shard are still true.
own_file() {
  local file
  for file in "$DATA/nodes.conf" "$STATE/nodes.conf"; do
    [[ -e $file ]] && whole "$file" && cat "$file" && return
    [[ -s $DATA/nodes.conf || -e $DATA/dump.rdb || -e $DATA/appendonlydir ]] || return 0
  done
  true
}

whole() {
  awk '$3 ~ /myself/ { count++ } { last = $1 " " $2 } END { exit !(count == 1 && last == "vars currentEpoch") }' "$1"
}

own_id() {
  own_file | awk '$3 ~ /myself/ { print $1 }'
}

# aof: whether there is an append-only file. Its manifest is written last: of a folder without one Redis, told to use
# it, makes an empty data set, whatever the RDB holds.
aof() { [[ -e $DATA/appendonlydir/appendonly.aof.manifest ]]; }

# rdb_facts: of the RDB, if there is one: "id REPLID", "offset N", "keys yes|no".
rdb_facts() {
  [[ ! -s $DATA/dump.rdb ]] || head -c 1024 "$DATA/dump.rdb" | od -An -v -tu1 | awk -f "$LIB/rdb.awk"
}

# rdb_mark: its size and the checksum that Redis wrote at its end, which Redis itself holds the rest against.
rdb_mark() {
  [[ ! -s $DATA/dump.rdb ]] || printf '%s %s\n' "$(wc -c <"$DATA/dump.rdb")" "$(tail -c 8 "$DATA/dump.rdb" | od -An -v -tx1 | tr -d ' \n')"
}

# keep_rdb: one generation by hard link, for the day its master turns out to have come back empty.
keep_rdb() {
  [[ ! -e $DATA/dump.rdb ]] || { mkdir -p "$DATA/kept" && ln -f "$DATA/dump.rdb" "$DATA/kept/dump.rdb"; }
}

# set_aside: the data directory's content, one generation kept, for a node that joins as a new one.
set_aside() {
  log "the data is set aside in $STATE/aside"
  rm -rf "$STATE/aside"
  mkdir -p "$STATE/aside"
  find "$DATA" -mindepth 1 -maxdepth 1 -exec mv -t "$STATE/aside" {} +
  rm -f "$STATE/nodes.conf" "$STATE/receipt"
}

# damaged: whether the last start failed and Redis's own checker does not accept the RDB.
damaged() {
  [[ -e $RUN/failed && -s $DATA/dump.rdb ]] || return 1
  ! (exec -a redis-check-rdb "$OPT/bin/redis-server" "$DATA/dump.rdb") >/dev/null 2>&1
}
