import { assert, assertEquals, assertFalse } from "@std/assert";
import { join } from "node:path";
import { EnvironmentReader } from "./environment_reader.ts";
import { type PrimaryServers, readPrimary, readReplica } from "./read_servers.ts";

const ACCESS = { POSTGRES_PRIMARY_USER: "app", POSTGRES_PRIMARY_DATABASE: "app" };

function read(
  environment: Readonly<Record<string, string | undefined>>,
): { readonly servers: PrimaryServers; readonly errors: readonly string[] } {
  const reader = new EnvironmentReader((name) => environment[name]);
  const servers = readPrimary(reader);
  return { servers, errors: reader.errors.map(({ variable, reason }) => `${variable} ${reason}`) };
}

function parse(host: string, port?: string): { readonly addresses: unknown; readonly errors: unknown } {
  const { servers, errors } = read({ ...ACCESS, POSTGRES_PRIMARY_HOST: host, POSTGRES_PRIMARY_PORT: port });
  return {
    addresses: servers.map(({ host, port }) => `${host} ${port}`),
    errors: errors.map((error) => error.split(" ")[0]),
  };
}

Deno.test("readPrimary() reads lists of hosts and ports", () => {
  assertEquals(parse("db").addresses, ["db 5432"]);
  assertEquals(parse("db1, db2").addresses, ["db1 5432", "db2 5432"]);
  assertEquals(parse("db1,db2", "6000").addresses, ["db1 6000", "db2 6000"]);
  assertEquals(parse("db,db,::1,[::2]", "1,2,3,4").addresses, ["db 1", "db 2", "::1 3", "::2 4"]);
});

Deno.test("readPrimary() refuses lists that do not fit", () => {
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

Deno.test("readPrimary() refuses a URL in place of a host, and keeps nothing of it", () => {
  for (const host of ["postgres://ann:sesame@db/app", "ann:sesame@db", "db1,ann:sesame@db2"]) {
    const { servers, errors } = read({ ...ACCESS, POSTGRES_PRIMARY_HOST: host });
    assertEquals(errors, ["POSTGRES_PRIMARY_HOST must be a host and not a URL; DATABASE_URL takes one"]);
    assertFalse(JSON.stringify(servers).includes("sesame"));
  }
});

Deno.test("readPrimary() takes DATABASE_URL in place of the other variables", () => {
  const url = "postgres://app:secret@db1,db2:6000/data?options=-c%20search_path%3Dapp";
  const { servers, errors } = read({ DATABASE_URL: url, POSTGRES_PRIMARY_POOL_MAX_CONNS: "4" });
  assertEquals(errors, []);
  const access = { user: "app", password: "secret", database: "data", maxConnections: 4 };
  const options = "-c search_path=app";
  assertEquals(servers, [
    { ...access, host: "db1", port: 5432, options },
    { ...access, host: "db2", port: 6000, options },
  ]);
  const apart = read({ DATABASE_URL: "postgres://app@db/data", POSTGRES_PRIMARY_PASSWORD: "apart" });
  assertEquals([apart.servers[0].password, apart.errors], ["apart", []]);
});

Deno.test("readPrimary() refuses DATABASE_URL with the settings that it replaces, and an invalid one, without its value", () => {
  const url = "postgres://app:sesame@db/data";
  for (const name of ["HOST", "PORT", "USER", "PASSWORD", "DATABASE", "TLS", "TLS_CA_FILE"]) {
    const { errors } = read({ DATABASE_URL: url, [`POSTGRES_PRIMARY_${name}`]: "require" });
    assertEquals(errors, [`DATABASE_URL and POSTGRES_PRIMARY_${name} are both set; keep one of them`]);
  }
  const { errors } = read({ DATABASE_URL: "postgres://app:sesame@db" });
  assertEquals(errors, [
    "DATABASE_URL names no database, as postgres://user:password@host:5432/database does",
  ]);
});

Deno.test("readPrimary() and readReplica() read the files of TLS, and say which one is missing or does not fit", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_tls_" });
  try {
    const pem = join(folder, "a.pem");
    const text = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
    await Deno.writeTextFile(pem, text);
    const server = { ...ACCESS, POSTGRES_PRIMARY_HOST: "db" };
    const full = { POSTGRES_PRIMARY_TLS: "verify-full", POSTGRES_PRIMARY_TLS_CA_FILE: pem };
    const client = { POSTGRES_PRIMARY_TLS_CERT_FILE: pem, POSTGRES_PRIMARY_TLS_KEY_FILE: pem };
    const { servers: [primary], errors } = read({ ...server, ...full, ...client });
    assertEquals([primary.tls, errors], [{ verify: true, ca: text, cert: text, key: text }, []]);
    const ofUrl = read({ DATABASE_URL: `postgres://a@db/d?sslmode=verify-full&sslrootcert=${pem}` });
    assertEquals(ofUrl.servers[0].tls, { verify: true, ca: text });
    const ofReplica = (environment: Readonly<Record<string, string>>): unknown =>
      readReplica(new EnvironmentReader((name) => environment[name]), 0, primary).tls;
    assertEquals(ofReplica({ POSTGRES_REPLICA_0_HOST: "r" }), primary.tls);
    assertEquals(ofReplica({ POSTGRES_REPLICA_0_HOST: "r", POSTGRES_REPLICA_0_TLS: "disable" }), undefined);
    const wrong: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
      [{ POSTGRES_PRIMARY_TLS_CA_FILE: pem }, "must be require or verify-full"],
      [{ ...full, POSTGRES_PRIMARY_TLS: "require" }, "must be verify-full with a CA file"],
      [
        { ...full, POSTGRES_PRIMARY_TLS_CA_FILE: join(folder, "none.pem") },
        "has a CA file that cannot be read",
      ],
      [{ ...full, POSTGRES_PRIMARY_TLS_CA_FILE: folder }, "has a CA file that is not a regular file"],
      [{ ...full, POSTGRES_PRIMARY_TLS_CERT_FILE: pem }, "needs both files of a client certificate"],
    ];
    for (const [environment, reason] of wrong) {
      const [error = ""] = read({ ...server, ...environment }).errors;
      assert(error.startsWith(`POSTGRES_PRIMARY_TLS ${reason}`), error);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
