import { Recorder } from "../../../rehearsal/spot-api/recorder";

test("requests are kept unchanged and in order until they are cleared", () => {
  const recorder = new Recorder();
  const body = { group: { name: "a" } };
  recorder.record({ method: "POST", path: "/aws/ec2/group", body, status: 200 });
  recorder.record({ method: "GET", path: "/aws/ec2/group?accountId=act-1", status: 200 });
  body.group.name = "b";
  expect(recorder.requests).toEqual([
    { method: "POST", path: "/aws/ec2/group", body: { group: { name: "a" } }, status: 200 },
    { method: "GET", path: "/aws/ec2/group?accountId=act-1", status: 200 },
  ]);
  recorder.clear();
  expect(recorder.requests).toEqual([]);
});
