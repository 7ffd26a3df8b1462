import type { FuzzSetup, Hints } from "@archway/tools/support/schemathesis/fuzz_setup.ts";

const PROFILES = 40;

/** Profiles and hints for generated requests. */
export const schemathesis: FuzzSetup = {
  async fill(client): Promise<Hints> {
    const ids: string[] = [];
    for (let index = 0; index < PROFILES; index++) {
      ids.push(await client.create("/v1/profiles", { name: `Person ${index}` }));
    }
    return { ...await client.cursors("/v1/profiles"), "path.id": ids };
  },
};
