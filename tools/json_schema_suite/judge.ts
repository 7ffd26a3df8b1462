import { formatNames } from "ajv-formats/dist/formats.js";
import type { JsonValue, Validator } from "@archway/server/operation.ts";
import { GenerationError } from "../oapi_codegen/diagnostics/diagnostics.ts";
import { generateFiles } from "../oapi_codegen/generate_files.ts";
import { isObject, textMember } from "../oapi_codegen/document/json_value.ts";
import type { Suite, TestGroup } from "./read_suite.ts";

/** Result of a group of tests. */
export interface Verdict {
  readonly name: string;
  /** Reason why the generator refuses the schema, if it does. */
  readonly refusal: string | undefined;
  /** Number of tests. */
  readonly tests: number;
  /** Descriptions of the tests with another result than expected. */
  readonly wrong: readonly string[];
}

/**
 * Generates a validator for the schema of a group, as the body of a request, and runs its tests. The
 * mandatory tests of formats take all of them for annotations, as JSON Schema does by default.
 */
export async function judge({ name, schema, tests }: TestGroup, { remotes }: Suite): Promise<Verdict> {
  const verdict = { name, tests: tests.length, wrong: [], refusal: undefined };
  let code: string;
  try {
    const annotations = name.startsWith("format:") ? formatNames : [];
    const formats = new Map(annotations.map((format): [string, false] => [format, false]));
    const text = JSON.stringify(documentOf(schema, remotes));
    const { files } = await generateFiles(text, { file: "suite.json", formats });
    code = files.get("validators.gen.js") ?? "";
  } catch (error) {
    if (!(error instanceof GenerationError)) throw error;
    const [first] = error.diagnostics;
    return { ...verdict, refusal: first?.message ?? "unknown" };
  }
  const validate = await validatorOf(code);
  const wrong = tests.filter(({ data, valid }) => validate(structuredClone(data)) !== valid);
  return { ...verdict, wrong: wrong.map(({ description }) => description) };
}

/** Returns a document whose only operation takes the schema, with the remote schemas that it names. */
function documentOf(schema: JsonValue, remotes: ReadonlyMap<string, JsonValue>): JsonValue {
  const schemas: Record<string, JsonValue> = {
    Tested: identified(schema, "https://suite.invalid/tested.json"),
  };
  // Remote schemas may name others.
  for (let size = 0; size !== Object.keys(schemas).length;) {
    size = Object.keys(schemas).length;
    const text = JSON.stringify(schemas);
    for (const [url, remote] of remotes) {
      const name = url.replaceAll(/[^\w.-]/g, "_");
      if (!(name in schemas) && text.includes(url.slice(url.lastIndexOf("/") + 1))) {
        schemas[name] = identified(remote, url);
        const id = textMember(remote, "$id");
        if (id !== undefined && id !== url) schemas[`${name}_alias`] = { $id: url, $ref: id };
      }
    }
  }
  return {
    openapi: "3.1.0",
    info: { title: "Suite", version: "1" },
    paths: {
      "/": {
        post: {
          operationId: "tested",
          security: [],
          requestBody: {
            required: true,
            content: { "application/json": { schema: { $ref: "#/components/schemas/Tested" } } },
          },
          responses: { "204": { description: "Done" } },
        },
      },
    },
    components: { schemas },
  };
}

function identified(schema: JsonValue, url: string): JsonValue {
  return isObject(schema) && schema["$id"] === undefined ? { ...schema, $id: url } : schema;
}

async function validatorOf(code: string): Promise<Validator> {
  const url = `data:text/javascript;charset=utf-8,${encodeURIComponent(code)}`;
  const module: Readonly<Record<string, Validator>> = await import(url);
  const found = module["testedBodyApplicationJson"];
  if (found === undefined) throw new Error("The generated module has no validator of the body");
  return found;
}
