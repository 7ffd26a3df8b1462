import { assertEquals } from "@std/assert";
import type { Server } from "@archway/server/server.ts";

/** Input of a call, by the names of the OpenAPI document. */
export interface FaceInput {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  /** ETag of the version to change. */
  readonly ifMatch?: string | undefined;
  /** Idempotency key. */
  readonly key?: string;
}

/** Outcome of a call, the same whatever face it used. */
export interface FaceOutcome {
  /** Status and problem type, such as "412 contact-changed"; undefined after a success. */
  readonly problem?: string | undefined;
  /** Resource or list in the response. */
  readonly data?: unknown;
  readonly etag?: string | undefined;
  /** Cursor of the next page. */
  readonly next?: string | undefined;
  /** Whether it is the stored result of an earlier call. */
  readonly replayed?: boolean | undefined;
}

/** A way to call the operations of a server. Disposing closes its connections. */
export interface Face extends AsyncDisposable {
  readonly name: string;
  /** Calls an operation as a caller, i.e. with the token of its name. */
  call(operationId: string, input: FaceInput, caller: string): Promise<FaceOutcome>;
}

/** Opens a face of a server; undefined if the server does not have it. */
export type OpenFace = (server: Server) => Promise<Face> | Face;

/** Steps of a client, with a summary of their outcomes. */
export type Scenario = (face: Face) => Promise<readonly unknown[]>;

/** Options of {@link compareFaces}. */
export interface CompareOptions {
  readonly faces: readonly OpenFace[];
  readonly scenarios: Readonly<Record<string, Scenario>>;
  /** Empties the database. */
  readonly reset: () => Promise<void>;
  /** Reads everything that scenarios write. */
  readonly state: () => Promise<unknown>;
}

/** Runs scenarios over every face, and asserts that outcomes and states at the end are those of the first face. */
export async function compareFaces(
  server: Server,
  t: Deno.TestContext,
  { faces, scenarios, reset, state }: CompareOptions,
): Promise<void> {
  for (const [title, run] of Object.entries(scenarios)) {
    await t.step(title, async () => {
      const results = new Map<string, unknown>();
      for (const open of faces) {
        await reset();
        await using face = await open(server);
        results.set(face.name, neutral({ outcomes: await run(face), state: await state() }));
      }
      const [first] = results.values();
      for (const [name, result] of results) assertEquals({ name, result }, { name, result: first });
    });
  }
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Texts that differ between runs, and what is compared in their place. */
const DIFFERENT: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "time"],
  [/"durationMs":\d+/g, '"durationMs":0'],
  [/whsec_[\w+/=]+/g, "secret"],
];

/** Returns a value without what differs between runs: ids are numbered in order of appearance, times have no value. */
export function neutral(value: unknown): unknown {
  const numbers = new Map<string, number>();
  const text = DIFFERENT.reduce(
    (text, [pattern, other]) => text.replaceAll(pattern, other),
    JSON.stringify(value),
  );
  return JSON.parse(text.replaceAll(UUID, (id) => {
    const number = numbers.get(id) ?? numbers.size + 1;
    numbers.set(id, number);
    return `id ${number}`;
  }));
}
