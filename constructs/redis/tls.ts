import { SECRET_SOURCE, type SecretSource } from "../access/secret-source";
import { object, oneOf, required, type Shape } from "../validation/shape";

/** Whether clients show a certificate of their own. */
export class ClientAuth {
  /** Yes, one that `ca` has signed. */
  public static readonly REQUIRED = new ClientAuth("yes");
  /** If they have one; it is verified then. */
  public static readonly OPTIONAL = new ClientAuth("optional");
  /** No. */
  public static readonly NONE = new ClientAuth("no");

  private constructor(
    /** As `tls-auth-clients` has it: `yes`, `optional` or `no`. */
    public readonly value: string,
  ) {}
}

/** TLS for clients, replication and the cluster bus. The port of Redis then takes nothing else. */
export interface RedisTls {
  /** The certificates of the authorities that sign those of nodes and clients, in PEM. */
  readonly ca: SecretSource;
  /** The replicas' certificate, in PEM, with those between it and the authority. */
  readonly certificate: SecretSource;
  /** The private key of the certificate, in PEM, without a passphrase. */
  readonly key: SecretSource;
  /**
   * Whether clients show a certificate of their own.
   * @default ClientAuth.REQUIRED
   */
  readonly clientAuth?: ClientAuth;
}

/** Its shape. */
export const TLS_SHAPE: Shape = object<RedisTls>({
  ca: required(SECRET_SOURCE),
  certificate: required(SECRET_SOURCE),
  key: required(SECRET_SOURCE),
  clientAuth: oneOf(ClientAuth),
});
