import { RateLimit } from "../../../rehearsal/spot-api/rate-limit";

test("requests of a method and route are counted within 60 seconds, whatever IDs are in the path", () => {
  let now = 0;
  const limit = new RateLimit(2, () => new Date(now));
  const take = (method: string, id: string) => limit.take(method, `/aws/ec2/group/${id}/statefulInstance`);
  expect(take("GET", "sig-00000001")).toEqual({ limit: 2, remaining: 1, reset: 60, isExceeded: false });
  now = 20_000;
  expect(take("GET", "sig-00000002")).toMatchObject({ remaining: 0, reset: 40, isExceeded: false });
  expect(take("GET", "sig-00000001")).toMatchObject({ remaining: 0, isExceeded: true });
  expect(take("PUT", "sig-00000001").isExceeded).toBe(false);
  now = 60_000;
  expect(take("GET", "sig-00000001")).toMatchObject({ remaining: 1, reset: 60, isExceeded: false });
});
