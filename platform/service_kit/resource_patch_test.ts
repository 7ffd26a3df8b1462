import { assertEquals, assertThrows } from "@std/assert";
import { DomainError } from "./domain_error.ts";
import { type PatchBody, resourcePatch } from "./resource_patch.ts";

interface NewWidget {
  readonly name: string;
}

const CURRENT = { id: "1", name: "Old", price: { amount: "1.00" } };

const patch = resourcePatch<NewWidget>({
  resource: "widget",
  readOnly: ["id", "price"],
  validate: (value) => typeof value === "object" && value !== null && "name" in value,
});

function merge(body: Readonly<Record<string, string | null>>): PatchBody {
  return { contentType: "application/merge-patch+json", body };
}

function json(
  ...body: Extract<PatchBody, { contentType: "application/json-patch+json" }>["body"]
): PatchBody {
  return { contentType: "application/json-patch+json", body };
}

function refused(body: PatchBody): string {
  const { code, fieldErrors } = assertThrows(() => patch(CURRENT, body), DomainError);
  return [code, ...fieldErrors.map(({ field, reason }) => `${field} ${reason}`)].join(", ");
}

Deno.test("resourcePatch() merges the members of a merge patch into the input", () => {
  assertEquals<unknown>(patch(CURRENT, merge({ colour: "red" })), { name: "Old", colour: "red" });
  assertEquals<unknown>(patch(CURRENT, { contentType: "application/json", body: { name: "New" } }), {
    name: "New",
  });
  assertEquals(refused(merge({ name: null })), "invalid-widget");
});

Deno.test("resourcePatch() applies a JSON Patch to the JSON form of the resource", () => {
  const test = { op: "test", path: "/id", value: "1" } as const;
  assertEquals<unknown>(patch(CURRENT, json(test, { op: "replace", path: "/name", value: "New" })), {
    name: "New",
  });
  assertEquals(refused(json({ op: "remove", path: "/name" })), "invalid-widget");
  assertEquals(refused(json({ op: "replace", path: "", value: [] })), "invalid-widget,  must be an object");
});

Deno.test("resourcePatch() reports the operation that cannot be applied", () => {
  assertEquals(
    refused(json({ op: "test", path: "/name", value: "Old" }, { op: "remove", path: "/none" })),
    "patch-failed, /1 refers to a location that does not exist",
  );
});

Deno.test("resourcePatch() rejects changes to read-only properties", () => {
  const same = { op: "replace", path: "/price", value: { amount: "1.00" } } as const;
  assertEquals<unknown>(patch(CURRENT, json(same)), { name: "Old" });
  assertEquals(
    refused(json({ op: "remove", path: "/id" }, { op: "replace", path: "/price/amount", value: "2.00" })),
    "invalid-widget, /id is read-only, /price is read-only",
  );
});
