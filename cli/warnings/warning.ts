import { type ClusterConfig } from "../../config/schema";

/** A rule that a valid config can break at a price: what it costs and what to do, a sentence each. */
export type WarningRule = (config: ClusterConfig) => string[];
