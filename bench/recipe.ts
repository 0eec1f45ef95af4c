/** What a machine needs to become a replica in the usual way. */
export interface RecipeProps {
  /** Redis's source, by HTTP. */
  readonly url: string;
  /** The master to replicate, and any that knows the cluster. */
  readonly master: string;
}

/**
 * The user data of the tutorials, which the first boot is measured against: all of Redis is built, by the defaults of
 * its makefile, and `--cluster add-node` joins. Repaired as far as Redis 7 needs it: protected mode is off, the server
 * is waited for, and outlives the script.
 */
export function recipe({ url, master }: RecipeProps): string {
  return `#!/usr/bin/env bash
set -eu
mkdir -p /usr/local/src/redis /var/lib/redis
cd /usr/local/src/redis
curl -fsS -o redis.tar.gz ${url}
tar -xzf redis.tar.gz --strip-components=1
rm redis.tar.gz
make distclean
make
make install
ip=$(hostname -I | xargs)
sed -e "s/^bind .*/bind $ip/" \
  -e 's/^protected-mode yes$/protected-mode no/' \
  -e 's/^# cluster-enabled yes$/cluster-enabled yes/' \
  -e 's/^# cluster-config-file nodes-6379.conf$/cluster-config-file nodes-6379.conf/' \
  -e 's/^# cluster-node-timeout 15000$/cluster-node-timeout 15000/' \
  -e 's|^dir ./$|dir /var/lib/redis|' redis.conf >redis-new.conf
systemd-run --quiet --unit=redis /usr/local/bin/redis-server "$PWD/redis-new.conf"
until redis-cli -h "$ip" ping; do sleep 0.1; done
id=$(redis-cli -h ${master} cluster myid)
redis-cli --cluster add-node "$ip:6379" ${master}:6379 --cluster-slave --cluster-master-id "$id"
`;
}
