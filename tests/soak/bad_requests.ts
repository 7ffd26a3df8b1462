import type { Call } from "./call.ts";

const CONTACTS = "/v1/contacts";
const JSON_TYPE = { "Content-Type": "application/json" };
const MERGE = { "Content-Type": "application/merge-patch+json" };

/** Returns an invalid request, which must have no effect. `unique` is new for each, `id` is that of a contact. */
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
    at("GET", `${CONTACTS}/${unique}`, 404),
    at("GET", `${CONTACTS}/x-${unique}`, 400),
    at("GET", `${CONTACTS}?limit=0`, 400),
    at("GET", `${CONTACTS}?after=${unique}`, 400),
    at("DELETE", CONTACTS, 405),
    at("POST", CONTACTS, 400, { headers: JSON_TYPE, body: `{"name":"${unique}` }),
    at("POST", CONTACTS, 422, { headers: JSON_TYPE, body: `{"${unique}":"Ada"}` }),
    at("POST", CONTACTS, 415, { headers: { "Content-Type": "text/plain" }, body: unique }),
    at("PATCH", `${CONTACTS}/${id}`, 428, { headers: MERGE, body: "{}" }),
    at("PATCH", `${CONTACTS}/${id}`, 412, { headers: { ...MERGE, "If-Match": `"${unique}"` }, body: "{}" }),
  ];
  return kinds[number % kinds.length] ?? at("GET", "/nowhere", 404);
}
