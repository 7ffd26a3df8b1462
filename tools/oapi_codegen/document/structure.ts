import { nearest } from "@archway/config/nearest.ts";
import type { JsonValue } from "@archway/server/operation.ts";
import type { DiagnosticList } from "../diagnostics/diagnostics.ts";
import { escapeToken, isArray, isObject, type JsonObject, type Located, textMember } from "./json_value.ts";
import { type FieldType, type ObjectFields, OBJECTS } from "./structure_fields.ts";

/** Basic types of fields, with their names in messages. */
const BASIC: ReadonlyMap<FieldType, readonly [name: string, matches: (value: JsonValue) => boolean]> =
  new Map([
    ["text", ["text", (value) => typeof value === "string"]],
    ["flag", ["true or false", (value) => typeof value === "boolean"]],
    ["number", ["a number", (value) => typeof value === "number"]],
    ["count", [
      "a whole number, 0 or more (an integer)",
      (value) => Number.isInteger(value) && Number(value) >= 0,
    ]],
  ]);

/** Descriptions, for readers only. */
const DESCRIPTIVE = [
  "description",
  "summary",
  "tags",
  "externalDocs",
  "example",
  "examples",
  "links",
  "deprecated",
];

/**
 * Checks the fields of every object of a document: misspelt names and values of other types are errors. Unknown fields and
 * what only describes are warnings. Other checks cover the meaning of its parts; locations that they reported are skipped.
 */
export function checkStructure(document: JsonObject, diagnostics: DiagnosticList): void {
  const check = new StructureCheck(diagnostics);
  check.check({ value: document, pointer: "" }, { type: "document", isDescriptive: false });
}

/** Expectation of a value. */
interface Expected {
  readonly type: FieldType;
  /** Whether nothing that is generated depends on it. */
  readonly isDescriptive: boolean;
}

class StructureCheck {
  readonly #diagnostics: DiagnosticList;

  constructor(diagnostics: DiagnosticList) {
    this.#diagnostics = diagnostics;
  }

  check({ value, pointer }: Located, { type, isDescriptive }: Expected): void {
    if (type === "any") return;
    const inner = type.slice(1, -1);
    if (type.startsWith("[")) {
      if (!isArray(value)) return this.#refuse(pointer, { expected: "a list", isDescriptive });
      for (const [index, item] of value.entries()) {
        this.check({ value: item, pointer: `${pointer}/${index}` }, { type: inner, isDescriptive });
      }
    } else if (type.startsWith("{")) {
      if (!isObject(value)) return this.#refuse(pointer, { expected: "an object", isDescriptive });
      for (const [name, item] of Object.entries(value)) {
        // Only names of paths, statuses and expressions can be extension fields.
        const isExtension = name.startsWith("x-") && ["pathItem", "response"].includes(inner);
        const at = `${pointer}/${escapeToken(name)}`;
        if (!isExtension) this.check({ value: item, pointer: at }, { type: inner, isDescriptive });
      }
    } else if (type === "callback") {
      if (textMember(value, "$ref") === undefined) {
        this.check({ value, pointer }, { type: "{pathItem}", isDescriptive });
      }
    } else if (BASIC.has(type)) {
      const [expected = "", matches] = BASIC.get(type) ?? [];
      if (matches?.(value) === false) this.#refuse(pointer, { expected, isDescriptive });
    } else if (type !== "schema" || typeof value !== "boolean") {
      this.#checkObject({ value, pointer }, { type, isDescriptive });
    }
  }

  #checkObject({ value, pointer }: Located, { type, isDescriptive }: Expected): void {
    const object = OBJECTS[type];
    if (object === undefined) throw new Error(`No such object: ${type}`);
    const isWarning = isDescriptive || object.isDescriptive === true;
    if (!isObject(value)) {
      const expected = type === "schema" ? "a schema: an object, true or false" : "an object";
      return this.#refuse(pointer, { expected, isDescriptive: isWarning });
    }
    if (object.isReferable === true && textMember(value, "$ref") !== undefined) return;
    for (const [name, item] of Object.entries(value)) {
      if (name.startsWith("x-")) continue;
      const at = `${pointer}/${escapeToken(name)}`;
      const field = Object.hasOwn(object.fields, name) ? object.fields[name] : undefined;
      if (field !== undefined) {
        const describes = isWarning || DESCRIPTIVE.includes(name) && type !== "schema";
        this.check({ value: item, pointer: at }, { type: field, isDescriptive: describes });
      } else if (type !== "schema") this.#refuseField(at, { name, object, isDescriptive: isWarning });
    }
    for (const name of object.expected ?? []) {
      if (!Object.hasOwn(value, name)) this.#warn(pointer, `The field ${name} is missing; add it`);
    }
  }

  #refuseField(
    pointer: string,
    { name, object, isDescriptive }: { name: string; object: ObjectFields; isDescriptive: boolean },
  ): void {
    // In a short name, two letters make another word: type is no misspelt style.
    const guess = nearest(name, Object.keys(object.fields), { edits: name.length < 6 ? 1 : 2 });
    if (guess === undefined) {
      this.#warn(pointer, "Unknown field, which has no effect; remove it, or call it x-…");
    } else if (isDescriptive) {
      this.#warn(pointer, `Unknown field, which has no effect; did you mean ${guess}?`);
    } else if (!this.#diagnostics.has(pointer)) {
      this.#diagnostics.add(pointer, `Unknown field; did you mean ${guess}?`);
    }
  }

  #refuse(pointer: string, { expected, isDescriptive }: { expected: string; isDescriptive: boolean }): void {
    if (isDescriptive) this.#warn(pointer, `Expected ${expected}; the value is not used`);
    else if (!this.#diagnostics.has(pointer)) this.#diagnostics.add(pointer, `Expected ${expected}`);
  }

  #warn(pointer: string, message: string): void {
    this.#diagnostics.warn(pointer, message);
  }
}
