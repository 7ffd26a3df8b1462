import { assertEquals } from "@std/assert";
import type { Operation } from "../operation.ts";
import { compileHeaders } from "./write_headers.ts";

const OPERATION: Operation = {
  operationId: "get",
  method: "GET",
  path: "/",
  parameters: [],
  responses: {
    "200": {
      content: [],
      headers: [
        { name: "X-Json", required: false, content: "json" },
        { name: "X-Pairs", required: false, explode: true },
      ],
    },
  },
  security: [],
  extensions: {},
};

function written(values: Readonly<Record<string, unknown>>, operation = OPERATION): Headers {
  const headers = new Headers();
  compileHeaders(operation)(headers, values, 200);
  return headers;
}

Deno.test("compileHeaders() writes scalars, lists, objects and JSON", () => {
  const point = { x: 1, y: undefined, label: "a" };
  const headers = written({
    "X-Text": "a",
    "X-Number": 0.5,
    "X-Flag": false,
    "X-List": [1, "b"],
    "X-Object": point,
    "X-Pairs": point,
    "x-json": "a",
    "X-None": undefined,
    "X-Null": null,
  });
  assertEquals(Object.fromEntries(headers), {
    "x-flag": "false",
    "x-json": '"a"',
    "x-list": "1,b",
    "x-number": "0.5",
    "x-object": "x,1,label,a",
    "x-pairs": "x=1,label=a",
    "x-text": "a",
  });
});

Deno.test("compileHeaders() writes several cookies, each as a header", () => {
  assertEquals(written({ "Set-Cookie": ["a=1", "b=2, 3"] }).getSetCookie(), ["a=1", "b=2, 3"]);
  assertEquals(written({ "set-cookie": "a=1" }, { ...OPERATION, responses: {} }).getSetCookie(), ["a=1"]);
});
