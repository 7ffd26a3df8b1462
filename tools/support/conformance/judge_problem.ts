import type { RawAnswer } from "./parse_answers.ts";

/** The members that a problem may have, and the kind of each. */
const MEMBERS: Readonly<Record<string, "string" | "number" | "object">> = {
  type: "string",
  title: "string",
  status: "number",
  detail: "string",
  instance: "string",
  requestId: "string",
  traceId: "string",
  invalidParams: "object",
};
const REQUIRED = ["type", "title", "status", "requestId"];

/** What of an error is not as docs/http.md says that every error is. */
export function judgeProblem({ status, headers, body }: RawAnswer): string[] {
  if (headers.get("content-type") !== "application/problem+json") return [`a ${status} without a problem`];
  const faults: string[] = [];
  if (!(headers.get("cache-control") ?? "").includes("no-store")) faults.push("a problem that may be kept");
  // Of a HEAD.
  if (body === "") return faults;
  let problem: Record<string, unknown>;
  try {
    problem = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(body)));
  } catch {
    return [...faults, "a problem that is no JSON"];
  }
  for (const name of REQUIRED) {
    if (!Object.hasOwn(problem, name)) faults.push(`a problem without ${name}`);
  }
  for (const [name, value] of Object.entries(problem)) {
    const kind = MEMBERS[name];
    const actual: string = typeof value;
    if (kind === undefined) faults.push("a problem with a member that nobody knows");
    else if (actual !== kind) faults.push(`a problem whose ${name} is no ${kind}`);
  }
  if (problem["status"] !== status) faults.push("a problem with another status than the answer's");
  if (problem["requestId"] !== headers.get("x-request-id")) faults.push("a problem of another request");
  return faults;
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
