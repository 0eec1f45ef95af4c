# shellcheck shell=bash
# The redis.conf of this machine.

# render_conf ADDRESS NODE-TIMEOUT: the common lines, then the settings', then the machine's.
render_conf() {
  local address=$1 node_timeout=$2
  known_directives <"$ETC/redis.conf"
  cat <<END
maxmemory $MAXMEMORY
repl-backlog-size $BACKLOG
$DIRECTIVES
dir $DATA
port $PORT
${BUS_PORT:+cluster-port $BUS_PORT}
bind $address 127.0.0.1
protected-mode no
appendonly $(yes_if aof)
appendfsync everysec
cluster-announce-ip $address
cluster-node-timeout $node_timeout
END
}

# known_directives: the lines whose directive the installed server has among its own words.
known_directives() {
  local lines
  lines=$(awk 'NF && !/^#/')
  awk 'NR == FNR { known[$0] = 1; next } $1 in known' \
    <(cut -d ' ' -f 1 <<<"$lines" | grep -aoF -f - "$OPT/bin/redis-server" | sort -u) - <<<"$lines"
}
