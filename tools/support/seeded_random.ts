/** Random numbers that are the same in each run, for tests. */
export { seededRandom } from "@archway/conformance/seeded_random.ts";
