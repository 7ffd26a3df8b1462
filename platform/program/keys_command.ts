import { microsecondClock, type Timestamp } from "@archway/db/timestamp.ts";
import {
  type ApiKey,
  createApiKey,
  insertApiKey,
  listApiKeys,
  revokeApiKey,
} from "@archway/service_kit/api_keys.ts";
import { CommandError, type ServiceCommand } from "@archway/service_kit/command.ts";
import { type KeysArguments, parseKeysArguments } from "./keys_arguments.ts";
import { PLATFORM_COMMANDS } from "./platform_commands.ts";
import { textTable } from "@archway/service_kit/text_table.ts";

/** `keys`: creates, lists and revokes API keys. A new key is printed, and nothing else, to the standard output. */
export const keysCommand: ServiceCommand = {
  name: "keys",
  summary: PLATFORM_COMMANDS.keys.summary,
  usage: PLATFORM_COMMANDS.keys.forms,
  async run(args, context): Promise<number> {
    const now = microsecondClock()();
    const options = parseKeysArguments(args, now);
    await using database = await context.openDatabase();
    const db = database.pool.writer();
    switch (options.action) {
      case "create": {
        const { id, key, secretHash } = createApiKey();
        const { subject = `key:${id}` } = options;
        const isClient = options.subject === undefined;
        await insertApiKey(db, { ...options, id, secretHash, subject, isClient, createdAt: now });
        await context.print(`${key}\n`);
        context.note(
          `${description(id, { ...options, subject })}; the key is not stored and not shown again\n`,
        );
        break;
      }
      case "list":
        await context.print(format(await listApiKeys(db), { ...options, now }));
        break;
      case "revoke": {
        const revoked = await revokeApiKey(db, options.id, now);
        if (revoked === undefined) throw new CommandError("no such key; list shows the IDs of all keys");
        await context.print(`Key ${options.id} is revoked since ${seconds(revoked.revokedAt)}\n`);
      }
    }
    return 0;
  },
};

function description(
  id: string,
  { subject, scopes, expiresAt }: Extract<KeysArguments, { readonly action: "create" }>,
): string {
  const scope = scopes.length === 0 ? "without scopes" : `with ${scopes.join(" ")}`;
  const expiry = expiresAt === undefined ? "without expiry" : `until ${seconds(expiresAt)}`;
  return `Created key ${id} of ${subject}, ${scope}, ${expiry}`;
}

function format(
  keys: readonly ApiKey[],
  { json, now }: { readonly json: boolean; readonly now: Timestamp },
): string {
  const listed = keys.map((key) => ({ ...key, status: statusOf(key, now) }));
  if (json) return `${JSON.stringify(listed, undefined, 2)}\n`;
  const header = ["ID", "STATUS", "NAME", "SUBJECT", "SCOPES", "CREATED", "EXPIRES", "LAST USED"];
  return textTable([
    header,
    ...listed.map(({ id, status, name, subject, scopes, createdAt, expiresAt, lastUsedAt }) => [
      ...[id, status, name, subject, scopes.join(" ") || "-"],
      ...[createdAt, expiresAt, lastUsedAt].map((time) => time === undefined ? "never" : seconds(time)),
    ]),
  ]);
}

function statusOf({ revokedAt, expiresAt }: ApiKey, now: Timestamp): "active" | "expired" | "revoked" {
  if (revokedAt !== undefined) return "revoked";
  return expiresAt !== undefined && Date.parse(expiresAt) <= Date.parse(now) ? "expired" : "active";
}

function seconds(time: Timestamp): string {
  return time.replace(/\.\d+Z$/, "Z");
}
