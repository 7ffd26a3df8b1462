import formats from "ajv-formats/dist/formats.js" with { type: "text" };
import ucs2length from "ajv/dist/runtime/ucs2length.js" with { type: "text" };
import int64 from "./int64.js" with { type: "text" };
import jsonEqual from "./json_equal.js" with { type: "text" };
import multipleOf from "./multiple_of.js" with { type: "text" };
import uniqueItems from "./unique_items.js" with { type: "text" };

/** Modules that Ajv's standalone code requires, as function bodies that fill `exports`. */
const MODULES: ReadonlyMap<string, string> = new Map([
  [
    "ajv-formats/dist/formats",
    `${formats}\nexports.fullFormats.int64 = { type: "number", validate: Number.isSafeInteger };\n`,
  ],
  [
    "archway/multiple_of",
    `${multipleOf.replace("export function", "function")}exports.default = isMultipleOf;\n`,
  ],
  [
    "archway/unique_items",
    `${uniqueItems.replace("export function", "function")}exports.equalItems = equalItems;\n`,
  ],
  [
    "ajv/dist/runtime/equal",
    `${jsonEqual.replace("export function", "function")}exports.default = jsonEqual;\n`,
  ],
  [
    "archway/int64",
    `${int64.replaceAll("export function", "function")}exports.int64Reason = int64Reason;\n` +
    "exports.converting = converting;\n",
  ],
  ["ajv/dist/runtime/ucs2length", ucs2length],
]);

/**
 * Puts the modules that Ajv's code requires before it. Each `require` is replaced with the text of the module, if used.
 * There are only six modules without further dependencies, so no bundler is needed (a native program, which would
 * require the permission to run it).
 */
export function bundle(code: string): string {
  const used = new Set<string>();
  const body = code.replaceAll(
    /^(const [\w$]+ = )require\("([^"]+)"\)/gm,
    (_, start: string, name: string) => {
      if (!MODULES.has(name)) throw new Error(`Bundling validators: unknown module ${name}`);
      used.add(name);
      return `${start}${constantOf(name)}`;
    },
  );
  const modules = [...MODULES].filter(([name]) => used.has(name)).map(([name, text]) =>
    `const ${constantOf(name)} = ((exports) => {\n${stripComments(text)}return exports;\n})({});\n`
  );
  return modules.join("") + body;
}

/** Returns the name of a module in the generated code, e.g. `ucs2lengthModule`. */
function constantOf(name: string): string {
  return `${name.slice(name.lastIndexOf("/") + 1)}Module`;
}

/** Removes line comments and the metadata for Ajv's compiler. */
function stripComments(text: string): string {
  return text.split("\n")
    .filter((line) => !/^\s*(?:\/\/|\/?\*)|^\w+\.code = |^"use strict"|__esModule/.test(line))
    .filter((line) => line.trim() !== "")
    .join("\n") + "\n";
}
