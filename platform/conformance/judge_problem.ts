import { isObject } from "@archway/service_kit/json_value.ts";
import { parseBody, type RawResponse } from "./parse_responses.ts";

/** Members that a problem may have, and the type of each. */
const MEMBERS: Readonly<Record<string, "string" | "number" | "object">> = {
  ...{ type: "string", title: "string", status: "number", detail: "string", instance: "string" },
  ...{ requestId: "string", traceId: "string", invalidParams: "object" },
};
const REQUIRED = ["type", "title", "status", "requestId"];

/** Returns the differences of an error from RFC 9457 and, for Archway's own programs, from docs/http.md. */
export function judgeProblem(
  response: RawResponse,
  { isHouse }: { readonly isHouse: boolean },
): readonly string[] {
  const { status, headers, body } = response;
  const isProblem = /^application\/problem\+json *(?:;|$)/.test(headers.get("content-type") ?? "");
  if (!isProblem) return [`a ${status} without a problem (RFC 9457)`];
  const isCacheable = isHouse && headers.get("cache-control")?.includes("no-store") !== true;
  const faults = isCacheable ? ["a problem that may be cached"] : [];
  // That of a HEAD has no body.
  if (body === "") return faults;
  const problem = parseBody(response);
  if (!isObject(problem)) return [...faults, "a problem that is no JSON"];
  for (const [name, value] of Object.entries(problem)) {
    const kind = MEMBERS[name];
    const actual: string = typeof value;
    if (kind === undefined && isHouse) faults.push("a problem with an unknown member");
    if (kind !== undefined && actual !== kind) faults.push(`a problem whose ${name} is no ${kind}`);
  }
  if ((problem["status"] ?? status) !== status) {
    faults.push("a problem with another status than the response's");
  }
  if (!isHouse) return faults;
  faults.push(...REQUIRED.filter((name) => !(name in problem)).map((name) => `a problem without ${name}`));
  return problem["requestId"] === headers.get("x-request-id")
    ? faults
    : [...faults, "a problem of another request"];
}
