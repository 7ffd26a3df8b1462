import formats from "ajv-formats/dist/formats.js" with { type: "text" };
import ucs2length from "ajv/dist/runtime/ucs2length.js" with { type: "text" };
import jsonEqual from "./json_equal.js" with { type: "text" };

/** What Ajv's standalone code requires, as the text of a function body that fills `exports`. */
const MODULES: ReadonlyMap<string, string> = new Map([
  ["ajv-formats/dist/formats", formats],
  [
    "ajv/dist/runtime/equal",
    `${jsonEqual.replace("export function", "function")}exports.default = jsonEqual;\n`,
  ],
  ["ajv/dist/runtime/ucs2length", ucs2length],
]);

/**
 * Makes one ES module out of Ajv's standalone code: every `require` of its text is replaced by the module's own
 * text, once and only if used. Three modules are all there is, none of which requires another, so a bundler (a
 * native program, with the permission to run it) would do no more.
 */
export function bundle(code: string): string {
  const used: string[] = [];
  const body = code.replaceAll(/^(const \w+ = )require\("([^"]+)"\)/gm, (_, start: string, name: string) => {
    if (!MODULES.has(name)) throw new Error(`Bundling validators: unknown module ${name}`);
    if (!used.includes(name)) used.push(name);
    return `${start}module${used.indexOf(name)}`;
  });
  const modules = used.map((name, index) => {
    const text = stripComments(MODULES.get(name) ?? "");
    return `const module${index} = ((exports) => {\n${text}return exports;\n})({});\n`;
  });
  return modules.join("") + body;
}

/** Leaves out what says nothing in the bundle: line comments and the links that Ajv's compiler follows. */
function stripComments(text: string): string {
  return text.split("\n")
    .filter((line) => !/^\s*\/\/|^\w+\.code = |^"use strict"|__esModule/.test(line))
    .filter((line) => line.trim() !== "")
    .join("\n") + "\n";
}
