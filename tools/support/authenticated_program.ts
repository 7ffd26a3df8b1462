import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { TestIssuer } from "@archway/server/auth/testing/test_issuer.ts";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { useTestDatabase } from "./postgres/use_test_database.ts";
import { postgresEnvironment } from "./postgres_environment.ts";
import { Program, type ProgramOptions, untilReady } from "./program.ts";

/** Program with authentication, on a real PostgreSQL. Disposing ends it and its dependencies. */
export interface AuthenticatedProgram extends AsyncDisposable {
  readonly program: Program;
  readonly url: string;
  /** Bearer token with all scopes of the services. */
  readonly token: string;
  readonly database: InstanceConfig;
}

/** Options of {@link startAuthenticated}. */
export interface AuthenticatedProgramOptions extends ProgramOptions {
  /** Services of its main module. */
  readonly services: readonly ServiceModule[];
  /** Variables in addition to those of the database and the issuer. @default {{}} */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a program with authentication and waits until it is ready. */
export async function startAuthenticated(
  { services, environment = {}, ...options }: AuthenticatedProgramOptions,
): Promise<AuthenticatedProgram> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await useTestDatabase());
  const issuer = stack.use(await TestIssuer.start());
  const variables = {
    ...postgresEnvironment(database.instance),
    MIGRATE_ON_START: "true",
    AUTH_MODE: "jwt",
    AUTH_JWKS_URL: issuer.url.href,
    AUTH_ISSUER: issuer.issuer,
    AUTH_AUDIENCE: TestIssuer.audience,
    ...environment,
  };
  const program = stack.use(new Program(variables, [], options));
  const url = await program.url;
  await untilReady(url);
  const token = await issuer.sign({ scope: services.flatMap(({ scopes = [] }) => scopes).join(" ") });
  const resources = stack.move();
  return {
    ...{ program, url, token, database: database.instance },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
