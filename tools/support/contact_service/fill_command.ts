import { type ServiceCommand, UsageError } from "@archway/service_kit/command.ts";

/** Number of contacts per statement, which are inserted atomically. */
export const BATCH_SIZE = 5_000;

const INSERT = `insert into contacts (id, name, created_at, updated_at)
  select uuidv7(), 'Contact ' || n, now(), now() from generate_series(1, $1::int) as n`;

/** `fill`: adds generated contacts. The exit code is 0, or that of the signal that stopped it. */
export const fillCommand: ServiceCommand = {
  name: "fill",
  usage: "<number>",
  summary: "add generated contacts",
  async run([text = "", ...others], context): Promise<number> {
    if (!/^[1-9]\d{0,6}$/.test(text) || others.length > 0) {
      throw new UsageError("expected a number of contacts");
    }
    const total = Number(text);
    await using database = await context.openDatabase();
    using progress = context.progress({ total, value: 0, things: "contacts" });
    let added = 0;
    while (added < total && !context.signal.aborted) {
      const size = Math.min(BATCH_SIZE, total - added);
      await database.pool.writer().query(INSERT, [size]);
      progress.update(added += size);
    }
    await context.print(`Added ${added} contacts\n`);
    return context.stoppedWith ?? 0;
  },
};
