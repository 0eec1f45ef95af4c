/** The default description of a group. */
export const DEFAULT_DESCRIPTION = "Redis Cluster replicas";

/** The default of `repl-backlog-size`. */
export const DEFAULT_BACKLOG = "128mb";
