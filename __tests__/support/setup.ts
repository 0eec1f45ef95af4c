// Each token has a stack trace of where it was created, which takes half of the time of a synthesis in Jest. Nothing here reads
// them. The second function is that of CDK Terrain.
jest.mock("cdktf/lib/tokens/private/stack-trace", () => ({
  captureStackTrace: () => [],
  captureCreationStack: () => [],
}));
