import { type InvalidParam, Problem } from "../problem.ts";

/** More faults than this are counted, not listed: an answer must not grow with a hostile request. */
const MAX_LISTED = 100;

/** Collects every fault of a request, so that they are told at once. */
export class RequestFaults {
  // Made for the first fault: most requests have none.
  #listed: InvalidParam[] | undefined;
  #seen: Set<string> | undefined;
  #malformed = false;

  /** Whether the answer will be 400. */
  get malformed(): boolean {
    return this.#malformed;
  }

  /** A fault of a parameter or of the body's syntax: the answer becomes 400. */
  addMalformed(fault: InvalidParam): void {
    this.#malformed = true;
    this.#add(fault);
  }

  /** A rule of the schema that a well-formed body breaks: the answer is 422 unless something is malformed. */
  addInvalid(fault: InvalidParam): void {
    this.#add(fault);
  }

  /** Whether the parameter has a fault already. */
  has(location: InvalidParam["in"], name: string): boolean {
    return this.#listed?.some((fault) => fault.in === location && fault.name === name) ?? false;
  }

  /** Throws everything as one problem, if there is anything. */
  throwIfAny(): void {
    if (this.#seen === undefined || this.#listed === undefined) return;
    const count = this.#seen.size;
    const detail = count > this.#listed.length
      ? `The request has ${count} faults; the first ${MAX_LISTED} are listed in invalidParams`
      : "The request has faults; each is listed in invalidParams";
    const invalidParams = this.#listed;
    throw this.#malformed
      ? new Problem(400, "malformed-request", { detail, invalidParams })
      : new Problem(422, "invalid-content", { detail, invalidParams });
  }

  #add(fault: InvalidParam): void {
    this.#seen ??= new Set();
    this.#listed ??= [];
    const key = JSON.stringify([fault.in, fault.pointer ?? fault.name, fault.reason]);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    if (this.#listed.length < MAX_LISTED) this.#listed.push(fault);
  }
}
