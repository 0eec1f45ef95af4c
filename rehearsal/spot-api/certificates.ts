import { generate, type SubjectAltNameExtension } from "selfsigned";

/** A temporary certificate authority, and a server certificate that it has signed, as PEM. */
export interface Certificates {
  /** The certificate of the authority, which clients must trust. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Creates an authority for one run, and a certificate for a host. The key of the authority is not kept. */
export async function certificatesFor(host: string): Promise<Certificates> {
  // Slightly in the past, so that clients whose clock is behind accept them.
  const valid = {
    notBeforeDate: new Date(Date.now() - 3_600_000),
    algorithm: "sha256",
    keyType: "ec",
  } as const;
  const authority = await generate([{ name: "commonName", value: "rehearsal, not to be trusted" }], {
    ...valid,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const names: SubjectAltNameExtension = { name: "subjectAltName", altNames: [{ type: 2, value: host }] };
  const leaf = await generate([{ name: "commonName", value: host }], {
    ...valid,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      names,
    ],
  });
  return { authority: authority.cert, certificate: leaf.cert, key: leaf.private };
}
