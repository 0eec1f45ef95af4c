import { setTimeout as sleep } from "node:timers/promises";
import { Background } from "../../../rehearsal/spot-api/background";

test("work with the same key runs in order, and with different keys in parallel", async () => {
  const background = new Background();
  const done: string[] = [];
  const work = (name: string, ms: number) => async () => {
    await sleep(ms);
    done.push(name);
  };
  background.run("a", "", work("a1", 30));
  background.run("a", "", work("a2", 0));
  background.run("b", "", work("b1", 5));
  await background.settle(1000);
  expect(done).toEqual(["b1", "a1", "a2"]);
});

test("work that is added meanwhile is waited for", async () => {
  const background = new Background();
  let added = false;
  background.run("a", "", async () => {
    await sleep(5);
    background.run("b", "", async () => {
      await sleep(5);
      added = true;
    });
  });
  await background.settle(1000);
  expect(added).toBe(true);
});

test("all errors are thrown together, once, and do not stop later work", async () => {
  const background = new Background();
  let after = false;
  background.run("a", "launch a", () => Promise.reject(new Error("no room")));
  background.run("a", "launch a", () => Promise.resolve(void (after = true)));
  background.run("b", "launch b", () => Promise.reject(new Error("no net")));
  await expect(background.settle(1000)).rejects.toThrow("launch a: no room\nlaunch b: no net");
  expect(after).toBe(true);
  await background.settle(1000);
});

test("waiting ends at the timeout, with an error that lists the pending work", async () => {
  const background = new Background();
  background.run("ssi-1", "", () => sleep(300));
  await expect(background.settle(10)).rejects.toThrow("not settled after 10 ms: ssi-1");
  await background.settle(1000);
});
