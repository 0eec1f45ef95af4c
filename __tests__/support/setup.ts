// cdktf keeps a stack trace of each token, which takes half of the time of a synthesis in Jest. Nothing here reads them.
jest.mock("cdktf/lib/tokens/private/stack-trace", () => ({ captureStackTrace: () => [] }));
