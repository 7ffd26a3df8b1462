import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import {
  type AuthenticatedProgram,
  startAuthenticated,
} from "@archway/tools/support/authenticated_program.ts";
import { FillingClient } from "@archway/tools/support/schemathesis/filling_client.ts";
import type { FuzzSetup, Hints } from "@archway/tools/support/schemathesis/fuzz_setup.ts";
import { serviceFile } from "@archway/tools/support/service_folder.ts";

/** Program under test. Disposing ends it and its dependencies. */
export interface Subject extends AuthenticatedProgram {
  /** Hints by the name of the service. */
  readonly hints: Readonly<Record<string, Hints>>;
}

/** Hints for every service: possible versions. */
const VERSIONS: Hints = { "header.If-Match": ["*", '"1"', '"2"', 'W/"1"', '"1", "2"'] };

/** Settings with which more generated documents are executed than refused. */
const GRAPHQL = { GRAPHQL_INTROSPECTION: "true", GRAPHQL_MAX_COST: "100000", GRAPHQL_MAX_ALIASES: "1000" };

/** Starts main.ts with authentication, and fills every service with a setup. */
export async function startSubject(services: readonly ServiceModule[]): Promise<Subject> {
  const setups = await Promise.all(
    services.map(async (service) => ({ ...await setupOf(service), name: service.name })),
  );
  // A program without that module does not know the setting.
  const hasGraphql = services.some(({ name }) => name === "graphql");
  const environment = Object.assign(
    { VALIDATE_RESPONSES: "true", ...(hasGraphql && GRAPHQL) },
    ...setups.map(({ environment }) => environment),
  );
  await using stack = new AsyncDisposableStack();
  const started = stack.use(await startAuthenticated({ services, main: "main.ts", environment }));
  const hints: Record<string, Hints> = {};
  for (const { name, fill } of setups) {
    const client = new FillingClient(started.url, started.token);
    const filled = await fill?.(client, services);
    const tokens = client.tokens.slice(0, 3);
    hints[name] = {
      ...VERSIONS,
      ...(tokens.length > 0 && { "header.Consistency-Token": tokens }),
      ...filled,
    };
  }
  const resources = stack.move();
  return { ...started, hints, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

async function setupOf(service: ServiceModule): Promise<Partial<FuzzSetup>> {
  const file = await serviceFile(service, "testing/schemathesis.ts");
  if (file === undefined) return {};
  const { schemathesis }: { readonly schemathesis: FuzzSetup } = await import(`file://${file}`);
  return schemathesis;
}
