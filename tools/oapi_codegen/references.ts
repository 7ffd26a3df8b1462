import type { FaultList } from "./fault.ts";
import {
  escapeToken,
  isArray,
  isObject,
  type Located,
  member,
  textMember,
  unescapeToken,
} from "./json_value.ts";
import type { JsonValue } from "@archway/server/operation.ts";

/** Follows the `$ref`s of one document. Every one must point into the document itself. */
export class References {
  constructor(readonly root: JsonValue, readonly faults: FaultList) {}

  /** What a pointer such as "/components/schemas/Pet" points to; undefined when there is nothing. */
  at(pointer: string): Located | undefined {
    let value: JsonValue | undefined = this.root;
    for (const token of pointer.split("/").slice(1).map(unescapeToken)) {
      value = isArray(value)
        ? value[/^(0|[1-9]\d*)$/.test(token) ? Number(token) : -1]
        : member(value, token);
      if (value === undefined) return undefined;
    }
    return { value, pointer };
  }

  /** The pointer that a `$ref`'s text names; undefined, and a fault, when it names nothing in the document. */
  target(ref: string, at: string): string | undefined {
    if (!ref.startsWith("#")) {
      this.faults.add(
        at,
        "References to other files are not supported; move the target into this document's components",
      );
      return undefined;
    }
    const pointer = decode(ref.slice(1));
    if (
      pointer !== undefined && (pointer === "" || pointer.startsWith("/")) && this.at(pointer) !== undefined
    ) {
      return pointer;
    }
    this.faults.add(at, "The reference points to nothing in this document; correct it or add its target");
    return undefined;
  }

  /** The value behind a chain of Reference Objects; undefined, and a fault, when it leads nowhere or in a circle. */
  follow(start: Located): Located | undefined {
    const seen = new Set<string>();
    let here = start;
    while (true) {
      const ref = textMember(here.value, "$ref");
      if (ref === undefined) return here;
      if (seen.has(here.pointer)) {
        this.faults.add(start.pointer, "The reference leads back to itself; give its target a value");
        return undefined;
      }
      seen.add(here.pointer);
      const pointer = this.target(ref, `${here.pointer}/$ref`);
      const next = pointer === undefined ? undefined : this.at(pointer);
      if (next === undefined) return undefined;
      here = next;
    }
  }

  /** Notes every reference of the document that cannot be followed, used or not. */
  checkAll(): void {
    const visit = ({ value, pointer }: Located): void => {
      if (isArray(value)) {
        value.forEach((item, index) => visit({ value: item, pointer: `${pointer}/${index}` }));
      } else if (isObject(value)) {
        for (const [key, item] of Object.entries(value)) {
          const at = `${pointer}/${escapeToken(key)}`;
          if (key === "$ref" && typeof item === "string") this.follow({ value, pointer });
          else if (!isData(key, pointer)) visit({ value: item, pointer: at });
        }
      }
    };
    visit({ value: this.root, pointer: "" });
  }
}

/** Members whose value is data, in which "$ref" means nothing; a property of that name is a schema all the same. */
function isData(key: string, parent: string): boolean {
  return ["example", "examples", "default", "const", "enum"].includes(key) &&
      !parent.endsWith("/properties") ||
    key.startsWith("x-");
}

function decode(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
}
