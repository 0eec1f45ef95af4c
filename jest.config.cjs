const { availableParallelism } = require("node:os");
const { FIRST } = require("./__tests__/support/sequencer.cjs");

/** Unit and integration tests: everything that needs neither booted instances nor the network. */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: [
    "/node_modules/",
    "/__tests__/e2e/",
    "/__tests__/consumers/",
    "/__tests__/languages/",
  ],
  transform: { "^.+\\.ts$": "@swc/jest" },
  // What cdktf zips assets with. No stack here has any, and to load it takes as long as all of cdktf.
  moduleNameMapper: { "^archiver$": "<rootDir>/__tests__/support/no-archiver.cjs" },
  globalSetup: "<rootDir>/__tests__/support/global-setup.ts",
  globalTeardown: "<rootDir>/__tests__/support/global-teardown.ts",
  testSequencer: "<rootDir>/__tests__/support/sequencer.cjs",
  setupFilesAfterEnv: ["<rootDir>/__tests__/support/setup.ts"],
  // Tests that run real programs exceed the default of 5 seconds on a busy machine.
  testTimeout: 30_000,
  // So many files that mostly wait for servers start first, and leave the cores to the others.
  maxWorkers: availableParallelism() + FIRST,
  reporters: ["default", "<rootDir>/__tests__/support/skipped-reporter.cjs"],
};
