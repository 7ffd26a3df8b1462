import { EnvironmentReader } from "@archway/config/environment_reader.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import type { CommandContext } from "@archway/service_kit/command.ts";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { withRequired } from "@archway/tools/support/service_databases.ts";
import { services } from "../../services.ts";
import { paymentModule } from "../module.ts";

/** Secrets of the programs of tests. */
export const PRIVACY_SECRETS = ["a secret of more than 32 bytes for a test"] as const;

/** The module of privacy; none in copies without it. */
export const PRIVACY: readonly ServiceModule[] = services.filter(({ name }) => name === "privacy");

/** Payments with privacy. */
export const PRIVATE_PAYMENTS: readonly ServiceModule[] = withRequired([...PRIVACY, paymentModule]);

/** Result of a command. */
export interface CommandResult {
  readonly code: number;
  readonly output: string;
  readonly notes: string;
}

/** Returns the context of a command on an open pool, and what it prints. */
function commandOn(
  pool: ConnectionPool,
  printed: { output: string; notes: string },
): CommandContext {
  const { cipher } = PRIVACY[0] ?? {};
  const print = (text: string): Promise<void> => {
    printed.output += text;
    return Promise.resolve();
  };
  return {
    services: PRIVATE_PAYMENTS,
    signal: new AbortController().signal,
    stoppedWith: undefined,
    openProgram: () => Promise.reject(new Error("No command of these tests serves requests")),
    readSettings: (read) => read(new EnvironmentReader(() => undefined)),
    openDatabase: () => Promise.resolve({ pool, [Symbol.asyncDispose]: () => Promise.resolve() }),
    cipher: () => Promise.resolve(cipher?.(PRIVACY_SECRETS)),
    print,
    printAfter: (fill) => fill(print),
    note(text): void {
      printed.notes += text;
    },
    progress: () => ({ update(): void {}, [Symbol.dispose](): void {} }),
  };
}

/** Runs `privacy` with arguments on a pool. */
export async function privacy(pool: ConnectionPool, ...args: readonly string[]): Promise<CommandResult> {
  const printed = { output: "", notes: "" };
  const command = PRIVACY.flatMap(({ commands = [] }) => commands).find(({ name }) => name === "privacy");
  if (command === undefined) throw new Error("There is no command privacy");
  const code = await command.run(args, commandOn(pool, printed));
  return { code, ...printed };
}

/** Erases a person by a request and its confirmation. Returns the receipt. */
export async function erase(
  pool: ConnectionPool,
  subject: string,
): Promise<Readonly<Record<string, unknown>>> {
  const requested = await privacy(pool, "erase", "--subject", subject);
  const request = /--confirm (\S+)/.exec(requested.output)?.[1] ?? "";
  return JSON.parse(
    (await privacy(pool, "erase", "--subject", subject, "--confirm", request, "--insist"))
      .output,
  );
}
