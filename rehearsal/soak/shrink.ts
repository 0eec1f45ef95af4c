/** A range of rounds of a plan, from 1 and inclusive. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** Plays these rounds on a new cluster; resolves to true if they fail. */
export type Replay = (range: Range) => Promise<boolean>;

/**
 * The shortest part of a failing plan: the shortest failing prefix, found by bisection, and then without the rounds at
 * its beginning that are not needed. Undefined if the failing prefix does not fail again.
 */
export async function shrink(failed: number, replay: Replay): Promise<Range | undefined> {
  if (!(await replay({ first: 1, last: failed }))) return undefined;
  const last = await shortest(failed, (length) => replay({ first: 1, last: length }));
  const length = await shortest(last, (rounds) => replay({ first: last - rounds + 1, last }));
  return { first: last - length + 1, last };
}

/** The shortest failing length. `longest` is known to fail. Every part that contains a failing part fails as well. */
async function shortest(longest: number, fails: (length: number) => Promise<boolean>): Promise<number> {
  let [passing, failing] = [0, longest];
  while (failing - passing > 1) {
    const middle = (passing + failing) >> 1;
    if (await fails(middle)) failing = middle;
    else passing = middle;
  }
  return failing;
}
