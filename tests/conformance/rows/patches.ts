import type { HttpTheme } from "../http_theme.ts";
import { patch, replace } from "../requests.ts";
import type { FramedRequest, Row, Statuses } from "@archway/tools/support/conformance/row.ts";
import { item } from "../set_up.ts";

const JSON_PATCHES: readonly (readonly [name: string, body: string, status: Statuses])[] = [
  ["an empty patch", "[]", 422],
  ["an object instead of a list", '{"op":"replace","path":"/name","value":"{marker}"}', 422],
  ["a merge patch called a JSON Patch", '{"name":"{marker}"}', 422],
  ["an operation that there is none", '[{"op":"{marker}","path":"/name","value":"x"}]', 422],
  ["an operation in capitals", '[{"op":"REPLACE","path":"/name","value":"x"}]', 422],
  ["an operation without a path", '[{"op":"remove"}]', 422],
  ["an operation without a value", '[{"op":"add","path":"/age"}]', 422],
  ["an operation without a source", '[{"op":"move","path":"/name"}]', 422],
  ["a path without a slash", '[{"op":"replace","path":"name","value":"{marker}"}]', 422],
  ["a path with a wrong escape", '[{"op":"replace","path":"/na~2me","value":"{marker}"}]', 422],
  ["a path to nothing", '[{"op":"replace","path":"/{marker}","value":1}]', 422],
  ["a path through a text", '[{"op":"add","path":"/name/0","value":"{marker}"}]', 422],
  ["a path to __proto__", '[{"op":"add","path":"/__proto__/admin","value":true}]', 422],
  ["a path to constructor.prototype", '[{"op":"add","path":"/constructor/prototype/x","value":1}]', 422],
  ["a path to length", '[{"op":"replace","path":"/name/length","value":1}]', 422],
  ["a path to toString", '[{"op":"copy","from":"/toString","path":"/name"}]', 422],
  ["a path of 1,025 characters", `[{"op":"remove","path":"/${"a".repeat(1_024)}"}]`, 422],
  ["everything replaced", '[{"op":"replace","path":"","value":{"name":"{marker}"}}]', 422],
  ["everything replaced by a text", '[{"op":"replace","path":"","value":"{marker}"}]', 422],
  ["everything removed", '[{"op":"remove","path":""}]', 422],
  ["everything put into itself", '[{"op":"move","from":"","path":"/name"}]', 422],
  [
    "a list that is copied into itself over and over",
    `[{"op":"add","path":"/a","value":[]},${
      Array(99).fill('{"op":"copy","from":"/a","path":"/a/-"}').join(",")
    }]`,
    422,
  ],
  ["a name that becomes all of it", '[{"op":"copy","from":"","path":"/name"}]', 422],
  ["the id replaced", '[{"op":"replace","path":"/id","value":"{marker}"}]', 422],
  ["the id removed", '[{"op":"remove","path":"/id"}]', 422],
  ["the name removed", '[{"op":"remove","path":"/name"}]', 422],
  ["a test that fails", '[{"op":"test","path":"/name","value":"{marker}"}]', 422],
  [
    "a test that fails behind a change",
    '[{"op":"replace","path":"/name","value":"X"},{"op":"test","path":"/name","value":"Y"}]',
    422,
  ],
  [
    "101 operations",
    `[${'{"op":"test","path":"/name","value":"x"},'.repeat(100)}{"op":"remove","path":"/age"}]`,
    422,
  ],
  [
    "copies that double what there is",
    `[{"op":"add","path":"/x","value":["{marker}"]},${doubling(99)}]`,
    422,
  ],
  [
    "copies that double a large text",
    `[{"op":"add","path":"/x","value":["${"a".repeat(100_000)}"]},${doubling(90)}]`,
    422,
  ],
  ["U+0000 in a value", '[{"op":"replace","path":"/name","value":"a\\u0000"}]', 422],
  ["half a surrogate pair in a value", '[{"op":"replace","path":"/name","value":"a\\ud800"}]', 422],
  ["half a surrogate pair in a path", '[{"op":"add","path":"/\\ud800","value":"a"}]', 422],
  ["a huge number", '[{"op":"add","path":"/age","value":1e999}]', 422],
  ["a member twice", '[{"op":"remove","op":"add","path":"/age","value":1}]', 400],
  ["no JSON", '[{"op":"remove","path":"/age"}', 400],
  ["a change that is right", '[{"op":"replace","path":"/name","value":"Ada"}]', 200],
  ["an escaped path that is right", '[{"op":"add","path":"/ag\\u0065","value":7}]', 200],
  ["extra members, which are ignored", '[{"op":"add","path":"/age","value":7,"x":1,"from":"/name"}]', 200],
];

const MERGE_PATCHES: readonly (readonly [name: string, body: string, status: Statuses])[] = [
  ["null", "null", 422],
  ["a text", '"{marker}"', 422],
  ["a list", '[{"op":"remove","path":"/age"}]', 422],
  ["a name that is null", '{"name":null}', 422],
  ["an id", '{"id":"{marker}"}', 422],
  ["a member that is not known", '{"x":1}', 422],
  ["a member that is not known and null", '{"x":null}', 422],
  ["__proto__ that is null", '{"__proto__":null}', 422],
  ["__proto__ with a name", '{"__proto__":{"name":"{marker}"}}', 422],
  ["an age that is an object", '{"age":{"x":1}}', 422],
  ["an e-mail address that is an object", '{"email":{"{marker}":null}}', 422],
  ["a name of 101 characters", `{"name":"${"a".repeat(101)}"}`, 422],
  ["U+0000", '{"name":"{marker}\\u0000"}', 422],
  ["an empty patch changes nothing", "{}", 200],
  ["an age and an address that are cleared", '{"age":null,"email":null}', 200],
  ["a body that is empty", "", 400],
];

const patches: readonly Row[] = [
  ...rows(JSON_PATCHES, "JSON Patch", (body) => patch("json-patch", body)),
  ...rows(MERGE_PATCHES, "merge patch", (body) => patch("merge-patch", body)),
  ...rows(
    [
      ["no name", '{"age":1}', 422],
      ["a list", "[]", 422],
      ["what was read", '{"id":"{id}","name":"Ada","createdAt":"2026-01-01T00:00:00Z"}', 422],
      ["a name that is right", '{"name":"Ada"}', 200],
    ],
    "PUT",
    (body) => replace(body),
  ),
  {
    name: "a JSON Patch called a merge patch",
    given: item,
    request: patch("merge-patch", '[{"op":"replace","path":"/name","value":"{marker}"}]'),
    expect: { status: 422 },
  },
  {
    name: "a media type that is no patch",
    given: item,
    request: {
      line: "PATCH {list}/{id}",
      fields: [["If-Match", "{etag}"], ["Content-Type", "application/{marker}+json"]],
      body: "{}",
    },
    expect: { status: 415, headers: { "Accept-Patch": /merge-patch/ } },
  },
];

/** Patches that do not fit, grow, or reach for what is not theirs. */
export const PATCHES: HttpTheme = {
  name: "patches",
  // Without the properties of contacts they are refused all the same.
  rows: patches.filter(({ expect }) => expect.status !== 200),
  contactRows: patches.filter(({ expect }) => expect.status === 200),
};

function rows(
  table: readonly (readonly [name: string, body: string, status: Statuses])[],
  kind: string,
  request: (body: string) => FramedRequest,
): readonly Row[] {
  return table.map(([name, body, status]) => ({
    name: `${kind}: ${name}`,
    given: item,
    request: request(body),
    expect: { status },
  }));
}

/** Each copy puts the whole list into itself: what there is grows with every one. */
function doubling(count: number): string {
  return Array.from({ length: count }, () => '{"op":"copy","from":"/x","path":"/x/-"}').join();
}
