import { assertEquals } from "@std/assert";
import { type Written, WrittenContacts } from "./written_contacts.ts";

function written(id: string): Written {
  return { id, etag: '"1"', token: "t" };
}

Deno.test("WrittenContacts.take() returns each contact once until it is put back", () => {
  const contacts = new WrittenContacts(() => 0.5);
  for (const id of ["a", "b", "c"]) contacts.put(written(id));
  const taken = [contacts.take(), contacts.take(), contacts.take()].map((contact) => contact?.id);
  assertEquals(taken.toSorted(), ["a", "b", "c"]);
  assertEquals(contacts.take(), undefined);
  contacts.put(written("b"));
  assertEquals(contacts.take()?.id, "b");
});

Deno.test("WrittenContacts.putWritten() stores the state of a complete response only", () => {
  const contacts = new WrittenContacts(() => 0);
  const respond = (headers: Record<string, string>) => ({
    status: 200,
    headers: new Headers(headers),
    body: "",
  });
  contacts.putWritten("a", respond({ "ETag": '"2"', "Consistency-Token": "new" }));
  assertEquals(contacts.take(), { id: "a", etag: '"2"', token: "new" });
  contacts.putWritten("a", respond({ "ETag": '"3"' }));
  assertEquals(contacts.take(), undefined);
});
