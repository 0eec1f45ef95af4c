import { type SubjectAltNameExtension } from "selfsigned";

/** A certificate and its private key, as PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** The DNS names of the server. @default - only the common name */
  readonly hosts?: readonly string[];
  /** The end of its validity. @default - in a year */
  readonly expires?: Date;
}

/** Clocks of instances may be behind by hours. */
const BACKDATED = 7 * 86_400_000;

const common = { algorithm: "sha256", keyType: "ec" } as const;

/** Loaded at the first certificate: it takes 0.13 s of a core, and most runs of the Spot API need none. */
const selfsigned = () => import("selfsigned");

/** A certificate authority for one run. No machine but those of the run trusts it. */
export class CertificateAuthority {
  private constructor(
    /** Its own certificate, which the others must trust, as PEM. */
    readonly certificate: string,
    private readonly key: string,
  ) {}

  static async create(): Promise<CertificateAuthority> {
    const { generate } = await selfsigned();
    const made = await generate([{ name: "commonName", value: "rehearsal, not to be trusted" }], {
      ...common,
      notBeforeDate: new Date(Date.now() - BACKDATED),
      extensions: [
        { name: "basicConstraints", cA: true, critical: true },
        { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
      ],
    });
    return new CertificateAuthority(made.cert, made.private);
  }

  /** Issues a certificate for a server that is a client as well, like each node of a cluster. */
  async issue(name: string, { hosts = [], expires }: CertificateOptions = {}): Promise<Certificate> {
    const names: SubjectAltNameExtension = {
      name: "subjectAltName",
      altNames: hosts.map((value) => ({ type: 2, value })),
    };
    const { generate } = await selfsigned();
    const made = await generate([{ name: "commonName", value: name }], {
      ...common,
      notBeforeDate: new Date(Date.now() - BACKDATED),
      notAfterDate: expires,
      ca: { key: this.key, cert: this.certificate },
      extensions: [
        { name: "basicConstraints", cA: false, critical: true },
        { name: "keyUsage", digitalSignature: true, critical: true },
        { name: "extKeyUsage", serverAuth: true, clientAuth: true },
        ...(hosts.length > 0 ? [names] : []),
      ],
    });
    return { certificate: made.cert, key: made.private };
  }
}
