import { nearest } from "@archway/config/nearest.ts";
import type { DiagnosticList, Place } from "../diagnostics/diagnostics.ts";
import { child, elements, entries, isArray, isObject, type Located } from "../document/json_value.ts";

/** Text of a configuration, with its place for messages. */
export interface ConfigEntry {
  readonly text: string;
  readonly place?: Place;
}

/** Reads the fields of a configuration, and adds diagnostics for those of another form. */
export class ConfigReader {
  readonly #diagnostics: DiagnosticList;

  constructor(diagnostics: DiagnosticList) {
    this.#diagnostics = diagnostics;
  }

  /** Returns an object with the known fields; undefined if it is absent. */
  object(
    parent: Located,
    field: string,
    { known }: { readonly known: readonly string[] },
  ): Located | undefined {
    const found = child(parent, field);
    if (found === undefined) return undefined;
    if (!isObject(found.value)) {
      this.#diagnostics.add(found.pointer, "Expected an object");
      return undefined;
    }
    this.refuseUnknown(found, known);
    return found;
  }

  /** Adds diagnostics for unknown fields, except for `x-…`. */
  refuseUnknown(object: Located, known: readonly string[]): void {
    for (const [name, { pointer }] of entries(object)) {
      if (known.includes(name) || name.startsWith("x-")) continue;
      const guess = nearest(name, known);
      const advice = guess === undefined ? `the fields are ${known.join(", ")}` : `did you mean ${guess}?`;
      this.#diagnostics.add(pointer, `Unknown field; ${advice}`);
    }
  }

  /** Returns a text; undefined if it is absent. */
  text(
    parent: Located | undefined,
    field: string,
    { expected = "text" }: { readonly expected?: string } = {},
  ): ConfigEntry | undefined {
    const found = parent && child(parent, field);
    if (found === undefined) return undefined;
    return this.#entry(found, expected);
  }

  /** Returns true or false; undefined if it is absent. */
  flag(parent: Located | undefined, field: string): boolean | undefined {
    const found = parent && child(parent, field);
    if (found === undefined || typeof found.value === "boolean") return found && found.value === true;
    this.#diagnostics.add(found.pointer, "Expected true or false");
    return undefined;
  }

  /** Returns a list of texts. */
  texts(
    parent: Located | undefined,
    field: string,
    { item: expected }: { readonly item: string },
  ): readonly ConfigEntry[] {
    const found = parent && child(parent, field);
    if (parent === undefined || found === undefined) return [];
    if (!isArray(found.value)) {
      this.#diagnostics.add(found.pointer, `Expected a list of ${expected}s`);
      return [];
    }
    return [...elements(parent, field)].flatMap((item) => this.#entry(item, `a ${expected}`) ?? []);
  }

  /** Returns the texts of an object by their names. */
  textsByName(parent: Located | undefined, field: string): ReadonlyMap<string, ConfigEntry> {
    const found = parent && child(parent, field);
    if (parent === undefined || found === undefined) return new Map();
    if (!isObject(found.value)) this.#diagnostics.add(found.pointer, "Expected an object of names");
    return new Map([...entries(parent, field)].flatMap(([name, item]) => {
      const entry = this.#entry(item, "a name");
      return entry === undefined ? [] : [[name, entry] as const];
    }));
  }

  #entry({ value, pointer }: Located, expected: string): ConfigEntry | undefined {
    if (typeof value === "string" && value !== "") {
      return { text: value, place: this.#diagnostics.locate(pointer) };
    }
    this.#diagnostics.add(pointer, `Expected ${expected}`);
    return undefined;
  }
}
