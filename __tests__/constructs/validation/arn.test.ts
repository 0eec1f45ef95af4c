import { isInRegion } from "../../../constructs/validation/arn";

test.each<[string, boolean]>([
  ["arn:aws:kms:us-west-2:123456789012:alias/redis", true],
  ["arn:aws:kms:eu-west-1:123456789012:alias/redis", false],
  ["arn:aws:iam::123456789012:role/redis", false],
  ["alias/redis", true],
])("%s is in us-west-2: %s", (arn, expected) => expect(isInRegion(arn, "us-west-2")).toBe(expected));
