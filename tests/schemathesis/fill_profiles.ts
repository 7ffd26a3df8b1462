import type { Dictionaries } from "./configuration.ts";
import type { FillingClient } from "./filling_client.ts";

const PROFILES = 40;

/** Creates profiles; gives their ids, and what no generator could guess about them. */
export async function fillProfiles(
  client: FillingClient,
): Promise<{ readonly ids: readonly string[]; readonly dictionaries: Dictionaries }> {
  const ids: string[] = [];
  const tokens: string[] = [];
  for (let index = 0; index < PROFILES; index++) {
    const { data, token } = await client.create("/v1/profiles", { name: `Person ${index}` });
    ids.push(data.id);
    tokens.push(token);
  }
  const { next, previous } = await client.cursors("/v1/profiles");
  const conditions = ["*", '"1"', '"2"', 'W/"1"', '"1", "2"'];
  return {
    ids,
    dictionaries: { tokens: tokens.slice(0, 3), conditions, next: [next], previous: [previous] },
  };
}
