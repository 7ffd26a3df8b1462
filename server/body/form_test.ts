import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import type { Shape } from "../operation.ts";
import { MalformedTextError } from "../parameters/decode_text.ts";
import { decodeBody } from "./read_body.ts";
import { collectFields, parseForm } from "./form.ts";

const SHAPE: Shape = {
  kind: "object",
  properties: { age: { kind: "integer" }, tags: { kind: "array", items: { kind: "string" } } },
};

Deno.test("parseForm() converts fields to the types of their schema", () => {
  assertEquals(parseForm("age=7&tags=a+b&tags=c&name=%C3%A9", SHAPE).value, {
    age: 7,
    tags: ["a b", "c"],
    name: "é",
  });
});

Deno.test("parseForm() rejects malformed and repeated fields", () => {
  for (const text of ["a=%ff", "a=1&a=2", "a=%00"]) {
    assertThrows(() => parseForm(text, SHAPE), MalformedTextError);
  }
});

Deno.test("collectFields() treats __proto__ like any other field", () => {
  assertEquals(JSON.stringify(collectFields([["__proto__", "x"]]).value), '{"__proto__":"x"}');
});

Deno.test("parseForm() reads nested fields, and names with brackets that are declared", () => {
  const shape: Shape = {
    kind: "object",
    properties: {
      a: { kind: "object", properties: { b: { kind: "integer" } } },
      "files[0]": { kind: "string" },
      codes: { kind: "array", items: { kind: "integer" }, delimiter: " " },
      data: { kind: "json" },
    },
  };
  const text = "a[b]=1&files[0]=x&plain[b]=2&codes=1+2%203&data=%7B%22c%22:%5B3%5D%7D";
  assertEquals(parseForm(text, shape).value, {
    a: { b: 1 },
    "files[0]": "x",
    "plain[b]": "2",
    codes: [1, 2, 3],
    data: { c: [3] },
  });
  assertEquals(parseForm("a=%7B%22b%22:4%7D", shape).value, { a: { b: 4 } });
});

Deno.test("parseForm() reports invalid JSON at its field, duplicate names included", () => {
  const shape: Shape = { kind: "object", properties: { "a/b": { kind: "array", items: { kind: "json" } } } };
  assertEquals(parseForm('a/b=1&a/b={&a/b={"c":1,"c":2}', shape).errors, [
    { pointer: "/a~1b/1", reason: "is not valid JSON" },
    { pointer: "/a~1b/2", reason: "has a duplicate property" },
  ]);
});

Deno.test("decodeBody() decodes multipart forms with files", async () => {
  const form = new FormData();
  form.set("age", "7");
  form.set("photo", new File(["abc"], "a.png", { type: "image/png" }));
  const request = new Request("http://localhost/", { method: "POST", body: form });
  const mediaType = { mediaType: "multipart/form-data", codec: "multipart", shape: SHAPE } as const;
  const bytes = await request.bytes();
  const { value } = await decodeBody(bytes, mediaType, request.headers.get("content-type") ?? "");
  const { age, photo } = Object.fromEntries(Object.entries(value ?? {}));
  assertInstanceOf(photo, File);
  assertEquals([age, photo.name, await photo.text()], [7, "a.png", "abc"]);
});

Deno.test("decodeBody() refuses a multipart form without its end, whose last part could be incomplete", async () => {
  const text = '--X\r\nContent-Disposition: form-data; name="age"\r\n\r\n7\r\n';
  const mediaType = { mediaType: "multipart/form-data", codec: "multipart", shape: SHAPE } as const;
  const read = (body: string): Promise<unknown> =>
    decodeBody(new TextEncoder().encode(body), mediaType, "multipart/form-data; boundary=X");
  assertEquals(await read(`${text}--X--\r\n`), { value: { age: 7 }, errors: [] });
  for (const body of [text, text.slice(0, -3), `${text}--X`]) {
    await assertRejects(() => read(body), MalformedTextError);
  }
});

Deno.test("decodeBody() refuses texts of a multipart form that are no UTF-8", async () => {
  const mediaType = { mediaType: "multipart/form-data", codec: "multipart", shape: SHAPE } as const;
  const read = async (value: readonly number[]): Promise<unknown> => {
    const head = new TextEncoder().encode('--X\r\nContent-Disposition: form-data; name="tags"\r\n\r\n');
    const bytes = new Uint8Array([...head, ...value, ...new TextEncoder().encode("\r\n--X--\r\n")]);
    return (await decodeBody(bytes, mediaType, "multipart/form-data; boundary=X")).value;
  };
  await assertRejects(() => read([0xe9]), MalformedTextError, "is not valid UTF-8");
  assertEquals(await read([0xc3, 0xa9]), { tags: ["é"] });
  assertEquals(await read([0xef, 0xbf, 0xbd]), { tags: ["\ufffd"] });
});

Deno.test("decodeBody() reads large integers in JSON of forms exactly, or reports them", async () => {
  const shape: Shape = { kind: "object", properties: { a: { kind: "json" } } };
  const read = (int64?: "bigint"): Promise<{ value: unknown; errors: readonly unknown[] }> =>
    decodeBody(
      new TextEncoder().encode('a={"b":9007199254740993}'),
      { mediaType: "x/y", codec: "form", shape, ...(int64 && { int64 }) },
      "x/y",
    );
  assertEquals(await read("bigint"), { value: { a: { b: 9007199254740993n } }, errors: [] });
  assertEquals((await read()).errors.length, 1);
});

Deno.test("decodeBody() decodes text, forms and bytes", async () => {
  const bytes = new TextEncoder().encode("a=é");
  const read = async (codec: "text" | "form" | "binary"): Promise<unknown> =>
    (await decodeBody(bytes, { mediaType: "x/y", codec }, "x/y")).value;
  assertEquals(await read("text"), "a=é");
  assertEquals(await read("form"), { a: "é" });
  assertEquals(await read("binary"), bytes);
});
