import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CommandError } from "@archway/service_kit/command.ts";
import { InvalidSetting } from "@archway/service_kit/setting.ts";
import { EXPORT_SETTINGS } from "../export_config.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { exportNumbers, numbersIn, odd } from "../testing/export_numbers.ts";
import { MemoryStore } from "../testing/memory_store.ts";
import { numberStream } from "../testing/number_stream.ts";
import { openStorage, readCompletion } from "./open_storage.ts";
import { openS3Storage } from "./s3_storage.ts";
import type { ExportStorage } from "./storage.ts";

const PREFIX = "lake/archway/numbers/";

function open({ config }: MemoryStore): ExportStorage {
  return openS3Storage("s3://lake/archway", { name: "numbers", config });
}

async function numbers({ objects }: MemoryStore): Promise<readonly number[]> {
  const text = new TextDecoder().decode(objects.get(`${PREFIX}manifest.json`)?.body);
  return await numbersIn(
    text,
    (path) => Promise.resolve(objects.get(PREFIX + path)?.body ?? new Uint8Array()),
  );
}

function isManifest({ method, url }: Request): boolean {
  return method === "PUT" && url.endsWith("/manifest.json");
}

Deno.test("openS3Storage() keeps a data set in an object store, each row once", async () => {
  await using store = new MemoryStore();
  assertEquals((await exportNumbers(open(store), { last: 4_001n })).rows, 2_001);
  assertEquals((await exportNumbers(open(store), { last: 4_501n, commitRows: 100 })).rows, 250);
  assertEquals(await numbers(store), odd(4_501));
  const { config } = store;
  const definition = numberStream({ last: 1n });
  const nowMs = (): number => 0;
  await exportNumbers(open(store), { last: 4_501n, nowMs });
  const end = await readCompletion("s3://lake/archway", { definition, config: { s3: config } });
  assertEquals(end, "1970-01-01T00:00:00.000Z");
  const before = store.objects.size;
  assertEquals((await exportNumbers(open(store), { last: 4_501n, full: true })).rows, 2_251);
  assertEquals([await numbers(store), before > store.objects.size], [odd(4_501), true]);
});

/** Returns a storage whose first manifest is preceded by what another export does. */
function preceded(store: MemoryStore, other: () => Promise<unknown>): ExportStorage {
  const late = open(store);
  let isFirst = true;
  return {
    isExclusive: late.isExclusive,
    readManifest: () => late.readManifest(),
    async replaceManifest(text, replaced): ReturnType<ExportStorage["replaceManifest"]> {
      if (isFirst) await other();
      isFirst = false;
      return await late.replaceManifest(text, replaced);
    },
    createFile: (path) => late.createFile(path),
    readFile: (path) => late.readFile(path),
    list: () => late.list(),
    remove: (path) => late.remove(path),
    [Symbol.asyncDispose]: () => late[Symbol.asyncDispose](),
  };
}

Deno.test("openS3Storage() lets one of two exports add its files, and removes those of the other", async () => {
  await using store = new MemoryStore();
  await exportNumbers(open(store), { last: 101n });
  const racing = preceded(store, () => exportNumbers(open(store), { last: 201n }));
  await assertRejects(() => exportNumbers(racing, { last: 301n }), CommandError);
  // The manifest, three files that it lists, and that of the other export.
  assertEquals([await numbers(store), store.objects.size], [odd(201), 5]);
  await exportNumbers(open(store), { last: 401n });
  assertEquals([await numbers(store), store.objects.size], [odd(401), 5]);
});

Deno.test("openS3Storage() lets both of two exports succeed that add nothing", async () => {
  await using store = new MemoryStore();
  await exportNumbers(open(store), { last: 4_001n, commitRows: 100, mergeFiles: Infinity });
  const key = `${PREFIX}manifest.json`;
  const again = (mergeFiles: number): Promise<unknown> =>
    exportNumbers(open(store), { last: 4_001n, mergeFiles, nowMs: () => 0 });
  // The other one records its end; merges the same files; adds some.
  for (
    const other of [() => again(Infinity), () => again(3), () => exportNumbers(open(store), { last: 4_003n })]
  ) {
    const mergeFiles = store.objects.size > 10 ? 3 : Infinity;
    const { rows } = await exportNumbers(preceded(store, other), { last: 4_001n, mergeFiles });
    assertEquals(rows, 0);
  }
  assertEquals(await numbers(store), odd(4_003));
  const earlier = store.objects.get(key);
  const removing = preceded(store, () => Promise.resolve(store.objects.delete(key)));
  await assertRejects(
    () => exportNumbers(removing, { last: 4_003n }),
    CommandError,
    "has replaced the manifest",
  );
  if (earlier !== undefined) store.objects.set(key, earlier);
  const older = preceded(store, async () => {
    store.objects.delete(key);
    await exportNumbers(open(store), { last: 1n });
  });
  await assertRejects(
    () => exportNumbers(older, { last: 4_003n }),
    CommandError,
    "has replaced the manifest",
  );
});

Deno.test("openS3Storage() merges files, whichever request ends the export", async () => {
  await using store = new MemoryStore();
  await exportNumbers(open(store), { last: 4_001n, commitRows: 100, mergeFiles: Infinity });
  const manifest = (): string => new TextDecoder().decode(store.objects.get(`${PREFIX}manifest.json`)?.body);
  const filesOf = (text: string): Manifest["files"] => {
    const { files }: Manifest = JSON.parse(text);
    return files;
  };
  const [before, count] = [manifest(), filesOf(manifest()).length];
  let failures = 0;
  for (;;) {
    let left = failures;
    store.faults.splice(0, store.faults.length, {
      matches: ({ method }) => method !== "GET" && left-- === 0,
      kind: 403,
    });
    const isDone = await exportNumbers(open(store), { last: 4_001n }).then(() => true, () => false);
    assertEquals(await numbers(store), odd(4_001), `failure ${failures}`);
    // A reader with the earlier manifest.
    for (const { path } of filesOf(before)) assert(store.objects.has(`${PREFIX}${path}`), path);
    if (isDone) break;
    failures++;
  }
  assert(failures >= 2 && filesOf(manifest()).length < count - 5, `${failures} failures of ${count} files`);
});

Deno.test("openS3Storage() refuses a manifest that another export has replaced", async () => {
  await using store = new MemoryStore();
  const [one, other] = [open(store), open(store)];
  const first = await one.replaceManifest("1", undefined);
  await assertRejects(() => other.replaceManifest("2", undefined), CommandError);
  const second = await other.replaceManifest("2", first);
  const error = await assertRejects(() => one.replaceManifest("3", first), CommandError);
  assertEquals(
    error.message,
    "Another export has replaced the manifest meanwhile; nothing was added. Repeat the command",
  );
  assertEquals(await one.readManifest(), second);
});

Deno.test("openS3Storage() repeats requests that fail, also one that has replaced the manifest", async () => {
  await using store = new MemoryStore();
  store.faults.push(
    { matches: isManifest, kind: 503 },
    { matches: isManifest, kind: "lost response" },
    { matches: ({ url }) => url.endsWith(".parquet"), kind: 429 },
    { matches: ({ url }) => url.includes("list-type"), kind: 500 },
    { matches: ({ method }) => method === "GET", kind: 500 },
  );
  assertEquals((await exportNumbers(open(store), { last: 101n })).rows, 51);
  assertEquals([await numbers(store), store.faults], [odd(101), []]);
  store.faults.push({ matches: isManifest, kind: "lost response" });
  await exportNumbers(open(store), { last: 201n });
  assertEquals(await numbers(store), odd(201));
});

Deno.test("openS3Storage() reports what was refused, without secrets", async () => {
  await using store = new MemoryStore();
  const config = { ...store.config, accessKeyId: "other" };
  const storage = openS3Storage("s3://lake/archway", { name: "numbers", config });
  const error = await assertRejects(() => storage.readManifest(), CommandError);
  assertEquals(error.message, "GET s3://lake/archway/numbers/manifest.json failed: 403 AccessDenied");
  assertEquals(store.requests.length, 1);
});

Deno.test("openS3Storage() refuses targets and settings that cannot be used", async () => {
  await using store = new MemoryStore();
  for (
    const target of ["s3://", "s3://B", "s3://lake/a b", "s3://lake/../x", "s3://lake/ü", "s3://user@lake/x"]
  ) {
    assertThrows(() => openS3Storage(target, { name: "numbers", config: store.config }), CommandError);
  }
  const config = { ...store.config, secretAccessKey: undefined };
  const error = assertThrows(() => openS3Storage("s3://lake", { name: "numbers", config }), CommandError);
  assertEquals(error.message, "s3:// needs EXPORT_S3_ACCESS_KEY_ID and EXPORT_S3_SECRET_ACCESS_KEY");
  assertEquals(
    (await openS3Storage("S3://lake", { name: "numbers", config: store.config }).list()).length,
    0,
  );
});

Deno.test("openStorage() makes no folder of an address, which may have a secret", async () => {
  await using store = new MemoryStore();
  const folder = await Deno.makeTempDir({ prefix: "archway_export_" });
  const options = { name: "numbers", config: { s3: store.config } };
  const targets = [
    "S3://KEY:SECRET@lake/x",
    "s3:/KEY:SECRET@lake/x",
    "gs://lake",
    "S3:x",
    `file://${folder}`,
  ];
  for (const target of [...targets, `${folder}/s3://KEY:SECRET@lake/x`]) {
    const { message } = await assertRejects(() => openStorage(target, options), CommandError);
    assertEquals([message.startsWith("--to must be "), message.includes("SECRET")], [true, false], message);
  }
  assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  const setting = EXPORT_SETTINGS.settings.find(({ name }) => name === "EXPORT_TO");
  for (const target of targets) assertThrows(() => setting?.parse(target), InvalidSetting);
  for (const target of ["s3://lake/x", "S3://lake", folder, "exports", "C:\\exports"]) {
    assertEquals(setting?.parse(target), target);
  }
  await Deno.remove(folder);
});

Deno.test("openS3Storage() prints no credential that a header cannot have", async () => {
  await using store = new MemoryStore();
  for (const name of ["accessKeyId", "sessionToken"]) {
    const config = { ...store.config, [name]: "ZZTOK\nX: y" };
    const storage = openS3Storage("s3://lake", { name: "numbers", config });
    const { message, cause } = await assertRejects(() => storage.readManifest(), CommandError);
    assertEquals([message.includes("ZZTOK"), cause], [false, undefined], message);
  }
  assertEquals(store.requests, []);
  const credentials = EXPORT_SETTINGS.settings.filter(({ name }) => /_S3_.*(?:KEY|TOKEN)/.test(name));
  assertEquals(credentials.length, 3);
  for (const setting of credentials) {
    assertEquals(setting.parse("AKIA/+=09"), "AKIA/+=09");
    for (const text of ["a\nb", "a\u0000", "ä", "a\u007f"]) {
      assertThrows(() => setting.parse(text), InvalidSetting);
    }
  }
});

/** Store that responds as it likes. */
class HostileStore implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly storage: ExportStorage;

  constructor(respond: () => Response | Promise<Response>, signal?: AbortSignal) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, respond);
    const endpoint = new URL(`http://127.0.0.1:${this.#server.addr.port}`);
    const credentials = { accessKeyId: "key", secretAccessKey: "secret", sessionToken: undefined };
    this.storage = openS3Storage("s3://lake", {
      name: "numbers",
      config: { endpoint, region: "us-east-1", ...credentials },
      ...(signal !== undefined && { signal }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

Deno.test("openS3Storage() ends with a store whose lists and errors do not", async () => {
  let pages = 0;
  const tokens = ["a", "b"];
  await using repeating = new HostileStore(() => {
    const token = tokens[pages++ % tokens.length];
    return new Response(`<NextContinuationToken>${token}</NextContinuationToken>`);
  });
  const { message } = await assertRejects(() => repeating.storage.list(), CommandError);
  assertEquals([message, pages], ["The object store lists the files of numbers/day= without an end", 3]);

  const body = (): ReadableStream<Uint8Array> =>
    new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(16_384)) });
  await using endless = new HostileStore(() => new Response(body(), { status: 403 }));
  const refused = await assertRejects(() => endless.storage.list(), CommandError);
  assertEquals(refused.message, "GET s3://lake failed: 403");
});

Deno.test("openS3Storage() ends a request when the export is stopped", async () => {
  const [stopping, asked] = [new AbortController(), Promise.withResolvers<void>()];
  const released = Promise.withResolvers<Response>();
  await using silent = new HostileStore(() => {
    asked.resolve();
    return released.promise;
  }, stopping.signal);
  const reason = new RangeError("Stopped");
  const listed = assertRejects(() => silent.storage.list(), RangeError);
  await asked.promise;
  stopping.abort(reason);
  assertEquals(await listed, reason);
  released.resolve(new Response());
});
