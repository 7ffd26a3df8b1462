import { assertEquals } from "@std/assert";
import { type ParameterForm, serializePairs, serializeText } from "./serialize_parameter.ts";

const COLORS = ["blue", "black"];
const RGB = { R: 100, G: 200 };

function form(fields: Partial<ParameterForm>): ParameterForm {
  return { name: "color", in: "path", style: "simple", explode: false, content: undefined, ...fields };
}

Deno.test("serializeText() writes the examples of the specification", () => {
  assertEquals(serializeText("a b", form({})), "a%20b");
  assertEquals(serializeText(COLORS, form({})), "blue,black");
  assertEquals(serializeText(RGB, form({})), "R,100,G,200");
  assertEquals(serializeText(RGB, form({ explode: true })), "R=100,G=200");
  assertEquals(serializeText(COLORS, form({ style: "label" })), ".blue,black");
  assertEquals(serializeText(COLORS, form({ style: "label", explode: true })), ".blue.black");
  assertEquals(serializeText("blue", form({ style: "matrix" })), ";color=blue");
  assertEquals(serializeText(COLORS, form({ style: "matrix", explode: true })), ";color=blue;color=black");
  assertEquals(serializeText(RGB, form({ style: "matrix", explode: true })), ";R=100;G=200");
  assertEquals(serializeText(RGB, form({ in: "header", content: "json" })), '{"R":100,"G":200}');
});

Deno.test("serializePairs() writes the examples of the specification", () => {
  const query = (fields: Partial<ParameterForm>): ParameterForm =>
    form({ in: "query", style: "form", ...fields });
  assertEquals(serializePairs(COLORS, query({ explode: true })), ["color=blue", "color=black"]);
  assertEquals(serializePairs(COLORS, query({})), ["color=blue,black"]);
  assertEquals(serializePairs(RGB, query({ explode: true })), ["R=100", "G=200"]);
  assertEquals(serializePairs(COLORS, query({ style: "spaceDelimited" })), ["color=blue%20black"]);
  assertEquals(serializePairs(COLORS, query({ style: "pipeDelimited" })), ["color=blue|black"]);
  assertEquals(serializePairs(RGB, query({ style: "deepObject", explode: true })), [
    "color%5BR%5D=100",
    "color%5BG%5D=200",
  ]);
});
