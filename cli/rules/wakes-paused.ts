import { type Rule } from "./rule";

/** It becomes a switch of every update that the provider sends. */
export const wakesPaused: Rule = {
  severity: "note",
  when: "every update wakes paused instances",
  remedy: "set `resumePaused` for one apply only",
  judge: ({ config: { resumePaused } }) =>
    resumePaused === true
      ? ["any later change, of a tag even, wakes instances that were paused on purpose"]
      : [],
};
