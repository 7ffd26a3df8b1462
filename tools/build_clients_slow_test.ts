import { assert, assertEquals } from "@std/assert";
import { cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { buildClients } from "./build_clients.ts";
import { type ServerOption, withCors } from "@archway/server/server_options.ts";
import { contactServer } from "./support/contact_server.ts";
import { DATABASES } from "./support/databases.ts";
import { HttpFaultProxy } from "./support/http_fault_proxy.ts";
import { locateProgram } from "./support/locate_program.ts";
import { testWith } from "./support/test_with.ts";

const FROM = join(import.meta.dirname ?? ".", "support/contact_service/api/clients/typescript");

/** Module that uses a server and returns what it has seen; for Node and browsers alike. */
const SCRIPT = `
import { createContactClient, PreconditionFailedError, ProblemError } from "archway-client/contact";

export async function run(baseUrl) {
  const options = { baseUrl, retry: { delayMs: 1 } };
  const client = createContactClient(options);
  const other = createContactClient(options);
  const { data: { data: { id } } } = await client.POST("/v1/contacts", { body: { name: "Ada" } });
  for (const name of ["Grace", "Tony"]) await client.POST("/v1/contacts", { body: { name } });
  const params = { path: { id } };
  await other.GET("/v1/contacts/{id}", { params });
  const changed = await client.PATCH("/v1/contacts/{id}", { params, body: { age: 36 } });
  const stale = await other.PUT("/v1/contacts/{id}", { params, body: { name: "Eve" } }).catch((error) => error);
  const invalid = await client.POST("/v1/contacts", { body: { name: "" } }).catch((error) => error);
  const names = [];
  for await (const contact of client.pages("/v1/contacts", { params: { query: { limit: 2 } } })) {
    names.push(contact.name);
  }
  return {
    etag: changed.etag,
    stale: [stale instanceof PreconditionFailedError, stale.status, stale.etag],
    invalid: [invalid instanceof ProblemError, invalid.errors[0].pointer],
    names,
    hasToken: client.consistencyToken !== undefined,
  };
}
`;

const SEEN = {
  etag: '"2"',
  stale: [true, 412, '"2"'],
  invalid: [true, "/name"],
  names: ["Tony", "Grace", "Ada"],
  hasToken: true,
};

const FOR_NODE = `
import { run } from "./script.mjs";
console.log(JSON.stringify(await run(process.argv[2])));
`;

/** Page that reports what the module has seen. */
function page(baseUrl: string): string {
  const imports = {
    "archway-client/contact": "/node_modules/archway-client/contact/client.gen.js",
    "openapi-fetch": "/node_modules/openapi-fetch/dist/index.mjs",
  };
  return `<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">
  const report = (seen) => fetch("/seen", { method: "POST", body: JSON.stringify(seen) });
  import("/script.mjs").then(({ run }) => run("${baseUrl}")).then(report, (error) => report(String(error)));
</script>`;
}

/** Program whose types are checked against the package, as strictly as the compiler can. */
const TYPED = `
import { createContactClient, type Contact, type ProblemError } from "archway-client/contact";
const client = createContactClient({ baseUrl: "" });
export async function first(): Promise<Contact | undefined> {
  for await (const contact of client.pages("/v1/contacts")) return contact;
  const { data } = await client.GET("/v1/contacts/{id}", { params: { path: { id: "1" } } });
  return data.data;
}
export const pointers = ({ errors }: ProblemError): readonly string[] => errors.flatMap(({ pointer }) => pointer ?? []);
// @ts-expect-error the path does not exist
void client.GET("/v1/none");
`;

/** Builds the package in a folder with its dependencies, as npm would install it. */
async function install(folder: string): Promise<void> {
  const modules = join(folder, "node_modules");
  await buildClients({ from: FROM, to: join(modules, "archway-client") });
  const fetch = dirname(dirname(fileURLToPath(import.meta.resolve("openapi-fetch"))));
  const { dependencies } = JSON.parse(await Deno.readTextFile(join(fetch, "package.json")));
  const [[helpers, range] = ["", ""]] = Object.entries<string>(dependencies);
  const cached = join(dirname(dirname(fetch)), helpers, range.replace("^", ""));
  for (const [name, path] of [["openapi-fetch", fetch], [helpers, cached]] as const) {
    await mkdir(join(modules, name), { recursive: true });
    await cp(path, join(modules, name), { recursive: true });
  }
}

/** Runs a check in a folder with the installed package and the module that uses it. */
async function withPackage(check: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_client_" });
  try {
    await install(folder);
    await Deno.writeTextFile(join(folder, "script.mjs"), SCRIPT);
    await check(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs a check with the address of a server that refuses the first request. */
async function withServer(
  check: (url: string) => Promise<void>,
  ...options: readonly ServerOption[]
): Promise<void> {
  await using database = await DATABASES["embedded"]?.();
  assert(database);
  await using server = contactServer(database.pool, ...options);
  await using proxy = new HttpFaultProxy((request) => server.fetch(request));
  proxy.faults.push({ status: 429, headers: { "Retry-After": "0", "Access-Control-Allow-Origin": "*" } });
  await check(await proxy.url);
}

Deno.test("buildClients() makes a package whose types a strict compiler accepts", async () => {
  await withPackage(async (folder) => {
    await Deno.writeTextFile(join(folder, "typed.mts"), TYPED);
    const program = ts.createProgram([join(folder, "typed.mts")], {
      ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
      ...{ noPropertyAccessFromIndexSignature: true, verbatimModuleSyntax: true, noEmit: true, types: [] },
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
    });
    const messages = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) =>
      `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`
    );
    assertEquals(messages, []);
  });
});

const node = await locateProgram("node");
testWith({ reason: "Node is not installed", program: node })(
  "buildClients() makes a package that Node runs",
  async () => {
    await withPackage(async (folder) => {
      await Deno.writeTextFile(join(folder, "node.mjs"), FOR_NODE);
      await withServer(async (url) => {
        const command = new Deno.Command(node ?? "", { args: ["node.mjs", url], cwd: folder });
        const { stdout, stderr } = await command.output();
        assertEquals(new TextDecoder().decode(stderr), "");
        assertEquals(JSON.parse(new TextDecoder().decode(stdout)), SEEN);
      });
    });
  },
);

const chromium = await locateProgram("chromium");
testWith({ reason: "Chromium is not installed", program: chromium })(
  "buildClients() makes a package that a browser runs, on a page of another origin",
  async () => {
    await withPackage((folder) =>
      withServer(async (api) => {
        const { promise, resolve } = Promise.withResolvers<unknown>();
        await using site = Deno.serve(
          { port: 0, hostname: "127.0.0.1", onListen(): void {} },
          async (request) => {
            const { pathname } = new URL(request.url);
            if (pathname === "/") {
              return new Response(page(api), { headers: { "Content-Type": "text/html" } });
            }
            if (pathname === "/seen") {
              resolve(await request.json());
              return new Response(null, { status: 204 });
            }
            const text = await Deno.readTextFile(join(folder, pathname)).catch(() => undefined);
            if (text === undefined) return new Response(null, { status: 404 });
            return new Response(text, { headers: { "Content-Type": "text/javascript" } });
          },
        );
        const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"];
        await using browser = new Deno.Command(chromium ?? "", {
          args: [
            ...flags,
            `--user-data-dir=${join(folder, "browser")}`,
            `http://127.0.0.1:${site.addr.port}/`,
          ],
          ...{ stdin: "null", stdout: "null", stderr: "null" },
        }).spawn();
        assertEquals(await promise, SEEN);
        browser.kill();
      }, withCors({ origins: "*" }))
    );
  },
);
