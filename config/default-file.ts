/** The file that is read where none is named. */
export const DEFAULT_FILE = "redis-replicas.yaml";
