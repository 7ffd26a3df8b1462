import { TestIssuer } from "@archway/server/auth/testing/test_issuer.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { complaintsOf } from "@archway/tools/support/complaints_of.ts";
import type { Dictionaries } from "./configuration.ts";
import { fillPayments } from "./fill_payments.ts";
import { fillProfiles } from "./fill_profiles.ts";
import { FillingClient } from "./filling_client.ts";
import { MainProgram, untilReady } from "@archway/tools/support/program.ts";

/** A program under test. Disposing ends it and everything it needs. */
export interface Subject extends AsyncDisposable {
  readonly url: string;
  /** A bearer token that may do everything. */
  readonly token: string;
  /** Values that no generator could guess, by the document and the name of their dictionary. */
  readonly dictionaries: Readonly<Record<string, Dictionaries>>;
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
    new MainProgram({
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
  const token = await issuer.sign({
    scope: "profiles:read profiles:write payments:read payments:write payments:deposit",
  });
  const client = new FillingClient(url, token);
  const profiles = await fillProfiles(client);
  const payments = await fillPayments(client, {
    profiles: profiles.ids,
    webhooksAllowed: environment["WEBHOOK_ALLOW_PRIVATE"] === "true",
  });
  const dictionaries = { profile: profiles.dictionaries, payment: payments };
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
