import { assertEquals } from "@std/assert";
import { type Written, WrittenContacts } from "./written_contacts.ts";

function written(id: string): Written {
  return { id, etag: '"1"', token: "t" };
}

Deno.test("WrittenContacts.take() gives each contact to one only, until it is put back", () => {
  const book = new WrittenContacts(() => 0.5);
  for (const id of ["a", "b", "c"]) book.put(written(id));
  const taken = [book.take(), book.take(), book.take()].map((contact) => contact?.id);
  assertEquals(taken.toSorted(), ["a", "b", "c"]);
  assertEquals(book.take(), undefined);
  book.put(written("b"));
  assertEquals(book.take()?.id, "b");
});

Deno.test("WrittenContacts.putWritten() keeps what an answer tells, and nothing that it does not", () => {
  const book = new WrittenContacts(() => 0);
  const answer = (headers: Record<string, string>) => ({
    status: 200,
    headers: new Headers(headers),
    body: "",
  });
  book.putWritten("a", answer({ "ETag": '"2"', "Consistency-Token": "new" }));
  assertEquals(book.take(), { id: "a", etag: '"2"', token: "new" });
  book.putWritten("a", answer({ "ETag": '"3"' }));
  assertEquals(book.take(), undefined);
});
