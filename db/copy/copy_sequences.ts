import type { Querier } from "../db.ts";

/** Sets the target's sequences to the positions of the source's. Includes identity columns. */
export async function copySequences(
  source: Querier,
  target: Querier,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const { rows: [position] } = await source.query<{ value: bigint; called: boolean }>(
      `SELECT last_value AS value, is_called AS called FROM ${name}`,
    );
    if (position === undefined) continue;
    await target.query("SELECT setval($1::text::regclass, $2, $3)", [name, position.value, position.called]);
  }
}
