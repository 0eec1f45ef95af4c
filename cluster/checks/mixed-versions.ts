import { type Check, unchecked } from "./check";
import { releaseOf, showRelease } from "./releases";

export const mixedVersions: Check = {
  severity: "warning",
  keys: ["redis.version"],
  when: "the masters run different releases",
  why: "A replica fits one of them, and may not be able to follow another.",
  check({ masters }) {
    const answers = masters.map((node) => [node.name, releaseOf(node)] as const);
    const unknown = answers.flatMap(([, answer]) => (answer.known ? [] : [unchecked(answer.reason)]));
    const byRelease = new Map<string, string[]>();
    for (const [name, answer] of answers) {
      if (!answer.known) continue;
      const release = showRelease(answer.value);
      byRelease.set(release, [...(byRelease.get(release) ?? []), name]);
    }
    if (byRelease.size < 2) return unknown;
    const parts = [...byRelease].map(([release, names]) => `${release} (${names.join(", ")})`);
    return [
      {
        seen: `The masters run ${parts.join("; ")}.`,
        remedy: "Upgrade them to one release before replicas are deployed.",
      },
      ...unknown,
    ];
  },
};
