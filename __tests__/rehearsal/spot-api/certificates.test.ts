import { X509Certificate } from "node:crypto";
import { certificatesFor } from "../../../rehearsal/spot-api/certificates";

test("the certificate is for one host, and is signed by a new authority each time", async () => {
  const [first, second] = await Promise.all([certificatesFor("api.spotinst.io"), certificatesFor("other")]);
  const leaf = new X509Certificate(first.certificate);
  const authority = new X509Certificate(first.authority);
  expect(leaf.checkHost("api.spotinst.io")).toBe("api.spotinst.io");
  expect(leaf.checkHost("example.com")).toBeUndefined();
  expect(leaf.verify(authority.publicKey)).toBe(true);
  expect(leaf.verify(new X509Certificate(second.authority).publicKey)).toBe(false);
  expect([authority.ca, leaf.ca]).toEqual([true, false]);
  expect(first.key).toContain("PRIVATE KEY");
});
