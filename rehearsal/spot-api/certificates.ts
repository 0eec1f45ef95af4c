import { type Certificate, CertificateAuthority } from "../certificate-authority";

/** A server certificate, and the authority that has signed it, as PEM. */
export interface Certificates extends Certificate {
  /** The certificate of the authority, which clients must trust. */
  readonly authority: string;
}

/** Creates an authority for one run, and a certificate for a host. The key of the authority is not kept. */
export async function certificatesFor(host: string): Promise<Certificates> {
  const authority = await CertificateAuthority.create();
  return { authority: authority.certificate, ...(await authority.issue(host, { hosts: [host] })) };
}
