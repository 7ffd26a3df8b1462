/** A list of contacts that is probed. */
interface ProbedServer {
  /** URL of its list. */
  readonly list: string;
  /** Id of a contact that exists. */
  readonly id: string;
  /** Whether it trusts its requests, so that only those are sent that it accepts. @default {false} */
  readonly isTrusting?: boolean;
  /** @default over the network */
  readonly fetch?: (request: Request) => Response | Promise<Response>;
}

interface ProbedRequest {
  readonly method?: "GET" | "POST" | "PATCH";
  /** After the URL of the list. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface ProbedResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

const UNKNOWN = "/019a0000-0000-7000-8000-000000000000";
const JSON_TYPE = { "Content-Type": "application/json" };
const PATCH_TYPE = { "Content-Type": "application/merge-patch+json" };
const CONTACT = ["id", "name", "createdAt", "updatedAt"];

/**
 * Sends the requests that are measured, and those that must be refused, to a server. Returns a line for each response
 * with another status, header or shape than expected.
 */
export async function probePeer(
  { list, id, isTrusting = false, fetch = globalThis.fetch }: ProbedServer,
): Promise<readonly string[]> {
  const violations: string[] = [];

  async function send(request: ProbedRequest, status: number): Promise<ProbedResponse> {
    const { method = "GET", path = "", headers = {}, body } = request;
    const init = { method, headers, ...body !== undefined && { body } };
    const response = await fetch(new Request(`${list}${path}`, init));
    const text = await response.text();
    const type = response.headers.get("content-type")?.split(";")[0] ?? "";
    const name = [method, path || "list", JSON.stringify(headers), body ?? ""].join(" ").trim();
    const check = (holds: boolean, violation: string): void => {
      if (!holds) violations.push(`${name}: ${violation}`);
    };
    check(response.status === status, `status ${response.status} instead of ${status}`);
    const parsed = parse(text);
    if (!isTrusting) check(response.headers.has("x-request-id"), "no X-Request-Id");
    if (status >= 400) {
      check(type === "application/problem+json", `content type ${type}`);
      const members = ["type", "title", "status", "detail", "requestId"];
      check(hasAll(parsed, members) && field(parsed, "status") === status, `no problem: ${text}`);
    } else if (status !== 304) {
      check(type === "application/json", `content type ${type}`);
    }
    return { status: response.status, headers: response.headers, body: parsed };
  }
  function expect(holds: boolean, violation: string): void {
    if (!holds) violations.push(violation);
  }

  // Requests that are accepted.
  const one = await send({ path: `/${id}` }, 200);
  expect(hasAll(field(one.body, "data"), CONTACT), "by id: a contact lacks properties");
  expect(field(field(one.body, "data"), "id") === id, "by id: another contact");
  expect(isStrong(one.headers.get("etag")), "by id: no strong ETag");
  const seen = new Set<unknown>();
  let following = "";
  for (let page = 1; page <= 3; page++) {
    const { body }: ProbedResponse = await send({ path: following }, 200);
    const data: unknown = field(body, "data");
    const items = Array.isArray(data) ? data : [];
    expect(items.length === 20 && items.every((item) => hasAll(item, CONTACT)), "list: not 20 contacts");
    for (const item of items) seen.add(field(item, "id"));
    expect(seen.size === 20 * page, "list: a contact is on two pages");
    following = `?after=${field(field(body, "meta"), "nextCursor")}`;
  }
  const email = `${crypto.randomUUID()}@example.com`;
  const created = await send(
    { method: "POST", headers: JSON_TYPE, body: JSON.stringify({ name: "Ada", email, age: 36 }) },
    201,
  );
  const path = `/${field(field(created.body, "data"), "id")}`;
  const etag = created.headers.get("etag") ?? "";
  expect(created.headers.get("location")?.endsWith(path) === true, "create: no Location");
  const change = { method: "PATCH", path, headers: { ...PATCH_TYPE, "If-Match": etag } } as const;
  const patched = await send({ ...change, body: '{"name":"Grace"}' }, 200);
  const next = patched.headers.get("etag") ?? "";
  expect(isStrong(next) && next !== etag, "patch: the ETag is not another one");
  const data = field(patched.body, "data");
  expect(field(data, "name") === "Grace" && field(data, "email") === email, "patch: not merged");
  if (isTrusting) return violations;

  // Requests that are refused, or need none of the data.
  await send({ ...change, body: '{"name":"Barbara"}' }, 412);
  const echoed = await send({ path: `/${id}`, headers: { "X-Request-Id": "probe-1" } }, 200);
  expect(echoed.headers.get("x-request-id") === "probe-1", "the X-Request-Id of the request is lost");
  await send({ path: `/${id}`, headers: { "If-None-Match": one.headers.get("etag") ?? "" } }, 304);
  await send({ path: UNKNOWN }, 404);
  await send({ path: "/nothing" }, 400);
  await send({ path: `/${id}/nothing` }, 404);
  for (const query of ["?limit=0", "?limit=201", "?limit=many", "?after=nothing"]) {
    await send({ path: query }, 400);
  }
  const post = { method: "POST", headers: JSON_TYPE } as const;
  await send({ ...post, body: '{"name":' }, 400);
  await send({ ...post, headers: { "Content-Type": "text/plain" }, body: '{"name":"Ada"}' }, 415);
  const invalid = [
    '{"email":null}',
    '{"name":""}',
    '{"name":7}',
    '{"name":"Ada","email":"nothing"}',
    '{"name":"Ada","age":"7"}',
    '{"name":"Ada","age":0}',
    '{"name":"Ada","age":7.5}',
    '{"name":"Ada","other":1}',
    `{"name":"${"a".repeat(101)}"}`,
  ];
  for (const body of invalid) await send({ ...post, body }, 422);
  await send({ ...post, body: JSON.stringify({ name: "Ada", email }) }, 409);
  const current = { ...change, headers: { ...PATCH_TYPE, "If-Match": next } } as const;
  for (const body of ['{"name":null}', '{"age":151}', '{"other":1}']) await send({ ...current, body }, 422);
  await send({ ...current, path: UNKNOWN, body: '{"name":"Ada"}' }, 404);
  await send({ ...current, headers: PATCH_TYPE, body: '{"name":"Ada"}' }, 428);
  const cleared = await send({ ...current, body: '{"email":null}' }, 200);
  const rest = field(cleared.body, "data");
  expect(field(rest, "email") === null && field(rest, "age") === 36, "patch: null does not remove a value");
  return violations;
}

function isStrong(etag: string | null): boolean {
  return etag !== null && /^"[!#-~]+"$/.test(etag);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function hasAll(value: unknown, names: readonly string[]): boolean {
  return names.every((name) => field(value, name) !== undefined);
}
