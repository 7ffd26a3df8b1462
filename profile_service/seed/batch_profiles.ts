import { v7 as newId } from "uuid";
import { normalizeInput, type Profile } from "../domain/profile.ts";
import { randomInteger, randomPerson, seedRandomPeople } from "./random_person.ts";
import { batchRange, createdAt, type SeedPlan } from "./seed_plan.ts";

/** Domains reserved by RFC 2606, section 3, which receive no mail. */
const DOMAINS = ["example.com", "example.net", "example.org"];

/** Percentages of profiles with an e-mail address and with an age. */
const WITH_EMAIL = 85;
const WITH_AGE = 70;

/**
 * Generates the profiles of one batch, oldest first. Batches are independent, so an interrupted run can continue with
 * any of them. They share the random generator: finish with one batch before starting the next.
 */
export function* batchProfiles(plan: SeedPlan, batch: number): Generator<Profile, void, void> {
  const [first, end] = batchRange(plan, batch);
  seedRandomPeople([plan.randomSeed, batch]);
  for (let row = first; row < end; row++) yield profile(plan, row);
}

function profile(plan: SeedPlan, row: number): Profile {
  const time = createdAt(plan, row, { shift: randomInteger(0, 999_999) / 1_000_000 });
  const id = newId({ msecs: Date.parse(time), random: randomBytes() });
  const { name, handle } = randomPerson();
  const domain = DOMAINS[randomInteger(0, DOMAINS.length - 1)];
  // The row number makes addresses unique within a run, the seed across runs.
  const email = `${handle}.${row + 1}@mail${plan.randomSeed}.${domain}`;
  const input = normalizeInput({
    name,
    email: chance(WITH_EMAIL) ? email : null,
    age: chance(WITH_AGE) ? randomAge() : null,
  });
  return { ...input, id, version: 1n, createdAt: time, updatedAt: time };
}

function chance(percent: number): boolean {
  return randomInteger(1, 100) <= percent;
}

/** Returns an age from 16 to 95, most often a middle one. */
function randomAge(): number {
  return 16 + randomInteger(0, 39) + randomInteger(0, 40);
}

function randomBytes(): Uint8Array {
  const words = Uint32Array.from({ length: 4 }, () => randomInteger(0, 0xffffffff));
  return new Uint8Array(words.buffer);
}
