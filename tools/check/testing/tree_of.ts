import { parseTree, type SourceTree } from "../source_tree.ts";

const IMPORTS = {
  "@archway/api/": "./api/",
  "@archway/config/": "./platform/config/",
  "@archway/db/": "./db/",
  "@archway/events/": "./platform/events/",
  "@archway/observability/": "./platform/observability/",
  "@archway/program/": "./platform/program/",
  "@archway/server/": "./server/",
  "@archway/service_kit/": "./platform/service_kit/",
  "@archway/tests/": "./tests/",
  "@archway/tools/": "./tools/",
  "@std/http/etag": "./server/std/http/etag.ts",
  "postgres": "npm:postgres@3.4.9",
};

/** Parses a tree of the specified files, with the import map of the project. */
export function treeOf(files: Readonly<Record<string, string>>): SourceTree {
  return parseTree(new Map(Object.entries({ "deno.json": JSON.stringify({ imports: IMPORTS }), ...files })));
}
