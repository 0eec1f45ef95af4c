import { ailmentsOf, ailmentsOfCluster } from "../../cluster/ailments";
import { drawn, type DrawnNode } from "../support/drawn-view";

const master: DrawnNode = { id: "master", host: "10.0.1.10", slots: [0, 8191] };

test("slots without an owner are counted where a member answers", () => {
  expect(ailmentsOfCluster(drawn([master])).map(({ detail }) => detail)).toEqual([
    "8192 slots have no owner",
  ]);
});

test("where no member answers, only that is known", () => {
  expect(ailmentsOf(drawn([{ ...master, silent: true }]), [])).toEqual([
    { kind: "no_answer", subject: "node 10.0.1.10:6379", detail: "10.0.1.10:6379: no answer within 3000 ms" },
  ]);
});
