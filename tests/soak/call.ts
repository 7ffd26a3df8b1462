/** What a request is for; the row of the table it is counted in. */
export type Kind = "one by id" | "its own write" | "page" | "create" | "patch" | "delete" | "bad request";

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** A request. */
export interface Call {
  readonly kind: Kind;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The status that it has to be answered with, where it is not refused for a documented reason. */
  readonly expected: number;
  /** The version that it has to tell then; absent: any. */
  readonly etag?: string;
  /** Told the answer; undefined: there was none. */
  settle?(answer: Answer | undefined): void;
}
