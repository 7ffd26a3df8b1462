import { type Config, ConfigError, parseConfig } from "@archway/config/config.ts";
import { Settings } from "@archway/config/settings.ts";
import { EmbeddedError } from "@archway/db/embedded/embedded_error.ts";
import { DatabaseError, MigrationError } from "@archway/db/errors.ts";
import { describeFault } from "@archway/program/describe_fault.ts";
import { migrate } from "@archway/program/migrate_command.ts";
import { print } from "@archway/program/print.ts";
import { serve } from "@archway/program/serve.ts";
import { ListenError } from "@archway/server/listener.ts";
import { TlsError } from "@archway/server/tls.ts";

const USAGE = `Usage: archway [command]

Commands:
  serve   run the service (the default)
  dev     run it and greet the developer
  seed    write made-up profiles to try it with: --profiles <n> [--random-seed <n>] [--until <date>]
  worker  only send events out, to webhooks and the message broker: beside services that run with WORKER=off
  migrate change the tables: up [--dry-run], down [n] [--dry-run], status, new <name> [--service <service>]
  token   print an access token for development: [--subject <name>] [--scope "<scope> …"] [--expires <duration>]
  events  rebuild [--swap] makes accounts and payments anew from what has happened, and tells what differs
  db      copy --to <url> moves everything from the embedded database to a server, status [--json] shows every server

It is configured by environment variables; .env.example in the repository lists them.
`;

/** What the program can be told to do, by name. A command is given what follows its name, and gives the exit code. */
const COMMANDS: ReadonlyMap<string, (args: readonly string[]) => Promise<number>> = new Map([
  ["serve", withoutArguments(() => serve(parseConfig(lookUp), { greet: false }))],
  ["dev", withoutArguments(() => serve(parseConfig(lookUp), { greet: true }))],
  // Loaded when it is asked for: the service needs none of its packages.
  [
    "seed",
    async (args) => (await import("@archway/profile_service/seed/seed_command.ts")).seed(args, configureTool),
  ],
  [
    "worker",
    withoutArguments(async () => (await import("@archway/program/worker_command.ts")).work(configureTool())),
  ],
  ["migrate", (args) => migrate(args, configureTool)],
  ["token", runToken],
  [
    "events",
    async (args) =>
      (await import("@archway/payment_service/rebuild/events_command.ts")).events(args, configureTool),
  ],
  ["db", runDb],
]);

/** Runs the program and gives its exit code: 0 done, 1 failed, 2 not understood. */
async function main([name = "serve", ...args]: readonly string[]): Promise<number> {
  if (name === "help" || [name, ...args].some((arg) => arg === "--help" || arg === "-h")) {
    await print(Deno.stdout, USAGE);
    return 0;
  }
  return await (COMMANDS.get(name) ?? misunderstood)(args);
}

function withoutArguments(run: () => Promise<number>): (args: readonly string[]) => Promise<number> {
  return (args) => args.length === 0 ? run() : misunderstood();
}

async function runDb(args: readonly string[]): Promise<number> {
  const { db } = await import("@archway/program/db_command.ts");
  const settings = new Settings(lookUp);
  const copyToUrl = settings.secret("COPY_TO_URL");
  if (settings.faults.length > 0) throw new ConfigError(settings.faults);
  return await db(args, { configure: configureTool, copyToUrl });
}

async function runToken(args: readonly string[]): Promise<number> {
  const { token } = await import("@archway/program/token_command.ts");
  return await token(args, { configure: configureTool, authMode: lookUp("AUTH_MODE") });
}

/** What works on the database and answers no requests need not know callers. */
function configureTool(): Config {
  return parseConfig(lookUp, { serves: false });
}

async function misunderstood(): Promise<number> {
  await print(Deno.stderr, USAGE);
  return 2;
}

function lookUp(name: string): string | undefined {
  return Deno.env.get(name);
}

/** A person can mend these by what they say; anything else is a fault of the program and shows where it arose. */
function isForPeople(error: unknown): error is Error {
  return error instanceof ConfigError || error instanceof ListenError || error instanceof TlsError ||
    error instanceof EmbeddedError ||
    error instanceof MigrationError || error instanceof DatabaseError;
}

if (import.meta.main) {
  try {
    Deno.exitCode = await main(Deno.args);
    // Not at once: where telemetry is being exported just then, Deno.exit waits for its end for ever (Deno 2.9). When
    // nothing is left to do, the program ends by itself; what does not end must not keep it.
    Deno.unrefTimer(setTimeout(() => Deno.exit(), 1_000));
  } catch (error) {
    if (!isForPeople(error)) throw error;
    await print(Deno.stderr, `${describeFault(error)}\n`);
    Deno.exit(1);
  }
}
