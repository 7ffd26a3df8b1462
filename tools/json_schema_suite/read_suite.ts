import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { JsonValue } from "@archway/server/operation.ts";
import { isArray, isObject, member, textMember } from "../oapi_codegen/document/json_value.ts";

/** Schema with values to judge. */
export interface TestGroup {
  /** File and description. */
  readonly name: string;
  readonly schema: JsonValue;
  readonly tests: readonly TestCase[];
}

/** Value, and whether the schema accepts it. */
export interface TestCase {
  readonly description: string;
  readonly data: JsonValue;
  readonly valid: boolean;
}

/** Mandatory tests, and schemas that they refer to by URL. */
export interface Suite {
  readonly groups: readonly TestGroup[];
  readonly remotes: ReadonlyMap<string, JsonValue>;
}

/** End of the name of the folder of JSON Schema 2020-12. */
const DIALECT = "2020-12";
/** Location at which the suite expects its remote schemas. */
const REMOTE = "http://localhost:1234/";

/**
 * Reads the tests of JSON Schema 2020-12 from a copy of the suite.
 *
 * @throws {Error} if the folder has no copy of the suite.
 */
export async function readSuite(folder: string): Promise<Suite> {
  const dialects = await readdir(join(folder, "tests"));
  const dialect = dialects.find((name) => name.endsWith(DIALECT));
  if (dialect === undefined) throw new Error(`There are no tests of JSON Schema ${DIALECT} in ${folder}`);
  const tests = join(folder, "tests", dialect);
  const files = (await readdir(tests)).filter((name) => name.endsWith(".json")).sort();
  const groups: TestGroup[] = [];
  for (const file of files) {
    const content = await readJson(join(tests, file));
    for (const group of isArray(content) ? content : []) {
      groups.push({
        name: `${file.replace(/\.json$/, "")}: ${textMember(group, "description")}`,
        schema: member(group, "schema") ?? true,
        tests: readTests(member(group, "tests")),
      });
    }
  }
  return { groups, remotes: await readRemotes(join(folder, "remotes")) };
}

function readTests(tests: JsonValue | undefined): readonly TestCase[] {
  return (isArray(tests) ? tests : []).filter(isObject).map((test) => ({
    description: String(test["description"]),
    data: test["data"] ?? null,
    valid: test["valid"] === true,
  }));
}

async function readRemotes(folder: string): Promise<ReadonlyMap<string, JsonValue>> {
  const found = new Map<string, JsonValue>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const relative = path.slice(folder.length + 1).replaceAll("\\", "/");
    const [first = ""] = relative.split("/");
    // Folders of dialects have a number in their name.
    const isOther = first !== relative && /\d/.test(first) && !first.endsWith(DIALECT);
    if (entry.isFile() && relative.endsWith(".json") && !isOther) {
      found.set(`${REMOTE}${relative}`, await readJson(path));
    }
  }
  return found;
}

async function readJson(path: string): Promise<JsonValue> {
  return JSON.parse(await readFile(path, "utf8"));
}
