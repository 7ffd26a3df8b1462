import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import { InvalidSetting } from "@archway/service_kit/setting.ts";
import { parseDatabaseUrl } from "./database_url.ts";

const NO_FILES = { caFile: undefined, certFile: undefined, keyFile: undefined, isDirect: false };

Deno.test("parseDatabaseUrl() reads every part, decoded", () => {
  assertEquals(
    parseDatabaseUrl("postgres://ann%40home:p%2Fw%25@db.example:6543/my%20data?sslmode=verify-full"),
    {
      hosts: [{ host: "db.example", port: 6543 }],
      user: "ann@home",
      password: "p/w%",
      database: "my data",
      tls: { mode: "verify-full", ...NO_FILES },
      options: undefined,
    },
  );
  const { hosts, password, tls } = parseDatabaseUrl(" postgresql://ann@[::1]/data\n");
  assertEquals([hosts, password, tls.mode], [[{ host: "::1", port: 5432 }], undefined, "disable"]);
  assertEquals(parseDatabaseUrl("postgres://ann:a:b@h/data").password, "a:b");
});

Deno.test("parseDatabaseUrl() reads several hosts, sockets and parameters, which take precedence", () => {
  const hostsOf = (text: string): readonly string[] =>
    parseDatabaseUrl(text).hosts.map(({ host, port }) => `${host} ${port}`);
  assertEquals(hostsOf("postgres://a@db1,db2:6000,[::1]:7000/d"), ["db1 5432", "db2 6000", "::1 7000"]);
  assertEquals(hostsOf("postgres://a@/d?host=/run/pg&port=6543"), ["/run/pg 6543"]);
  assertEquals(hostsOf("postgres://a@%2Frun%2Fpg/d"), ["/run/pg 5432"]);
  assertEquals(hostsOf("postgres:///d?host=db1,db2&port=1,2&user=a"), ["db1 1", "db2 2"]);
  const full = parseDatabaseUrl(
    "postgres://h/?user=ann&password=s%26&dbname=data&options=-c%20search_path%3Dapp&target_session_attrs=primary" +
      "&sslmode=verify-full&sslnegotiation=direct&sslrootcert=/ca.pem&sslcert=/c.pem&sslkey=/k.pem",
  );
  assertEquals([full.user, full.password, full.database, full.options], [
    "ann",
    "s&",
    "data",
    "-c search_path=app",
  ]);
  assertEquals(full.tls, {
    mode: "verify-full",
    caFile: "/ca.pem",
    certFile: "/c.pem",
    keyFile: "/k.pem",
    isDirect: true,
  });
});

Deno.test("parseDatabaseUrl() says in a line what is wrong, and nothing of the URL", () => {
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
    "postgres://ann:sesame@host:0/data",
    "postgres://ann:sesame%@host/data",
    "postgres://ann:ses@me@host/data",
    "postgres://ann:sesame@host,host/data",
    "postgres://ann:sesame@host,/data",
    "postgres://ann:sesame@h1,h2,h3/data?port=1,2",
    "postgres://ann:sesame@host/data?sslmode=sesame",
    "postgres://ann:sesame@host/data?sslmode=prefer",
    "postgres://ann:sesame@host/data?sslmode=require&sslnegotiation=sesame",
    "postgres://ann:sesame@host/data?target_session_attrs=standby",
    "postgres://ann@host/data?sesame=1",
    "postgres://ann@host/data#sesame",
  ];
  for (const text of wrong) {
    const { message } = assertThrows(() => parseDatabaseUrl(text), InvalidSetting);
    assertFalse(/sesame|\bann\b|\n/.test(message), `${text}: ${message}`);
  }
});
