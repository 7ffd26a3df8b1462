import { cells, type Statuses, type Theme } from "../row.ts";
import type { Derivation } from "./derivation.ts";

const MEDIA_TYPE = "application/json-patch+json";

/** Copies that put a list into itself: it doubles with each of them. */
const DOUBLING = Array(90).fill('{"op":"copy","from":"/x","path":"/x/-"}').join();

/** Patches that do not fit any item; `{property}` is one that is required. */
const REFUSED = cells(
  `{"op":"replace","path":"/{property}","value":"{marker}"} ¦ {"{property}":"{marker}"}
  [{"op":"{marker}","path":"/{property}","value":"x"}] ¦ [{"op":"REPLACE","path":"/{property}","value":"x"}]
  [{"op":"remove"}] ¦ [{"op":"add","path":"/{property}"}] ¦ [{"op":"move","path":"/{property}"}]
  [{"op":"replace","path":"{property}","value":"{marker}"}] ¦ [{"op":"replace","path":"/na~2me","value":"{marker}"}]
  [{"op":"replace","path":"/{marker}","value":1}] ¦ [{"op":"add","path":"/{property}/0","value":"{marker}"}]
  [{"op":"add","path":"/__proto__/admin","value":true}] ¦ [{"op":"add","path":"/constructor/prototype/x","value":1}]
  [{"op":"replace","path":"/{property}/length","value":1}] ¦ [{"op":"copy","from":"/toString","path":"/{property}"}]
  [{"op":"remove","path":"/${
    "a".repeat(1_024)
  }"}] ¦ [{"op":"replace","path":"","value":{"{property}":"{marker}"}}]
  [{"op":"replace","path":"","value":"{marker}"}] ¦ [{"op":"remove","path":""}] ¦ [{"op":"move","from":"","path":"/{property}"}]
  [{"op":"copy","from":"","path":"/{property}"}] ¦ [{"op":"replace","path":"/id","value":"{marker}"}] ¦ [{"op":"remove","path":"/id"}]
  [{"op":"remove","path":"/{property}"}] ¦ [{"op":"test","path":"/{property}","value":"{marker}"}]
  [{"op":"replace","path":"/{property}","value":"X"},{"op":"test","path":"/{property}","value":"Y"}]
  [${'{"op":"test","path":"/{property}","value":"x"},'.repeat(100)}{"op":"remove","path":"/{property}"}]
  [{"op":"add","path":"/x","value":[]},${DOUBLING}] ¦ [{"op":"add","path":"/x","value":["{marker}"]},${DOUBLING}]
  [{"op":"add","path":"/x","value":["${
    "a".repeat(100_000)
  }"]},${DOUBLING}] ¦ [{"op":"add","path":"/\\ud800","value":"a"}]
  [{"op":"replace","path":"/{property}","value":"a\\u0000"}] ¦ [{"op":"replace","path":"/{property}","value":"a\\ud800"}]
  [{"op":"add","path":"/{property}","value":1e999}]`,
);
const MALFORMED = [
  "",
  ...cells(`[{"op":"remove","op":"add","path":"/a","value":1}] ¦ [{"op":"remove","path":"/a"}`),
];
/** Patches with a `{value}` that the property can have. */
const ACCEPTED = cells(
  `[] ¦ [{"op":"replace","path":"/{property}","value":{value}}] ¦ [{"op":"add","path":"/{escaped}","value":{value}}]
  [{"op":"add","path":"/{property}","value":{value},"x":1,"from":"/{property}"}] ¦ [{"op":"test","path":"/id","value":"{id}"}]`,
);

/** JSON Patches (RFC 6902) that do not fit, grow, or reach for internals. */
export function patchRows(derivation: Derivation): Theme {
  const { api, subjects } = derivation;
  const rows = api.operations.filter(({ bodies }) => bodies.has(MEDIA_TYPE)).flatMap((operation) => {
    const create = api.find("POST", operation.path.slice(0, operation.path.lastIndexOf("/")));
    const sample: unknown = JSON.parse((create && subjects.bodyOf(create)) ?? "{}");
    const [property, value] = Object.entries(Object(sample)).find(([, value]) => typeof value === "string") ??
      ["id", "{id}"];
    const escaped = `\\u${property.charCodeAt(0).toString(16).padStart(4, "0")}${property.slice(1)}`;
    const send = (texts: readonly string[], status: Statuses): Theme["rows"] =>
      texts.map((text) =>
        text.replaceAll("{property}", property).replaceAll("{escaped}", escaped)
          .replaceAll("{value}", JSON.stringify(value))
      )
        .map((body) => derivation.row(operation, { mediaType: MEDIA_TYPE, body }, status, true));
    return [
      ...send(REFUSED, derivation.declared(operation, 422, 400)),
      ...send(MALFORMED, derivation.declared(operation, 400, 422)),
      ...send(ACCEPTED, derivation.allowed(operation)),
    ];
  });
  return { name: "JSON Patch", section: "RFC 6902", rows };
}
