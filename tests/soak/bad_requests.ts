import type { Call } from "./call.ts";

const PROFILES = "/v1/profiles";
const JSON_TYPE = { "Content-Type": "application/json" };
const MERGE = { "Content-Type": "application/merge-patch+json" };

/** Mistakes of clients: nothing of them may stay in the service. `unique` is new each time, `id` that of a profile. */
export function badRequest(number: number, { unique, id }: { unique: string; id: string }): Call {
  const at = (method: string, path: string, expected: number, more: Partial<Call> = {}): Call => ({
    kind: "bad request",
    method,
    path,
    headers: {},
    expected,
    ...more,
  });
  const kinds: readonly Call[] = [
    at("GET", `/nowhere/${unique}`, 404),
    at("GET", `${PROFILES}/${unique}`, 404),
    at("GET", `${PROFILES}/x-${unique}`, 400),
    at("GET", `${PROFILES}?limit=0`, 400),
    at("GET", `${PROFILES}?after=${unique}`, 400),
    at("DELETE", PROFILES, 405),
    at("POST", PROFILES, 400, { headers: JSON_TYPE, body: `{"name":"${unique}` }),
    at("POST", PROFILES, 422, { headers: JSON_TYPE, body: `{"${unique}":"Ada"}` }),
    at("POST", PROFILES, 415, { headers: { "Content-Type": "text/plain" }, body: unique }),
    at("PATCH", `${PROFILES}/${id}`, 428, { headers: MERGE, body: "{}" }),
    at("PATCH", `${PROFILES}/${id}`, 412, { headers: { ...MERGE, "If-Match": `"${unique}"` }, body: "{}" }),
  ];
  return kinds[number % kinds.length] ?? at("GET", "/nowhere", 404);
}
