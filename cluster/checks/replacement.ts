/**
 * Minutes of writes that a replacement may have to catch up with. Spot takes an image of the root volume every five
 * minutes, and up to five more pass until the replacement runs Redis.
 */
export const REPLACEMENT_MINUTES = 10;

/** Bytes a second at which a full sync is assumed to be sent and loaded: that of a gp3 volume under load. */
export const SYNC_RATE = 20 * 2 ** 20;
