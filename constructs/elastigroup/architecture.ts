/** EC2's own names of the architectures. */
export const ARCHITECTURES = ["x86_64", "arm64"] as const;

/** The processors a group's machines have; its image is for one of them. */
export class Architecture {
  /** Intel and AMD. */
  public static readonly X86_64 = new Architecture("x86_64");
  /** Graviton. */
  public static readonly ARM64 = new Architecture("arm64");

  /**
   * An architecture by EC2's own name, for a value that is a token.
   * @param value `x86_64` or `arm64`
   */
  public static of(value: string): Architecture {
    return new Architecture(value);
  }

  private constructor(
    /** EC2's own name. */
    public readonly value: string,
  ) {}
}
