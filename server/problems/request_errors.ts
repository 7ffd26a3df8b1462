import { type InvalidParam, Problem } from "../problem.ts";

/** More errors than this are counted, not listed: an answer must not grow with a hostile request. */
const MAX_LISTED = 100;

/** Collects every error of a request, so that they are told at once. */
export class RequestErrors {
  // Made for the first error: most requests have none.
  #listed: InvalidParam[] | undefined;
  #seen: Set<string> | undefined;
  #malformed = false;

  /** Whether the answer will be 400. */
  get malformed(): boolean {
    return this.#malformed;
  }

  /** A error of a parameter or of the body's syntax: the answer becomes 400. */
  addMalformed(error: InvalidParam): void {
    this.#malformed = true;
    this.#add(error);
  }

  /** A rule of the schema that a well-formed body breaks: the answer is 422 unless something is malformed. */
  addInvalid(error: InvalidParam): void {
    this.#add(error);
  }

  /** Whether the parameter has a error already. */
  has(location: InvalidParam["in"], name: string): boolean {
    return this.#listed?.some((error) => error.in === location && error.name === name) ?? false;
  }

  /** Throws everything as one problem, if there is anything. */
  throwIfAny(): void {
    if (this.#seen === undefined || this.#listed === undefined) return;
    const count = this.#seen.size;
    const detail = count > this.#listed.length
      ? `The request has ${count} errors; the first ${MAX_LISTED} are listed in invalidParams`
      : "The request has errors; each is listed in invalidParams";
    const invalidParams = this.#listed;
    throw this.#malformed
      ? new Problem(400, "malformed-request", { detail, invalidParams })
      : new Problem(422, "invalid-content", { detail, invalidParams });
  }

  #add(error: InvalidParam): void {
    this.#seen ??= new Set();
    this.#listed ??= [];
    const key = JSON.stringify([error.in, error.pointer ?? error.name, error.reason]);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    if (this.#listed.length < MAX_LISTED) this.#listed.push(error);
  }
}
