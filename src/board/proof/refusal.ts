/** Why something is not believed, for people. Everything that is verified either holds or throws one of these. */
export class Refusal extends Error {}

/** Why something can neither be believed nor refused here: it takes what this browser, or the proof, does not have. */
export class Unchecked extends Error {}

export function refuse(why: string): never {
  throw new Refusal(why);
}

/** What the bytes say as JSON; refused if they are not UTF-8 or not JSON. */
export function jsonIn(text: string | undefined, what: string): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return refuse(`${what} is not JSON`);
  }
}
