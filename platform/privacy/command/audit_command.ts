import {
  type CommandContext,
  CommandError,
  type ServiceCommand,
  UsageError,
} from "@archway/service_kit/command.ts";
import { parseAction, refusePositionals } from "@archway/service_kit/parse_action.ts";

/** `audit`: verifies the audit log. The exit code is 1 if it was tampered with. */
export const auditCommand: ServiceCommand = {
  name: "audit",
  summary: "verify the log of who read or changed personal data",
  usage: "verify [--head <number:hash>]",
  arguments: [
    ["verify", "check each row and the chain of blocks, and print the head of the chain"],
    ["--head", "head that an earlier verification printed, and that must still be in the chain"],
  ],
  async run(args, context): Promise<number> {
    const parsed = parseAction(args, { verify: { head: "text" } } as const);
    refusePositionals(parsed);
    const head = parsed.values.get("head");
    if (head !== undefined && !/^\d+:[0-9a-f]{64}$/.test(head)) {
      throw new UsageError("--head requires a number and a hash, as verify prints them");
    }
    return await verify(head, context);
  },
};

async function verify(head: string | undefined, context: CommandContext): Promise<number> {
  const { verifyLog } = await import("../audit/verify_log.ts");
  await using database = await context.openDatabase({ unlimited: true });
  const options = { isolation: "repeatable read", readOnly: true } as const;
  const result = await database.pool.withTx((tx) => verifyLog(tx, head), options);
  const { rows, blocks, rest, findings } = result;
  await context.print(`Rows: ${rows}; blocks: ${blocks}; rows in no block yet: ${rest}\n`);
  await context.print(
    result.head === "" ? "Nothing is chained yet: run the service for a minute\n" : `Head: ${result.head}\n`,
  );
  if (findings.length > 0) throw new CommandError(`the log was tampered with:\n  ${findings.join("\n  ")}`);
  return 0;
}
