import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
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

Deno.test("decodeBody() decodes text, forms and bytes", async () => {
  const bytes = new TextEncoder().encode("a=é");
  const read = async (codec: "text" | "form" | "binary"): Promise<unknown> =>
    (await decodeBody(bytes, { mediaType: "x/y", codec }, "x/y")).value;
  assertEquals(await read("text"), "a=é");
  assertEquals(await read("form"), { a: "é" });
  assertEquals(await read("binary"), bytes);
});
