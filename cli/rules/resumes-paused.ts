import { type ReviewRule } from "./rule";

/** The provider sends it with every update. */
export const resumesPaused: ReviewRule = {
  severity: "note",
  keys: ["resumePaused"],
  when: "every update resumes paused instances",
  remedy: "Set `resumePaused` for one apply only.",
  check: ({ config: { resumePaused } }) =>
    resumePaused === true
      ? ["Any later update, even of a tag, resumes instances that were paused on purpose."]
      : [],
};
