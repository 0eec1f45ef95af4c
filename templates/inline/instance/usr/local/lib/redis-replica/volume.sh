# shellcheck shell=bash
# The data volume, where the config has one: found by what it holds, for its name says nothing on EC2. Redis's data and
# the agent's memory of it lie on it together, so that a volume comes with the receipt, the identity and the instance id
# that are its own; bind mounts put both where they are expected.

readonly VOLUME=${ROOT:-}/var/lib/redis-volume

# mount_volume: returns with $DATA and $STATE on the volume; leaves with 10 or 20 if not.
mount_volume() {
  local known='' action disk
  if ! mountpoint -q "$VOLUME"; then
    [[ $DATA_VOLUME == fresh || ! -e $ETC/volume ]] || known=$(<"$ETC/volume")
    action=$(unused_disks | decide_volume known="$known" accepted="$(yes_if test -e "$RUN/accepted")" waited="$(waited)")
    disk=${action#* }
    [[ $action == mount* || $action == format* ]] || "${action%% *}" "$disk"
    log "the data volume: $action"
    # What was accepted was this; and only now begins the time that the cluster is waited for.
    rm -f "$RUN/accepted" "$RUN/since"
    [[ $action == mount* ]] || mkfs.ext4 -q -F -L redis-data "$disk" >&2 || mkfs.xfs -q -f -L redis-data "$disk" >&2 ||
      refuse "$disk cannot be formatted"
    mkdir -p "$VOLUME"
    on_host mount -o noatime,nodev,nosuid "$disk" "$VOLUME" || refuse "$disk cannot be mounted: fsck may tell more"
    mountpoint -q "$VOLUME" || refuse "$disk is mounted on $VOLUME, and cannot be seen from here"
    # It may have been made larger; what is no ext4 stays as it is.
    timeout 60 resize2fs "$disk" >/dev/null 2>&1 || true
    blkid -p -o value -s UUID "$disk" | write "$ETC/volume"
  fi
  [[ -d $VOLUME/node ]] || fill_volume
  [[ $DATA -ef $VOLUME/node/data ]] || on_host mount --bind "$VOLUME/node/data" "$DATA"
  [[ $STATE -ef $VOLUME/node/state ]] || on_host mount --bind "$VOLUME/node/state" "$STATE"
}

# on_host COMMAND...: systemd runs each command of a unit with a sandbox among mounts of its own, privileged ones too.
on_host() { nsenter -t 1 -m "$@"; }

# fill_volume: a volume begins with what the root volume has: nothing, or the data of a node that gets a volume. It
# counts once it is whole; what stayed behind would be found, and be old, on the day the volume is given up.
fill_volume() {
  rm -rf "$VOLUME/new"
  mkdir -p "$VOLUME/new" "$DATA"
  { cp -a "$DATA" "$VOLUME/new/data" && cp -a "$STATE" "$VOLUME/new/state"; } || refuse 'the data does not fit the volume'
  sync
  mv "$VOLUME/new" "$VOLUME/node"
  sync
  find "$DATA" "$STATE" -mindepth 1 -delete
}

# unused_disks: "disk PATH" for each disk with nothing mounted on it, then what blkid finds there; nothing for a blank one.
unused_disks() {
  local disk found
  lsblk -bPo KNAME,TYPE,SIZE,MODEL,PKNAME,MOUNTPOINT | whole_disks | while read -r disk; do
    echo "disk $disk"
    found=$(blkid -p -o export "$disk" || (($? == 2)) || echo 'TYPE=unreadable')
    # What no tool knows may still be somebody's.
    [[ -n $found ]] || cmp -s -n 1048576 "$disk" /dev/zero || found='TYPE=unknown'
    echo "$found"
  done
}

# whole_disks: of lsblk's lines, the disks that may be a data volume: neither EC2's own that do not last, nor those of
# which a part is mounted.
whole_disks() {
  awk -F '"' '
    { up[$2] = $10 }
    $4 == "disk" && $6 > 0 && $8 !~ /Instance Storage/ { disk[$2] }
    $12 != "" { for (name = $2; name != ""; name = up[name]) delete disk[name] }
    END { for (name in disk) print "/dev/" name }'
}

# decide_volume: which disk is this node's volume? From the lines of unused_disks. The first match wins.
#   known     UUID | nothing      the file system that this node has had its data on
#   accepted  yes | no            whether a person has accepted what may be lost
#   waited    no | window | long  since this came up
# Prints: mount DISK | format DISK | later REASON | stuck REASON | refuse REASON
decide_volume() {
  local known accepted waited
  local "$@"
  awk -v known="$known" -v accepted="$accepted" -v wait="$([[ $waited == long ]] && echo stuck || echo later)" '
    $1 == "disk" { disk = $2; kind[disk] = "blank"; next }
    NF && kind[disk] != "ours" { kind[disk] = $0 == "LABEL=redis-data" ? "ours" : "other" }
    /^UUID=/ { uuid[disk] = substr($0, 6) }
    END {
      for (disk in kind) { count[kind[disk]]++; all[kind[disk]] = all[kind[disk]] " " disk }
      ours = substr(all["ours"], 2); blank = substr(all["blank"], 2); free = known == "" || accepted == "yes"
      if (count["ours"] > 1) print "refuse several disks are labelled redis-data:" all["ours"]
      else if (ours != "" && (free || uuid[ours] == known)) print "mount", ours
      else if (ours != "") print "refuse", ours, "has the file system", uuid[ours] ", and the data of this node is on", known
      else if (count["blank"] > 1) print "refuse several disks are blank:" all["blank"]
      else if (blank != "" && free) print "format", blank
      else if (blank != "") print wait, blank, "is blank, and the data of this node is on", known
      else if (count["other"]) print "refuse this is no volume of Redis, and is left alone:" all["other"]
      else print wait, "the data volume is not attached"
    }'
}
