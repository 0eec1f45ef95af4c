/** The addresses that the recipe needs. */
export interface RecipeProps {
  /** HTTP URL of the Redis source. */
  readonly url: string;
  /** The master to replicate. The new node also joins the cluster through it. */
  readonly master: string;
}

/**
 * The user data of common tutorials, as a baseline for the first boot. It builds all of Redis with the defaults of its
 * makefile and joins with `--cluster add-node`. Redis 7 needs three changes: protected mode is off, the script waits for
 * the server, and the server keeps running after the script has ended.
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
