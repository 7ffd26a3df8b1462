import { assertEquals } from "@std/assert";
import { distinctRequest } from "./distinct_request.ts";

Deno.test("distinctRequest() repeats no path, header or credential but a valid token", () => {
  const lines = Array.from(
    { length: 8_000 },
    (_, number) =>
      new TextDecoder().decode(distinctRequest(number, ["a.valid.token"])).split("\r\n")
        .filter((line) => line.includes(": ") || line.startsWith("GET ")),
  );
  const repeated = Object.entries(Object.groupBy(lines.flat(), (line) => line))
    .flatMap(([line, times = []]) => times.length > 1 ? [line] : []).sort();
  assertEquals(repeated, [
    "Authorization: Bearer a.valid.token",
    "Content-Length: 2",
    "GET /v1/contacts HTTP/1.1",
    "Host: localhost",
  ]);
});
