import { entries, escapeToken, isArray, isObject, locate, type Located, textMember } from "../json_value.ts";
import { nearest } from "@archway/config/nearest.ts";
import type { SourceFile, Sources } from "../sources/sources.ts";

/** Conditions for operations, except those about a parameter. */
const CONDITIONS = [
  "every-operation",
  "reads",
  "writes",
  "with-security",
  "with-path-parameter",
  "with-request-body",
  "with-response-body",
] as const;
const WITH_PARAMETER = "with-parameter";
const PARTS = ["parameters", "headers", "responses"];

/** Addition of a rule: the name of a component, and the location of the name. */
export interface Addition {
  readonly component: string;
  readonly pointer: string;
}

/** Additions to operations that meet a condition. */
export interface DefaultsRule {
  readonly condition: (typeof CONDITIONS)[number] | { readonly parameter: string };
  readonly parameters: readonly Addition[];
  /** Headers by name. */
  readonly headers: ReadonlyMap<string, Addition>;
  /** Responses by status. */
  readonly responses: ReadonlyMap<string, Addition>;
}

/** `x-operation-defaults` of a document. */
export interface OperationDefaults {
  /** File that contains them: the document's own or a referenced one. */
  readonly file: SourceFile;
  readonly rules: readonly DefaultsRule[];
}

/** Reads the defaults of a document, directly or by reference; undefined if it has none. */
export function readOperationDefaults(sources: Sources): OperationDefaults | undefined {
  const { root } = sources;
  const own = locate(root.value, "/x-operation-defaults");
  if (own === undefined) return undefined;
  const ref = textMember(own.value, "$ref");
  const found = ref === undefined ? { ...own, file: root } : sources.resolve(ref, root);
  if (found === undefined) return undefined;
  const reader = new Reader(found.file, root);
  return { file: found.file, rules: reader.readRules(found) };
}

/** Reads rules, and adds diagnostics for invalid ones. */
class Reader {
  readonly #file: SourceFile;
  readonly #root: SourceFile;

  constructor(file: SourceFile, root: SourceFile) {
    this.#file = file;
    this.#root = root;
  }

  readRules(defaults: Located): readonly DefaultsRule[] {
    if (!isObject(defaults.value)) {
      this.#add(defaults.pointer, "Expected conditions, such as every-operation");
    }
    const rules: DefaultsRule[] = [];
    for (const [key, rule] of entries(defaults)) {
      const condition = CONDITIONS.find((name) => name === key);
      if (condition !== undefined) rules.push({ condition, ...this.#readRule(rule) });
      else if (key === WITH_PARAMETER) {
        for (const [parameter, inner] of entries(rule)) {
          const read = this.#readRule(inner);
          if (read.parameters.length > 0) {
            this.#add(
              `${inner.pointer}/parameters`,
              "A parameter cannot add another one; use reads or writes",
            );
          }
          rules.push({ condition: { parameter }, ...read });
        }
      } else this.#refuse(rule.pointer, { key, known: [...CONDITIONS, WITH_PARAMETER], kind: "condition" });
    }
    return rules;
  }

  #readRule(rule: Located): Omit<DefaultsRule, "condition"> {
    for (const [key, { pointer }] of entries(rule)) {
      if (!PARTS.includes(key)) this.#refuse(pointer, { key, known: PARTS, kind: "field" });
    }
    const responses = this.#readMap(rule, "responses");
    for (const [status, { pointer }] of responses) {
      if (!/^[1-5]\d\d$/.test(status)) this.#add(pointer, 'A status is written as text, such as "404"');
    }
    return { parameters: this.#readList(rule), headers: this.#readMap(rule, "headers"), responses };
  }

  #readList(rule: Located): readonly Addition[] {
    const list = locate(rule.value, "/parameters")?.value ?? [];
    const pointer = `${rule.pointer}/parameters`;
    if (!isArray(list)) {
      this.#add(pointer, "Expected a list of components/parameters, by name");
      return [];
    }
    return list.flatMap((value, index) =>
      this.#readName({ value, pointer: `${pointer}/${index}` }, "parameters")
    );
  }

  #readMap(rule: Located, group: "headers" | "responses"): ReadonlyMap<string, Addition> {
    const map = new Map<string, Addition>();
    for (const [key, item] of entries(rule, group)) {
      for (const addition of this.#readName(item, group)) map.set(key, addition);
    }
    return map;
  }

  /** Reads the name of a component in the document or in the file with the defaults. */
  #readName({ value, pointer }: Located, group: string): readonly Addition[] {
    if (typeof value !== "string") {
      this.#add(pointer, `Expected the name of one of components/${group}`);
      return [];
    }
    const at = `/components/${group}/${escapeToken(value)}`;
    if (locate(this.#root.value, at) !== undefined || locate(this.#file.value, at) !== undefined) {
      return [{ component: value, pointer }];
    }
    const names = [this.#root, this.#file].flatMap((file) => {
      const items = locate(file.value, `/components/${group}`)?.value;
      return isObject(items) ? Object.keys(items) : [];
    });
    const guess = nearest(value, names);
    const advice = guess === undefined ? "add it" : `did you mean ${guess}?`;
    this.#add(pointer, `There is no components/${group}/${value}; ${advice}`);
    return [];
  }

  #refuse(
    pointer: string,
    { key, known, kind }: { key: string; known: readonly string[]; kind: string },
  ): void {
    const guess = nearest(key, known);
    const advice = guess === undefined ? `expected one of: ${known.join(", ")}` : `did you mean ${guess}?`;
    this.#add(pointer, `Unknown ${kind}; ${advice}`);
  }

  #add(pointer: string, message: string): void {
    this.#file.diagnostics.add(pointer, message);
  }
}
