const { default: Sequencer } = require("@jest/test-sequencer");

/** The files that mostly wait for servers, the longest first. */
const WAITING = [
  "cli/roll.test.ts",
  "cluster/roll/interruptions.test.ts",
  "cluster/retire/interruptions.test.ts",
  "cli/check.test.ts",
  "cli/deceptive-states.test.ts",
  "cli/operation-rights.test.ts",
  "cli/retire.test.ts",
  "cli/status.test.ts",
  "cluster/handover.test.ts",
  "cli/interruptions.test.ts",
  "cluster/retire/api-faults.test.ts",
  "cluster/checks/topology.test.ts",
  "cli/operation-shards.test.ts",
  "cluster/checks/directives.test.ts",
  "cluster/retire/forget.test.ts",
];

/** The files that use the most CPU time. */
const LONGEST = [
  "package.test.ts",
  "templates/agent.test.ts",
  "docs.test.ts",
  "bench/index.test.ts",
  "rehearsal/rehearse.test.ts",
  "main.test.ts",
];

/** After how many other files the next waiting one starts, so that some use the cores while others wait. */
const BETWEEN = 8;

/** Starts the longest files first, so that none of them runs alone at the end, and spreads those that wait over the run. */
module.exports = class LongestFirst extends Sequencer {
  /** How many waiting files start first. */
  static FIRST = 4;

  sort(tests) {
    const named = (names) =>
      names.flatMap((name) => tests.filter(({ path }) => path.endsWith(`/__tests__/${name}`)));
    const waiting = named(WAITING);
    const longest = named(LONGEST);
    const others = super.sort(tests).filter((test) => !waiting.includes(test) && !longest.includes(test));
    const order = waiting.splice(0, LongestFirst.FIRST);
    for (const [index, test] of [...longest, ...others].entries()) {
      order.push(test);
      if (index % BETWEEN === BETWEEN - 1) order.push(...waiting.splice(0, 1));
    }
    return [...order, ...waiting];
  }
};
