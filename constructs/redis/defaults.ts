/** What a group is for unless told. */
export const DEFAULT_DESCRIPTION = "Redis Cluster replicas";

/** `repl-backlog-size` unless told. */
export const DEFAULT_BACKLOG = "128mb";
