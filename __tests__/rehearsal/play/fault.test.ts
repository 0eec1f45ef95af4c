import { faultsOf } from "../../../rehearsal/play/fault";

const all = ["kill", "promotion", "older-image"].map((name) => ({ name }));

test("chosen faults are played in the order of all", () => {
  expect(faultsOf(all, "older-image, kill").map(({ name }) => name)).toEqual(["kill", "older-image"]);
});

test("an unknown name is refused, with those that exist", () => {
  expect(() => faultsOf(all, "kill,bang")).toThrow(
    /^--faults must be some of kill, promotion, older-image, got: bang$/,
  );
});
