/** Tests of the packed packages, each in a project of its own: `.ci/packages` builds them and runs this. */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/__tests__/consumers"],
  testMatch: ["**/*.test.ts"],
  transform: { "^.+\\.ts$": "@swc/jest" },
  reporters: ["default", "<rootDir>/__tests__/support/skipped-reporter.cjs"],
  // Two installations at a time.
  maxWorkers: 2,
  testTimeout: 600_000,
};
