import { TestIssuer } from "../../auth/testing/test_issuer.ts";
import { useTestDatabase } from "../postgres/use_test_database.ts";
import { postgresEnvironment } from "../testing/postgres_environment.ts";
import { complaintsOf } from "../testing/complaints_of.ts";
import { Program, untilReady } from "../testing/program.ts";

/** Profiles that are there from the beginning, so that what is generated finds something to read and to change. */
const PROFILES = 40;

/** A program under test. Disposing ends it and everything it needs. */
export interface Subject extends AsyncDisposable {
  readonly url: string;
  /** A bearer token that may do everything. */
  readonly token: string;
  /** Values that no generator could guess, by the name of their dictionary. */
  readonly dictionaries: Readonly<Record<string, readonly string[]>>;
  /** Stops it as supervisors do; what it had to complain about. */
  stop(): Promise<{ readonly code: number; readonly complaints: readonly string[] }>;
}

/**
 * Starts the program with authentication on a real PostgreSQL.
 *
 * @param environment Variables besides those that this needs.
 */
export async function startSubject(environment: Readonly<Record<string, string>> = {}): Promise<Subject> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await useTestDatabase());
  const issuer = stack.use(await TestIssuer.start());
  const program = stack.use(
    new Program({
      ...postgresEnvironment(database.instance),
      MIGRATE_ON_START: "true",
      VALIDATE_RESPONSES: "true",
      AUTH_MODE: "jwt",
      AUTH_JWKS_URL: issuer.url.href,
      AUTH_ISSUER: issuer.issuer,
      AUTH_AUDIENCE: TestIssuer.audience,
      ...environment,
    }),
  );
  const url = await program.url;
  await untilReady(url);
  const token = await issuer.sign({ scope: "profiles:read profiles:write payments:read payments:write" });
  const dictionaries = await fill(url, token);
  const resources = stack.move();
  return {
    url,
    token,
    dictionaries,
    async stop(): Promise<{ code: number; complaints: readonly string[] }> {
      const { code, stderr } = await program.stop();
      return { code, complaints: complaintsOf(stderr) };
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function fill(url: string, token: string): Promise<Subject["dictionaries"]> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const tokens: string[] = [];
  for (let index = 0; index < PROFILES; index++) {
    const body = JSON.stringify({ name: `Person ${index}` });
    const response = await fetch(`${url}/v1/profiles`, { method: "POST", headers, body });
    if (response.status !== 201) throw new Error(`Creating a profile failed with ${response.status}`);
    await response.body?.cancel();
    tokens.push(response.headers.get("consistency-token") ?? "");
  }
  const page = async (query: string): Promise<{ nextCursor?: string; prevCursor?: string }> =>
    (await (await fetch(`${url}/v1/profiles?limit=3${query}`, { headers })).json()).meta;
  const { nextCursor = "" } = await page("");
  const { prevCursor = "" } = await page(`&after=${nextCursor}`);
  return {
    tokens: tokens.slice(0, 3),
    conditions: ["*", '"1"', '"2"', 'W/"1"', '"1", "2"'],
    next: [nextCursor],
    previous: [prevCursor],
  };
}
