import { word } from "../validation/known-words";

/** The processor architecture of a group's instances and image. */
export class Architecture {
  /** Intel and AMD. */
  public static readonly X86_64 = new Architecture("x86_64");
  /** Graviton. */
  public static readonly ARM64 = new Architecture("arm64");

  /**
   * An architecture by its name in EC2, for a new value or a token. A name other than those above causes a warning.
   * @param value the architecture of an image, as EC2 returns it
   */
  public static of(value: string): Architecture {
    return new Architecture(word(value));
  }

  private constructor(
    /** The name in EC2. */
    public readonly value: string,
  ) {}
}
