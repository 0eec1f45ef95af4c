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
  globalSetup: "<rootDir>/__tests__/support/global-setup.ts",
  globalTeardown: "<rootDir>/__tests__/support/global-teardown.ts",
  setupFilesAfterEnv: ["<rootDir>/__tests__/support/setup.ts"],
  // Tests that run real programs exceed the default of 5 seconds on a busy machine.
  testTimeout: 30_000,
  // Most tests wait for programs, so the core that Jest leaves free by default would be idle.
  maxWorkers: "100%",
  reporters: ["default", "<rootDir>/__tests__/support/skipped-reporter.cjs"],
};
