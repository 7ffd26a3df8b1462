import type { Field } from "../field.ts";
import { spellingsOf } from "../names.ts";

/** Property that an action sets to a value of its enum, as "cancel" sets a status to "cancelled". */
export interface ActionChange {
  readonly property: string;
  readonly value: string;
}

/** Verbs whose participle does not end in "ed". */
const IRREGULAR: Readonly<Record<string, string>> = {
  begin: "begun",
  hold: "held",
  open: "open",
  pay: "paid",
  reopen: "open",
  sell: "sold",
  send: "sent",
  withdraw: "withdrawn",
};

/** Finds the only enum property of a domain type that has a value for the result of a verb. */
export function changeOfAction(
  domain: string,
  { type, verb }: { readonly type: string; readonly verb: string },
): ActionChange | undefined {
  const [, members = ""] = new RegExp(String.raw`^export interface ${type} \{([^]*?)^\}`, "m").exec(domain) ??
    [];
  const results = participlesOf(verb);
  const changes = [...members.matchAll(/^ {2}readonly (\w+): (\w+)(?: \| null)?;/gm)].flatMap(
    ([, property = "", name]) => {
      const [, union = ""] = new RegExp(String.raw`^export type ${name} =([^;]*);`, "m").exec(domain) ?? [];
      const values = [...union.matchAll(/"([^"]*)"/g)].map(([, value = ""]) => value);
      const value = values.find((one) => results.includes(one.toLowerCase().replaceAll(/[-_]/g, "")));
      return value === undefined ? [] : [{ property, value }];
    },
  );
  return changes.length === 1 ? changes[0] : undefined;
}

/** Whether every field is a property of a domain type, so that a change can set it. */
export function areProperties(
  fields: readonly Field[],
  { domain, type }: { domain: string; type: string },
): boolean {
  const [, members = ""] = new RegExp(String.raw`^export interface ${type} \{([^]*?)^\}`, "m").exec(domain) ??
    [];
  return fields.every(({ name }) => new RegExp(String.raw`^ {2}readonly ${name.camel}: `, "m").test(members));
}

function participlesOf(verb: string): readonly string[] {
  const word = spellingsOf(verb).words.replaceAll(" ", "");
  return [
    word,
    `${word}ed`,
    word.replace(/e?$/, "ed"),
    word.replace(/y$/, "ied"),
    word.replace(/(.)$/, "$1$1ed"),
    ...(Object.hasOwn(IRREGULAR, word) ? [IRREGULAR[word] ?? ""] : []),
  ];
}
