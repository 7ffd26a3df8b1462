import { type InvalidParam, Problem } from "../problem.ts";

/** Maximum number of errors. Further ones are dropped, so that a request cannot cost much work or inflate the response. */
const MAX_LISTED = 100;

/** Collects the validation errors of a request, to report all of them at once. */
export class RequestErrors {
  // Created for the first error: most requests have none.
  #listed: InvalidParam[] | undefined;
  #seen: Set<string> | undefined;
  #malformed = false;
  #hasMore = false;

  /** Whether the response will be 400. */
  get malformed(): boolean {
    return this.#malformed;
  }

  /** Adds an error in a parameter or in the syntax of the body; makes the response 400. */
  addMalformed(error: InvalidParam): void {
    this.#malformed = true;
    this.#add(error);
  }

  /** Adds a schema violation of a well-formed body. The response is 422 unless something is malformed. */
  addInvalid(error: InvalidParam): void {
    this.#add(error);
  }

  /** Whether an error was added for the parameter. */
  has(location: InvalidParam["in"], name: string): boolean {
    return this.#listed?.some((error) => error.in === location && error.name === name) ?? false;
  }

  /** Throws all errors as one problem, if there are any. */
  throwIfAny(): void {
    if (this.#listed === undefined) return;
    const detail = this.#hasMore
      ? `The request has more than ${MAX_LISTED} validation errors; invalidParams lists the first of them`
      : "The request has validation errors; invalidParams lists all of them";
    const invalidParams = this.#listed;
    throw this.#malformed
      ? new Problem(400, "malformed-request", { detail, invalidParams })
      : new Problem(422, "invalid-content", { detail, invalidParams });
  }

  #add(error: InvalidParam): void {
    this.#seen ??= new Set();
    this.#listed ??= [];
    if (this.#hasMore) return;
    const key = JSON.stringify([error.in, error.pointer ?? error.name, error.reason]);
    if (this.#seen.has(key)) return;
    if (this.#listed.length === MAX_LISTED) this.#hasMore = true;
    else {
      this.#seen.add(key);
      this.#listed.push(error);
    }
  }
}
