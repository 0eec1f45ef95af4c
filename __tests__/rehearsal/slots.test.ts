import { slotOf } from "../../rehearsal/slots";

describe("slotOf", () => {
  // The replies of CLUSTER KEYSLOT.
  it.each([
    ["foo", 12182],
    ["123456789", 12739],
    ["{user1000}.following", 3443],
    ["{user1000}.followers", 3443],
    ["foo{}{bar}", 8363],
    ["foo{{bar}}zap", 4015],
  ])("knows the slot of %s", (key, slot) => {
    expect(slotOf(key)).toBe(slot);
  });
});
