import { ask, type Client, json } from "./client.ts";
import { ApiDocument } from "./derived/api_document.ts";
import { Derivation } from "./derived/derivation.ts";
import { bodyRows } from "./derived/body_rows.ts";
import { conditionalRows } from "./derived/conditional_rows.ts";
import { listRows } from "./derived/list_rows.ts";
import { mediaRows } from "./derived/media_rows.ts";
import { methodRows } from "./derived/method_rows.ts";
import { parameterRows } from "./derived/parameter_rows.ts";
import { patchRows } from "./derived/patch_rows.ts";
import { securityRows } from "./derived/security_rows.ts";
import { Subjects } from "./derived/subjects.ts";
import { targetsOf, withTargets } from "./derived/targets.ts";
import type { JsonObject } from "@archway/service_kit/json_value.ts";
import type { Theme } from "./row.ts";
import type { Batch } from "./run_rows.ts";
import type { Suite } from "./suite.ts";

const DERIVED = [
  methodRows,
  parameterRows,
  bodyRows,
  mediaRows,
  conditionalRows,
  listRows,
  patchRows,
  securityRows,
];

/** A document and what its service adds to it. */
export interface Subject {
  readonly api: ApiDocument;
  readonly suite: Suite;
  /** Paths of reads that are not implemented; see {@link findUnwritten}. @default {[]} */
  readonly unwritten?: readonly string[];
}

/** Settings of derived rows. */
export interface DeriveOptions {
  /** Tests of HTTP in general, which are sent to the first document that has a target for most of them. @default {[]} */
  readonly general?: readonly Theme[];
  /** Whether every operation gets all values, not each kind of value once and a part of them elsewhere. @default {false} */
  readonly isFull?: boolean;
  /** Whether each kind of value is sent in part: another program of the run gets all of it. @default {false} */
  readonly isBrief?: boolean;
  /** Whether the requests have credentials. @default {false} */
  readonly hasCredentials?: boolean;
}

/** Reads the documents of suites from the program that serves them. */
export async function fetchSubjects(client: Client, suites: readonly Suite[]): Promise<readonly Subject[]> {
  return await Promise.all(suites.map(async (suite) => {
    const name = `/openapi/${suite.document}.json`;
    // It is complete: the code generator has bundled it.
    return { api: new ApiDocument(await json<JsonObject>(await ask(client, name), 200)), suite };
  }));
}

/** Returns the paths of reads, of those without parameters in it, that respond with 501. */
export async function findUnwritten(client: Client, { api, suite }: Subject): Promise<readonly string[]> {
  const subjects = new Subjects(api, suite);
  const reads = api.operations.filter(({ method, path }) => method === "GET" && !path.includes("{"));
  const found = await Promise.all(reads.map(async (read) => {
    const response = await ask(client, read.path + subjects.queryOf(read)).catch(() => undefined);
    await response?.body?.cancel();
    return response?.status === 501 ? [read.path] : [];
  }));
  return found.flat();
}

/** Derives the rows of documents, those of HTTP in general and those of their services. */
export function deriveBatches(
  subjects: readonly Subject[],
  { general = [], isFull = false, isBrief = false, hasCredentials = false }: DeriveOptions = {},
): readonly Batch[] {
  const uses = new Map<string, number>();
  const derived = subjects.map(({ api, suite, unwritten = [] }) => {
    const derivation = new Derivation({ api, suite, hasCredentials, isFull, isBrief, uses });
    const targets = targetsOf(api, { subjects: derivation.subjects, unwritten });
    return {
      suite,
      api,
      targets,
      rowsOf: derivation.subjects,
      themes: DERIVED.map((rowsOf) => rowsOf(derivation)),
    };
  });
  const main =
    derived.find(({ targets, rowsOf }) => targets.item !== undefined && rowsOf.canCreate(targets.item)) ??
      derived[0];
  return derived.map((one) => {
    const { suite, api, targets, rowsOf, themes } = one;
    const given = suite.given;
    const own = (suite.themes ?? []).map((theme) => ({
      ...theme,
      rows: theme.rows.map((row) => ({ given, ...row })),
    }));
    const shared = given === undefined ? themes : themes.map(sharing);
    const ofHttp = one === main ? withTargets(general, targets, rowsOf) : [];
    return {
      name: suite.document,
      api,
      placeholders: { document: suite.document, ...targets.placeholders },
      themes: [...ofHttp, ...own, ...shared],
    };
  });
}

/** Lets rows that may succeed share what is prepared at length; those that delete it cannot. */
function sharing(theme: Theme): Theme {
  const rows = theme.rows.map((row) => ({
    ...row,
    isSharing: row.expect.status === "any" && !JSON.stringify(row.request).includes("DELETE "),
  }));
  return { ...theme, rows };
}
