/** The processors a group's machines have; its image is for one of them. */
export class Architecture {
  /** Intel and AMD. */
  public static readonly X86_64 = new Architecture("x86_64");
  /** Graviton. */
  public static readonly ARM64 = new Architecture("arm64");

  /**
   * An architecture by EC2's own name, for a value that is new or a token. Another name than those above is taken with a
   * warning.
   * @param value as EC2 answers it for an image
   */
  public static of(value: string): Architecture {
    return new Architecture(value);
  }

  private constructor(
    /** EC2's own name. */
    public readonly value: string,
  ) {}
}
