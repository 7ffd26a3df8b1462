/** Consequence of a change for the clients of an API. */
export type Level = "breaking" | "risky" | "safe";

/** Version of a document. */
export type Side = "before" | "after";

/** Sender of a value: the client in a request, the server in a response. */
export type Direction = "request" | "response";

/** Effect of a change on the set of valid values; a `note` has none, and `replaces` both admits and excludes some. */
export type Effect = "narrows" | "widens" | "replaces" | "note";

/** Difference between two schemas, independent of the place in which they are used. */
export interface Finding {
  readonly effect: Effect;
  /** Level if it does not follow from the effect and the direction. */
  readonly level?: Level | undefined;
  /** Description without a subject, e.g. "maximum decreased from 10 to 5". */
  readonly message: string;
  readonly pointer: string;
  readonly side: Side;
}

/** Change of a document. */
export interface Change {
  readonly level: Level;
  /** Description, with the part of the document it concerns. */
  readonly message: string;
  /** Operations, or other parts of the document, that the change affects. */
  readonly places: readonly string[];
  /** JSON Pointer in the version `side`; removed parts are only in the earlier one. */
  readonly pointer: string;
  readonly side: Side;
}

/**
 * Returns the level of a finding. A narrower request breaks clients that send what was valid; a wider response breaks
 * clients that expect what was promised.
 *
 * @param flipped whether the schema applies by negation, as below `not`
 */
export function levelOf(
  { effect, level }: Finding,
  { direction, flipped }: { readonly direction: Direction; readonly flipped: boolean },
): Level {
  if (level !== undefined) return level;
  if (effect === "replaces") return "breaking";
  if (effect === "note") return "safe";
  const breaks = (direction === "request") !== flipped ? "narrows" : "widens";
  return effect === breaks ? "breaking" : "safe";
}
