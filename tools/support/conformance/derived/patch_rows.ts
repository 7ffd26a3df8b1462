import { type Row, shorten, type Statuses, type Theme } from "../row.ts";
import type { Derivation } from "./derivation.ts";

const MEDIA_TYPE = "application/json-patch+json";

/** Patches that do not fit any item; `{property}` is one that is required. */
const REFUSED: readonly string[] = [
  ...["[]", '{"op":"replace","path":"/{property}","value":"{marker}"}', '{"{property}":"{marker}"}'],
  ...[
    '[{"op":"{marker}","path":"/{property}","value":"x"}]',
    '[{"op":"REPLACE","path":"/{property}","value":"x"}]',
  ],
  ...['[{"op":"remove"}]', '[{"op":"add","path":"/{property}"}]', '[{"op":"move","path":"/{property}"}]'],
  ...[
    '[{"op":"replace","path":"{property}","value":"{marker}"}]',
    '[{"op":"replace","path":"/na~2me","value":"{marker}"}]',
  ],
  ...[
    '[{"op":"replace","path":"/{marker}","value":1}]',
    '[{"op":"add","path":"/{property}/0","value":"{marker}"}]',
  ],
  ...[
    '[{"op":"add","path":"/__proto__/admin","value":true}]',
    '[{"op":"add","path":"/constructor/prototype/x","value":1}]',
  ],
  ...[
    '[{"op":"replace","path":"/{property}/length","value":1}]',
    '[{"op":"copy","from":"/toString","path":"/{property}"}]',
  ],
  ...[
    `[{"op":"remove","path":"/${"a".repeat(1_024)}"}]`,
    '[{"op":"replace","path":"","value":{"{property}":"{marker}"}}]',
  ],
  ...[
    '[{"op":"replace","path":"","value":"{marker}"}]',
    '[{"op":"remove","path":""}]',
    '[{"op":"move","from":"","path":"/{property}"}]',
  ],
  `[{"op":"add","path":"/a","value":[]},${
    Array(99).fill('{"op":"copy","from":"/a","path":"/a/-"}').join(",")
  }]`,
  ...['[{"op":"copy","from":"","path":"/{property}"}]', '[{"op":"replace","path":"/id","value":"{marker}"}]'],
  ...[
    '[{"op":"remove","path":"/id"}]',
    '[{"op":"remove","path":"/{property}"}]',
    '[{"op":"test","path":"/{property}","value":"{marker}"}]',
  ],
  '[{"op":"replace","path":"/{property}","value":"X"},{"op":"test","path":"/{property}","value":"Y"}]',
  `[${'{"op":"test","path":"/{property}","value":"x"},'.repeat(100)}{"op":"remove","path":"/{property}"}]`,
  `[{"op":"add","path":"/x","value":["{marker}"]},${doubling(99)}]`,
  `[{"op":"add","path":"/x","value":["${"a".repeat(100_000)}"]},${doubling(90)}]`,
  ...[
    '[{"op":"replace","path":"/{property}","value":"a\\u0000"}]',
    '[{"op":"replace","path":"/{property}","value":"a\\ud800"}]',
  ],
  ...['[{"op":"add","path":"/\\ud800","value":"a"}]', '[{"op":"add","path":"/{property}","value":1e999}]'],
];
const MALFORMED: readonly string[] = [
  '[{"op":"remove","op":"add","path":"/a","value":1}]',
  '[{"op":"remove","path":"/a"}',
  "",
];
const ACCEPTED: readonly string[] = [
  '[{"op":"replace","path":"/{property}","value":"Ada"}]',
  '[{"op":"add","path":"/{escaped}","value":"Ada"}]',
  '[{"op":"add","path":"/{property}","value":"Ada","x":1,"from":"/{property}"}]',
  '[{"op":"test","path":"/id","value":"{id}"}]',
];

/** JSON Patches (RFC 6902) that do not fit, grow, or reach for internals. */
export function patchRows(derivation: Derivation): Theme {
  const rows = derivation.api.operations.filter(({ bodies }) => bodies.has(MEDIA_TYPE)).flatMap(
    (operation) => {
      const create = derivation.api.find("POST", operation.path.slice(0, operation.path.lastIndexOf("/")));
      const sample: unknown = JSON.parse((create && derivation.subjects.bodyOf(create)) ?? "{}");
      const property = Object.entries(Object(sample)).find(([, value]) => typeof value === "string")?.[0] ??
        "id";
      const escaped = `\\u${property.charCodeAt(0).toString(16).padStart(4, "0")}${property.slice(1)}`;
      const named = (text: string): string =>
        text.replaceAll("{property}", property).replaceAll("{escaped}", escaped);
      const row = (text: string, status: Statuses): Row => ({
        name: `${operation.path} ${shorten(text)}`,
        ...derivation.request(operation, { mediaType: MEDIA_TYPE, body: named(text) }),
        expect: { status },
      });
      const success: Statuses = derivation.suite.isExact === true ? derivation.success(operation) : "any";
      return [
        ...REFUSED.map((text) => row(text, derivation.declared(operation, 422, 400))),
        ...MALFORMED.map((text) => row(text, derivation.declared(operation, 400, 422))),
        ...ACCEPTED.map((text) => row(text, success)),
      ].map((one) => ({ ...one, isHouseRule: true }));
    },
  );
  return { name: "JSON Patch", section: "RFC 6902", rows };
}

/** Copies that put the whole list into itself: it doubles with each of them. */
function doubling(count: number): string {
  return Array(count).fill('{"op":"copy","from":"/x","path":"/x/-"}').join();
}
