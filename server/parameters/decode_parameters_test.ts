import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Exchange } from "../request/exchange.ts";
import type { ParameterDescriptor, Shape } from "../operation.ts";
import { Problem } from "../problem.ts";
import { RequestErrors } from "../problems/request_errors.ts";
import { compileParameters, type Parameters } from "./decode_parameters.ts";

const TEXT: Shape = { kind: "string" };
const TEXTS: Shape = { kind: "array", items: TEXT };
const COLOR: Shape = { kind: "object", properties: { R: { kind: "integer" }, G: { kind: "integer" } } };

function parameter(part: Partial<ParameterDescriptor>): ParameterDescriptor {
  return { name: "p", in: "query", required: false, style: "form", explode: true, shape: TEXT, ...part };
}

interface Sent {
  readonly query?: string;
  readonly path?: string;
  readonly headers?: HeadersInit;
}

function decode(descriptors: readonly ParameterDescriptor[], sent: Sent): Parameters & { reasons: string[] } {
  const run = compileParameters({
    operationId: "test",
    method: "GET",
    path: "/{p}",
    parameters: descriptors,
    responses: {},
    security: [],
    extensions: {},
  });
  const request = new Request("http://localhost/", { headers: sent.headers ?? {} });
  const exchange = Object.assign(new Exchange(request), { query: sent.query ?? "" });
  const errors = new RequestErrors();
  const parameters = run(exchange, sent.path === undefined ? {} : { p: sent.path }, errors);
  return { ...parameters, reasons: reasonsOf(errors) };
}

function reasonsOf(errors: RequestErrors): string[] {
  try {
    errors.throwIfAny();
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.invalidParams?.map(({ name, reason }) => `${name} ${reason}`) ?? [];
  }
}

function inQuery(part: Partial<ParameterDescriptor>, query: string): unknown {
  return decode([parameter(part)], { query }).query["p"];
}

function inPath(part: Partial<ParameterDescriptor>, path: string): unknown {
  return decode([parameter({ in: "path", style: "simple", explode: false, ...part })], { path }).path["p"];
}

Deno.test("compileParameters() reads every style of OpenAPI 3.1, section 4.8.12.4", () => {
  const color = { R: 100, G: 200 };
  const list = ["blue", "black"];
  const path: [Partial<ParameterDescriptor>, string, unknown][] = [
    [{ style: "simple" }, "blue", "blue"],
    [{ style: "simple", shape: TEXTS }, "blue,black", list],
    [{ style: "simple", explode: true, shape: TEXTS }, "blue,black", list],
    [{ style: "simple", shape: COLOR }, "R,100,G,200", color],
    [{ style: "simple", explode: true, shape: COLOR }, "R=100,G=200", color],
    [{ style: "label" }, ".blue", "blue"],
    [{ style: "label", shape: TEXTS }, ".blue,black", list],
    [{ style: "label", explode: true, shape: TEXTS }, ".blue.black", list],
    [{ style: "label", shape: COLOR }, ".R,100,G,200", color],
    [{ style: "label", explode: true, shape: COLOR }, ".R=100.G=200", color],
    [{ style: "matrix" }, ";p=blue", "blue"],
    [{ style: "matrix" }, ";p", ""],
    [{ style: "matrix", shape: TEXTS }, ";p=blue,black", list],
    [{ style: "matrix", explode: true, shape: TEXTS }, ";p=blue;p=black", list],
    [{ style: "matrix", shape: COLOR }, ";p=R,100,G,200", color],
    [{ style: "matrix", explode: true, shape: COLOR }, ";R=100;G=200", color],
  ];
  for (const [part, text, expected] of path) assertEquals(inPath(part, text), expected, text);
  const query: [Partial<ParameterDescriptor>, string, unknown][] = [
    [{}, "p=blue", "blue"],
    [{}, "p=", ""],
    [{ shape: TEXTS }, "p=blue&p=black", list],
    [{ shape: TEXTS, explode: false }, "p=blue,black", list],
    [{ shape: COLOR }, "R=100&G=200", color],
    [{ shape: COLOR, explode: false }, "p=R,100,G,200", color],
    [{ style: "spaceDelimited", explode: false, shape: TEXTS }, "p=blue%20black", list],
    [{ style: "pipeDelimited", explode: false, shape: TEXTS }, "p=blue|black", list],
    [{ style: "pipeDelimited", explode: false, shape: TEXTS }, "p=blue%7Cblack", list],
    [{ style: "deepObject", shape: COLOR }, "p[R]=100&p%5BG%5D=200", color],
  ];
  for (const [part, text, expected] of query) assertEquals(inQuery(part, text), expected, text);
});

Deno.test("compileParameters() reads headers and cookies", () => {
  const header = parameter({ name: "X-List", in: "header", style: "simple", explode: false, shape: TEXTS });
  assertEquals(decode([header], { headers: { "x-list": "a, b" } }).headers, { "X-List": ["a", "b"] });
  const cookie = parameter({ name: "c", in: "cookie", shape: { kind: "integer" } });
  assertEquals(decode([cookie], { headers: { cookie: "b=1; c=7" } }).cookies, { c: 7 });
});

Deno.test("compileParameters() splits at delimiters before decoding", () => {
  assertEquals(inQuery({ shape: TEXTS, explode: false }, "p=a%2Cb,c"), ["a,b", "c"]);
  assertEquals(inPath({ shape: TEXTS }, "a%2Cb,c"), ["a,b", "c"]);
  assertEquals(inPath({}, "a%2Fb"), "a/b");
});

Deno.test("compileParameters() reads a plus as a space only in the query", () => {
  assertEquals(inQuery({}, "p=a+b%2B"), "a b+");
  assertEquals(inPath({}, "a+b"), "a+b");
});

Deno.test("compileParameters() restores any percent-encoded text", () => {
  const text = fc.string({ unit: "grapheme" }).filter((one) => !one.includes("\0"));
  fc.assert(fc.property(text, (value) => {
    assertEquals(inQuery({}, `p=${encodeURIComponent(value)}`), value);
    assertEquals(inPath({}, encodeURIComponent(value)), value);
    assertEquals(inQuery({}, new URLSearchParams({ p: value }).toString()), value);
  }));
});

Deno.test("compileParameters() restores any list and object", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((one) => !/[\0.]/.test(one));
  const texts = fc.array(text, { minLength: 1 });
  const encode = (values: readonly string[], delimiter: string): string =>
    values.map(encodeURIComponent).join(delimiter);
  fc.assert(fc.property(texts, (values) => {
    assertEquals(
      inQuery({ shape: TEXTS }, values.map((one) => `p=${encodeURIComponent(one)}`).join("&")),
      values,
    );
    assertEquals(inQuery({ shape: TEXTS, explode: false }, `p=${encode(values, ",")}`), values);
    assertEquals(inPath({ shape: TEXTS }, encode(values, ",")), values);
    assertEquals(inPath({ style: "label", explode: true, shape: TEXTS }, `.${encode(values, ".")}`), values);
    assertEquals(inPath({ style: "matrix", shape: TEXTS }, `;p=${encode(values, ",")}`), values);
  }));
  const free: Shape = { kind: "object", properties: {}, additional: TEXT };
  const name = text.filter((one) => !/[[\]]/.test(one));
  fc.assert(fc.property(fc.dictionary(name, text, { minKeys: 1, noNullPrototype: true }), (members) => {
    const entries = Object.entries(members).map((
      [key, value],
    ) => [encodeURIComponent(key), encodeURIComponent(value)]);
    const deep = entries.map(([key, value]) => `p[${key}]=${value}`).join("&");
    assertEquals(inQuery({ style: "deepObject", shape: free }, deep), members);
    const flat = entries.flat().join(",");
    assertEquals(inQuery({ explode: false, shape: free }, `p=${flat}`), members);
    assertEquals(inPath({ shape: free }, flat), members);
  }));
});

Deno.test("compileParameters() treats __proto__ like any other name", () => {
  const free: Shape = { kind: "object", properties: {}, additional: TEXT };
  const value = inQuery({ style: "deepObject", shape: free }, "p[__proto__]=x");
  assertEquals(JSON.stringify(value), '{"__proto__":"x"}');
});

Deno.test("compileParameters() reports malformed parameters and reads the others", () => {
  const descriptors = ["a", "b", "c", "d"].map((name) => parameter({ name }));
  const { query, reasons } = decode(descriptors, { query: "a=1&a=2&b=%ff&c=%00&d=ok&%zz=1" });
  assertEquals(query, { d: "ok" });
  assertEquals(reasons, [
    "query has a name that is not valid percent-encoded UTF-8",
    "a must not be repeated",
    "b is not valid percent-encoded UTF-8",
    "c contains the forbidden character U+0000",
  ]);
});

Deno.test("compileParameters() applies defaults, and omits absent parameters without one", () => {
  const { query } = decode([parameter({ name: "a", default: 20 }), parameter({ name: "b" })], { query: "" });
  assertEquals(query, { a: 20 });
});

Deno.test("compileParameters() reads JSON content strictly", () => {
  const part: Partial<ParameterDescriptor> = { content: "json", shape: { kind: "any" } };
  assertEquals(inQuery(part, `p=${encodeURIComponent('{"a":[1]}')}`), { a: [1] });
  assertEquals(decode([parameter(part)], { query: "p={" }).reasons, ["p is not valid JSON"]);
  assertEquals(decode([parameter(part)], { query: "p=%7B%22a%22:1,%22a%22:2%7D" }).reasons.length, 1);
});
