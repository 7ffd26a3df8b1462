import { type Config, ConfigError, readConfig } from "@archway/config/config.ts";
import { RUNTIME_API } from "@archway/config/lambda_config.ts";
import type { Project } from "../project.ts";
import { lookUp, readEnvironment } from "../read_environment.ts";
import { lambda } from "./lambda.ts";

/**
 * Runs `lambda` by the environment that AWS Lambda sets, and returns the exit code.
 *
 * @throws {ConfigError} outside of AWS Lambda.
 */
export async function lambdaCommand(project: Project): Promise<number> {
  const runtimeApi = lookUp(RUNTIME_API.name);
  if (!runtimeApi) throw new ConfigError([{ variable: RUNTIME_API.name, reason: NOT_ON_LAMBDA }]);
  return await lambda({ project, runtimeApi, configure: () => readLambdaEnvironment(project) });
}

const NOT_ON_LAMBDA = "is missing; AWS Lambda sets it, and `lambda` runs nowhere else (docs/lambda.md)";

/** Settings that follow from AWS Lambda: clients reach the program, and an instance serves one request at a time. */
const OF_LAMBDA = { HOST: "0.0.0.0", WORKERS: "1", ADMIN_PORT: "", ADMIN_HOST: "" };

/** Returns the configuration of a function. */
function readLambdaEnvironment(project: Project): Config {
  const config = readEnvironment(project, {
    read: (reader) => readConfig(reader, { services: project.services }),
    adapt: (variables) => ({ ...defaultPool(variables), ...variables, ...OF_LAMBDA }),
  });
  const errors = [
    ...(config.database.kind === "embedded"
      ? [{
        variable: "POSTGRES_PRIMARY_HOST",
        reason: "is missing; a function has no disk for the embedded database",
      }]
      : []),
    ...(config.migrateOnStart
      ? [{
        variable: "MIGRATE_ON_START",
        reason: `cannot be true on AWS Lambda; run ${project.name} migrate up before the deployment`,
      }]
      : []),
  ];
  if (errors.length > 0) throw new ConfigError(errors);
  return config;
}

/** Returns the number of connections of a function that sets none: one, as it serves one request at a time. */
function defaultPool(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const hasServer = Object.keys(variables).some((name) =>
    /^(?:DATABASE_URL|POSTGRES_PRIMARY_HOST)/.test(name)
  );
  return hasServer ? { POSTGRES_PRIMARY_POOL_MAX_CONNS: "1" } : {};
}
