import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import { parseTargetUrl, TargetUrlError } from "./target_url.ts";

Deno.test("parseTargetUrl() decodes every part", () => {
  assertEquals(
    parseTargetUrl("postgres://ann%40home:p%2Fw%25@db.example:6543/my%20data?sslmode=verify-full"),
    {
      host: "db.example",
      port: 6543,
      user: "ann@home",
      password: "p/w%",
      database: "my data",
      maxConnections: 2,
      tls: { verify: true },
    },
  );
  const { host, port, password, tls } = parseTargetUrl("postgresql://ann@[::1]/data");
  assertEquals([host, port, password, tls], ["::1", 5432, "", undefined]);
  assertEquals(parseTargetUrl("postgres://ann@/data?host=/run/pg&sslmode=require").host, "/run/pg");
  assertEquals(parseTargetUrl("postgres://ann@%2Frun%2Fpg/data").host, "/run/pg");
});

Deno.test("parseTargetUrl() reports errors in one line without repeating the URL", () => {
  const wrong = [
    "",
    "host",
    "https://ann:sesame@host/data",
    "postgres://",
    "postgres://ann:sesame@host",
    "postgres://ann:sesame@host/",
    "postgres://ann:sesame@host/data/more",
    "postgres://:sesame@host/data",
    "postgres://ann:sesame@/data",
    "postgres://ann:sesame@host:port/data",
    "postgres://ann:sesame@host:99999/data",
    "postgres://ann:sesame%@host/data",
    "postgres://ann:sesame@host/data?sslmode=sesame",
    "postgres://ann@host/data?password=sesame",
    "postgres://ann@host/data?sesame=1",
  ];
  for (const text of wrong) {
    const { message } = assertThrows(() => parseTargetUrl(text), TargetUrlError);
    assertFalse(/sesame|ann|\n/.test(message), `${text}: ${message}`);
  }
});
