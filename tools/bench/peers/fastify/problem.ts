import { STATUS_CODES } from "node:http";

/** Problem details (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly invalidParams?: readonly unknown[];
}

export function problemOf(status: number, detail: string): Problem {
  return { type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, detail };
}

/** Error that is sent as problem details. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(status: number, detail: string) {
    super(detail);
    this.problem = problemOf(status, detail);
  }
}
