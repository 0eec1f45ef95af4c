const { default: Sequencer } = require("@jest/test-sequencer");

/** The files that take longest, most of them by waiting. Jest learns this from earlier runs, of which a new checkout has none. */
const LONGEST = [
  "cli/roll.test.ts",
  "cluster/roll/interruptions.test.ts",
  "cluster/retire/interruptions.test.ts",
  "templates/agent.test.ts",
  "package.test.ts",
  "cli/check.test.ts",
  "cli/deceptive-states.test.ts",
  "cli/retire.test.ts",
  "rehearsal/rehearse.test.ts",
  "bench/index.test.ts",
  "cli/operation-rights.test.ts",
  "cluster/handover.test.ts",
  "cli/status.test.ts",
  "docs.test.ts",
  "cli/operation-shards.test.ts",
  "main.test.ts",
  "cluster/checks/topology.test.ts",
];

/** Starts these files first, so that none of them runs alone at the end. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const index = LONGEST.findIndex((name) => path.endsWith(`/__tests__/${name}`));
      return index < 0 ? LONGEST.length : index;
    };
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
};
