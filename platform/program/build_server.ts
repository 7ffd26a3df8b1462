import { isPrivate } from "@archway/config/auth_config.ts";
import type { Config } from "@archway/config/config.ts";
import { createServer, type Server } from "@archway/server/server.ts";
import * as options from "@archway/server/server_options.ts";
import type { RequestObserver } from "@archway/server/request_observer.ts";
import type { DeveloperTool } from "@archway/service_kit/developer_tool.ts";
import type { Booted } from "./boot.ts";
import { databaseChecks } from "./database_checks.ts";
import { limitOptions } from "./limit_options.ts";
import type { AuthenticatorDependencies, OpenAuthenticator } from "./open_authenticator.ts";
import { type OpenRateLimit, openRateLimit } from "./open_rate_limit.ts";
import type { Project } from "./project.ts";
import type { WorkerLink } from "./workers/worker_link.ts";

/** Dependencies of {@link buildServer}. */
export interface BuildServerDependencies
  extends Pick<Booted, "database" | "migrations" | "logger" | "telemetry" | "mounted" | "tool"> {
  readonly authentication: OpenAuthenticator | undefined;
  readonly rateLimit: OpenRateLimit | undefined;
  readonly project: Project;
  /** Whether the tool for developers is served beside the API. @default false */
  readonly servesTool?: boolean;
  /** Link to the supervisor of several processes. */
  readonly link?: WorkerLink | undefined;
  /**
   * Whether requests come from a gateway that names their clients, with its headers.
   *
   * @default false
   */
  readonly hasGateway?: boolean;
}

/** Opens what identifies and limits the callers of a program. The stack closes it. */
export async function openCallers(
  config: Config,
  { program, stack }: { readonly program: Booted; readonly stack: AsyncDisposableStack },
): Promise<Pick<BuildServerDependencies, "authentication" | "rateLimit">> {
  const { logger, database: { pool }, stopping: signal } = program;
  const authentication = await openAuthentication(config, { logger, pool, signal });
  if (authentication !== undefined) stack.use(authentication);
  const rateLimit = await openRateLimit(config, logger);
  if (rateLimit !== undefined) stack.use(rateLimit);
  return { authentication, rateLimit };
}

/** Opens the authenticators, loaded on demand with what verifies tokens. Disabled authentication is logged. */
async function openAuthentication(
  { auth, database }: Config,
  dependencies: AuthenticatorDependencies,
): Promise<OpenAuthenticator | undefined> {
  if (auth.kind !== "none") {
    const { openAuthenticator } = await import("./open_authenticator.ts");
    return await openAuthenticator({ auth, database }, dependencies);
  }
  if (database.kind !== "embedded") {
    dependencies.logger.info("Authentication is disabled; every caller has all permissions");
  }
  return undefined;
}

/** Creates the server of a program; it does not listen yet. */
export function buildServer(
  config: Config,
  {
    database,
    migrations,
    logger,
    telemetry,
    mounted,
    tool,
    servesTool = false,
    authentication,
    rateLimit,
    project,
    link,
    hasGateway = false,
  }: BuildServerDependencies,
): Server {
  return createServer(
    config.host,
    config.port,
    options.withLogger(logger),
    // Outermost, so that requests for the tool are neither logged nor measured.
    ...(tool !== undefined && servesTool ? [options.withObserver(serveTool(tool))] : []),
    ...(tool !== undefined ? [options.withObserver(tool.requests)] : []),
    ...telemetry.requests.map(options.withObserver),
    ...(tool !== undefined ? [options.withObserver(tool.faults)] : []),
    options.withReadTimeout(config.readTimeoutMs),
    options.withWriteTimeout(config.writeTimeoutMs),
    ...(config.listener.connectionLimits
      ? [options.withConnectionLimits(config.listener.connectionLimits)]
      : []),
    ...(config.listener.proxyProtocol ? [options.withProxyProtocol()] : []),
    ...(config.listener.tls ? [options.withTls(config.listener.tls)] : []),
    options.withMaxBodyBytes(config.maxBodyBytes),
    options.withCompression(config.compressMinBytes),
    options.withResponseValidation(config.validateResponses),
    options.withDocuments(config.documents),
    options.withPages(pageOptions(config, project)),
    ...(link ? [options.withReusePort(), options.withReadiness(link.readiness)] : []),
    options.withDrain({ waitMs: config.drainWaitMs, timeoutMs: config.drainTimeoutMs }),
    ...(config.admission ? [options.withAdmission(config.admission)] : []),
    options.withReadiness(databaseChecks(database.pool, migrations)),
    ...(authentication
      ? [
        options.withAuthenticator(authentication.authenticator),
        options.withCredentialAuthenticator(authentication.apiKeys),
      ]
      : []),
    ...(config.auth.kind !== "none" && config.auth.certificateHeader !== undefined
      ? [options.withCertificateHeader(config.auth.certificateHeader)]
      : []),
    ...(authentication?.readiness ? [options.withReadiness(authentication.readiness)] : []),
    ...limitOptions(config, { rateLimit, logger, hasGateway }),
    // Without authentication, or with tokens for everyone, checking Host protects against DNS rebinding by pages in a
    // browser on this machine.
    ...((config.auth.kind === "none" || config.auth.kind === "dev") && isPrivate(config)
      ? [options.withPrivateHostsOnly()]
      : []),
    ...(config.publicUrl ? [options.withPublicUrl(config.publicUrl.href)] : []),
    options.withIdempotency(mounted.idempotency),
    ...mounted.services.flatMap(({ api }) => api === undefined ? [] : [options.withApi(api)]),
  );
}

/** Returns an observer that serves the requests for a tool instead of passing them on. */
function serveTool({ path, endpoint }: DeveloperTool): RequestObserver {
  return (serve) => (exchange) =>
    exchange.path.startsWith(path)
      ? endpoint(exchange.request, exchange.peerAddress) ?? serve(exchange)
      : serve(exchange);
}

function pageOptions(config: Config, { name, version, services }: Project): options.PageOptions {
  const { auth, database } = config;
  const replicas = database.kind === "postgres" ? database.replicas.length : 0;
  const kind = database.kind === "embedded"
    ? "embedded PostgreSQL"
    : `PostgreSQL${replicas === 0 ? "" : ` with ${replicas} read replica${replicas === 1 ? "" : "s"}`}`;
  return {
    landing: config.landingPage ? { name, version, database: kind } : undefined,
    reference: config.apiReference,
    ...(auth.kind === "dev" && database.kind === "embedded" && {
      token: (): Promise<string> => developmentToken(database.dataDirectory, { services }),
    }),
  };
}

/** Creates an access token with all scopes, for the embedded database in a directory. */
export async function developmentToken(
  directory: string,
  { services, subject = "developer" }: { readonly services: Project["services"]; readonly subject?: string },
): Promise<string> {
  const scope = services.flatMap(({ scopes = [] }) => scopes).join(" ");
  const { loadOrCreateDevelopmentKey, signDevelopmentToken } = await import(
    "@archway/server/authentication.ts"
  );
  const key = await loadOrCreateDevelopmentKey(directory);
  return await signDevelopmentToken(key, { subject, scope, lifetimeSeconds: 3600 });
}
