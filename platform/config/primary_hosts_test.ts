import { assertEquals } from "@std/assert";
import { readPrimaryHosts } from "./primary_hosts.ts";
import { EnvironmentReader } from "./environment_reader.ts";

const ACCESS = { user: "archway", password: "", database: "archway", maxConnections: 10 };

function parse(host: string, port?: string): { readonly addresses: unknown; readonly errors: unknown } {
  const environment: Record<string, string | undefined> = {
    POSTGRES_PRIMARY_HOST: host,
    POSTGRES_PRIMARY_PORT: port,
  };
  const settings = new EnvironmentReader((name) => environment[name]);
  const addresses = readPrimaryHosts(settings, () => ACCESS).map(({ host, port }) => `${host} ${port}`);
  return { addresses, errors: settings.errors.map(({ variable }) => variable) };
}

Deno.test("readPrimaryHosts() reads lists of hosts and ports", () => {
  assertEquals(parse("db").addresses, ["db 5432"]);
  assertEquals(parse("db1, db2").addresses, ["db1 5432", "db2 5432"]);
  assertEquals(parse("db1,db2", "6000").addresses, ["db1 6000", "db2 6000"]);
  assertEquals(parse("db,db,::1", "1,2,3").addresses, ["db 1", "db 2", "::1 3"]);
});

Deno.test("readPrimaryHosts() rejects lists of different lengths, duplicates and invalid parts", () => {
  const errorsOf = (host: string, port?: string): unknown => parse(host, port).errors;
  assertEquals(errorsOf("db1,db2", "1,2"), []);
  assertEquals(errorsOf("db1,db2,db3", "1,2"), ["POSTGRES_PRIMARY_PORT"]);
  assertEquals(errorsOf("db1", "1,2"), ["POSTGRES_PRIMARY_PORT"]);
  assertEquals(errorsOf("db1,,db2"), ["POSTGRES_PRIMARY_HOST"]);
  assertEquals(errorsOf("db1,db1"), ["POSTGRES_PRIMARY_HOST"]);
  for (const port of ["0", "65536", "5432x", "-1", "1,"]) {
    assertEquals(errorsOf("db1,db2", port), ["POSTGRES_PRIMARY_PORT"]);
  }
});
