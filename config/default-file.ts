/** The config file that is read by default. */
export const DEFAULT_FILE = "redis-replicas.yaml";
