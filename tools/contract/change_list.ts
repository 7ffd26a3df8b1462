import { unescapeToken } from "../oapi_codegen/document/json_value.ts";
import type { Change, Finding, Level } from "./change.ts";

/** Collects changes; the same change of a shared part is one change with several places. */
export class ChangeList {
  readonly #changes = new Map<string, Omit<Change, "places"> & { readonly places: Set<string> }>();

  /** @param stable list to which changes are added as risky at most; undefined for one of its own */
  constructor(readonly stable?: ChangeList) {}

  add(place: string, change: Omit<Change, "places">): void {
    if (this.stable !== undefined) {
      const level = change.level === "breaking" ? "risky" : change.level;
      this.stable.add(place, { ...change, level });
      return;
    }
    const key = JSON.stringify([change.level, change.message, change.side, change.pointer]);
    const known = this.#changes.get(key);
    if (known === undefined) this.#changes.set(key, { ...change, places: new Set([place]) });
    else known.places.add(place);
  }

  /** Adds the findings of a schema. `subject` names a schema that is not a component. */
  addFindings(
    findings: readonly (readonly [Finding, Level])[],
    { place, subject }: { readonly place: string; readonly subject: string },
  ): void {
    for (const [{ message, pointer, side }, level] of findings) {
      const name = schemaName(pointer);
      const about = name.startsWith(".") || name === "" || name.startsWith("[") ? subject + name : name;
      this.add(`${subject} of ${place}`, { level, message: `${about}: ${message}`, pointer, side });
    }
  }

  /** Changes by level, the worst first, in the order they were added. */
  get changes(): readonly Change[] {
    const all = [...this.#changes.values()].map((change) => ({ ...change, places: [...change.places] }));
    return (["breaking", "risky", "safe"] as const).flatMap((level) =>
      all.filter((change) => change.level === level)
    );
  }
}

/** Returns the name of a schema or property, such as `Pet.tags[]`; without the component, `.tags[]`. */
function schemaName(pointer: string): string {
  const tokens = pointer.split("/").slice(1).map(unescapeToken);
  const isComponent = tokens[0] === "components" && tokens[1] === "schemas";
  const start = isComponent
    ? 3
    : tokens.findLastIndex((token, index) => token === "schema" && tokens[index - 1] !== "properties") + 1;
  let name = isComponent ? tokens[2] ?? "" : "";
  for (let index = start; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === "properties" && tokens[index + 1] !== undefined) name += `.${tokens[++index]}`;
    else if (token === "items") name += "[]";
  }
  return name;
}
