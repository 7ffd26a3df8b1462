import type { RawResponse } from "./parse_responses.ts";
import { bytesOf } from "./row.ts";

/** Members that a problem may have, and the type of each. */
const MEMBERS: Readonly<Record<string, "string" | "number" | "object">> = {
  ...{ type: "string", title: "string", status: "number", detail: "string", instance: "string" },
  ...{ requestId: "string", traceId: "string", invalidParams: "object" },
};
const REQUIRED = ["type", "title", "status", "requestId"];

/** Returns the differences of an error from RFC 9457 and, for Archway's own programs, from docs/http.md. */
export function judgeProblem(
  { status, headers, body }: RawResponse,
  { isHouse }: { readonly isHouse: boolean },
): string[] {
  const type = headers.get("content-type") ?? "";
  if (!/^application\/problem\+json *(?:;|$)/.test(type)) return [`a ${status} without a problem (RFC 9457)`];
  const faults: string[] = [];
  if (isHouse && !(headers.get("cache-control") ?? "").includes("no-store")) {
    faults.push("a problem that may be cached");
  }
  // Of a HEAD.
  if (body === "") return faults;
  let problem: Record<string, unknown>;
  try {
    problem = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(body)));
  } catch {
    return [...faults, "a problem that is no JSON"];
  }
  for (const [name, value] of Object.entries(problem)) {
    const kind = MEMBERS[name];
    const actual: string = typeof value;
    if (kind === undefined ? isHouse : actual !== kind) {
      faults.push(
        kind === undefined ? "a problem with an unknown member" : `a problem whose ${name} is no ${kind}`,
      );
    }
  }
  if (Object.hasOwn(problem, "status") && problem["status"] !== status) {
    faults.push("a problem with another status than the response's");
  }
  if (!isHouse) return faults;
  for (const name of REQUIRED) {
    if (!Object.hasOwn(problem, name)) faults.push(`a problem without ${name}`);
  }
  if (problem["requestId"] !== headers.get("x-request-id")) faults.push("a problem of another request");
  return faults;
}
