import { assertEquals } from "@std/assert";
import { requestSource } from "./request_sources.ts";

const decoder = new TextDecoder();

Deno.test("requestSource() creates profiles whose addresses no other round and connection has", () => {
  const addresses: string[] = [];
  for (let round = 0; round < 3; round++) {
    for (let connection = 0; connection < 2; connection++) {
      const source = requestSource({ kind: "create", path: "/p" }, { connection, connections: 2 });
      for (let count = 0; count < 2; count++) {
        const [, email = "none"] = /"email":"([^"]+)"/.exec(decoder.decode(source.next())) ?? [];
        addresses.push(email);
      }
    }
  }
  assertEquals(new Set(addresses).size, 12);
  assertEquals(addresses.filter((address) => !address.endsWith("@example.com")), []);
});
