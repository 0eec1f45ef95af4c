import { X509Certificate } from "node:crypto";
import { CertificateAuthority } from "../../rehearsal/certificate-authority";

describe("a certificate authority", () => {
  test("issues certificates that it has signed, with an own key each", async () => {
    const authority = await CertificateAuthority.create();
    const [one, two] = [await authority.issue("one"), await authority.issue("two")];
    const { publicKey } = new X509Certificate(authority.certificate);
    expect([one, two].map(({ certificate }) => new X509Certificate(certificate).verify(publicKey))).toEqual([
      true,
      true,
    ]);
    expect(one.key).not.toBe(two.key);
  });

  test("issues certificates for several hosts, and with an end of validity", async () => {
    const authority = await CertificateAuthority.create();
    const expires = new Date("2030-01-02T03:04:05Z");
    const { certificate } = await authority.issue("a", { hosts: ["a.test", "b.test"], expires });
    const found = new X509Certificate(certificate);
    expect(["a.test", "b.test", "c.test"].map((host) => found.checkHost(host))).toEqual([
      "a.test",
      "b.test",
      undefined,
    ]);
    expect(new Date(found.validTo)).toEqual(expires);
  });
});
