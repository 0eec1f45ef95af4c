/**
 * Tests with booted instances and real Redis. They run inside an enclosure, one file after the other:
 *   tsx rehearsal/enclosure.ts -- jest --config jest.e2e.config.cjs
 * A server that a failed test has left running must not keep the run from ending: the enclosure ends it.
 */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/__tests__/e2e"],
  testMatch: ["**/*.test.ts"],
  transform: { "^.+\\.ts$": "@swc/jest" },
  globalSetup: "<rootDir>/__tests__/support/global-setup.ts",
  globalTeardown: "<rootDir>/__tests__/support/global-teardown.ts",
  setupFilesAfterEnv: ["<rootDir>/__tests__/support/setup.ts"],
  reporters: ["default", "<rootDir>/__tests__/support/skipped-reporter.cjs"],
  testTimeout: 600_000,
  maxWorkers: 1,
  forceExit: true,
};
