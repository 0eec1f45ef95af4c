import { replacementBy, STEERING } from "../../../cli/plan/replacement";

const windows = ["Sun:03:00-Sun:05:00"];

test.each<[string, object, object, string]>([
  ["revert_to_spot", { revert_to_spot: [{ perform_at: "always" }] }, {}, "several at once"],
  [
    "revert_to_spot",
    { revert_to_spot: [{ perform_at: "timeWindow", time_windows: windows }] },
    {},
    "within Sun:03:00-Sun:05:00 (UTC)",
  ],
  // Spot's own default.
  ["revert_to_spot", { revert_to_spot: [] }, {}, "as soon as there is spot capacity"],
  ["orientation", { orientation: "costOriented" }, {}, "`costOriented`"],
  ["health_check_type", { health_check_type: "TARGET_GROUP" }, {}, "`TARGET_GROUP`"],
  ["health_check_type", {}, {}, "`known after apply`"],
  ["health_check_grace_period", { health_check_grace_period: 1 }, { health_check_grace_period: 300 }, "1 s"],
  [
    "health_check_unhealthy_duration_before_replacement",
    { health_check_unhealthy_duration_before_replacement: 5 },
    { health_check_unhealthy_duration_before_replacement: 120 },
    "5 seconds",
  ],
  ["auto_healing", { auto_healing: true }, {}, "unhealthy now are replaced"],
  ["utilize_reserved_instances", { utilize_reserved_instances: true }, {}, "a reservation is free"],
  ["utilize_commitments", { utilize_commitments: true }, {}, "a savings plan"],
  ["consider_od_pricing", { consider_od_pricing: true }, {}, "no more than spot"],
  [
    "scheduled_task",
    { scheduled_task: [{ task_type: "statefulRecycle" }] },
    {},
    "`scheduled_task` lets Spot",
  ],
])(
  "%s of a group that becomes %j and was %j can replace running replicas: %s",
  (attribute, after, before, words) => {
    expect(replacementBy(attribute, after as never, before as never)).toContain(words);
  },
);

test.each<[string, object, object]>([
  ["revert_to_spot", { revert_to_spot: [{ perform_at: "never" }] }, {}],
  ["orientation", { orientation: "availabilityOriented" }, {}],
  ["health_check_type", { auto_healing: false, health_check_type: "TARGET_GROUP" }, {}],
  ["health_check_grace_period", { health_check_grace_period: 900 }, { health_check_grace_period: 300 }],
  ["auto_healing", { auto_healing: false }, {}],
  ["utilize_reserved_instances", { utilize_reserved_instances: false }, {}],
  ["consider_od_pricing", { consider_od_pricing: null }, {}],
  ["scheduled_task", { scheduled_task: [] }, {}],
  ["name", { name: "other" }, {}],
])("%s of a group that becomes %j and was %j replaces no replica", (attribute, after, before) => {
  expect(replacementBy(attribute, after as never, before as never)).toBeUndefined();
});

test("every attribute that can cause a replacement has a reason, also if it is known after apply", () => {
  for (const attribute of STEERING) expect(replacementBy(attribute, {}, {})).toMatch(/\.$/);
});
