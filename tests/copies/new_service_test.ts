import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { Program, untilReady } from "@archway/tools/support/program.ts";
import { TreeCopy } from "@archway/tools/support/tree_copy.ts";

/** A field of each type, required and optional. */
const FIELDS = [
  ...["title:text", "amount:money", "status:enum(open,paid)", "quantity:integer(1..100)", "isGift:boolean"],
  ...["dueOn:date?", "shippedAt:timestamp?", "customerId:uuid?", "contact:email?", "note:text(2000)?"],
  ...["fee:money?", "priority:enum(low,high)?", "weight:integer?", "isPaid:boolean?", "reference:text?"],
].flatMap((field) => ["--field", field]).concat("--owner", "profiles");

/** As few fields as possible, none of them required, without owners, under a name of several words. */
const SMALL = ["stock-entries", "--field", "takenAt:timestamp?", "--owner", "nothing"] as const;

/** Documents of others, by the name of their service. */
const DOCUMENTS = { hotels: "hotels/openapi.yaml", parcels: "parcels.yaml" } as const;

const BODY = {
  title: "A parcel",
  amount: { amount: "12.34", currency: "BRL" },
  status: "open",
  quantity: 2,
  isGift: false,
};

/** Texts of the files below a root that are not generated, by path. */
async function snapshot(copy: TreeCopy): Promise<string> {
  const { code, output } = await copy.run("git", "status", "--porcelain", "--untracked-files=all");
  assertEquals(code, 0, output);
  return output;
}

async function post(url: string, body: unknown): Promise<Response> {
  return await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

Deno.test("deno task new service writes services that check, pass their tests, conform and have rows", async (t) => {
  await using copy = await TreeCopy.make();
  await copy.commit();
  await t.step("--dry-run lists the files and writes none", async () => {
    assertStringIncludes(
      await copy.task("new", "service", "shipments", ...FIELDS, "--dry-run"),
      "/module.ts (",
    );
    assertEquals(await snapshot(copy), "");
  });
  await t.step("a run that fails leaves nothing behind", async () => {
    const document = "oapi/common.yaml";
    await copy.edit(document, (text) => text.replace("ConsistencyToken:", "Other:"));
    const before = await snapshot(copy);
    const { code, output } = await copy.run(Deno.execPath(), "task", "new", "service", ...SMALL);
    assertEquals(code, 1);
    assertStringIncludes(output, "deno task --quiet gen failed; nothing was written");
    assertEquals(await snapshot(copy), before);
    await copy.edit(document, (text) => text.replace("Other:", "ConsistencyToken:"));
  });
  await t.step("two services are written, and not a second time", async () => {
    await copy.task("new", "service", "shipments", ...FIELDS);
    await copy.task("new", "service", ...SMALL);
    const before = await snapshot(copy);
    const { code, output } = await copy.run(
      Deno.execPath(),
      "task",
      "new",
      "service",
      "shipments",
      ...FIELDS,
    );
    assertEquals(code, 1);
    assertMatch(output, /nothing was written[^]*_service exists\n[^]*creates a table shipments\n/);
    assertEquals(await snapshot(copy), before);
  });
  await t.step("fields are added with a migration, unless the files have another form", async () => {
    const add = (...field: readonly string[]): Promise<{ readonly code: number; readonly output: string }> =>
      copy.run(Deno.execPath(), "task", "new", "field", ...field);
    for (const field of ["level:integer(1..5)?", "stage:enum(early,late)?"]) {
      assertEquals((await add("shipments", field)).code, 0);
    }
    // No field of this service can be invalid before.
    for (const field of ["countedOn:date?", "name:text?"]) {
      assertEquals((await add("stock-entries", field)).code, 0);
    }
    const before = await snapshot(copy);
    const { code, output } = await add("payments", "name:text?");
    assertEquals(code, 1);
    assertStringIncludes(output, "has another form than the services of deno task new service");
    assertStringIncludes((await add("shipments", "size:integer")).output, "must be optional");
    assertEquals(await snapshot(copy), before);
  });
  await t.step("operations and events are added, and not a second time", async () => {
    const pay = ["operation", "shipments", "POST /v1/shipments/{shipmentId}:pay"] as const;
    const created = ["event", "shipments", "created", "--field", "status"] as const;
    await copy.task("new", ...created);
    assertStringIncludes(await copy.task("new", ...pay), 'sets status to "paid" under If-Match, from any');
    await copy.task("new", "operation", "shipments", "POST /v1/shipments/{id}/notes", "--body", "text:text");
    await copy.task("new", "operation", "profiles", "POST /v1/profiles/{id}/verify", "--body", "note:text");
    const before = await snapshot(copy);
    await copy.task("new", "event", "profiles", "profile.verified", "--dry-run");
    const refused: readonly (readonly [readonly string[], string])[] = [
      [pay, "has POST /v1/shipments/{id}:pay already (operationId payShipment)"],
      [created, "has an event shipment.created already"],
      [["operation", "nothing", "GET /a"], 'No service "nothing"; expected one of: '],
      [["event", "payments", "account.frozen"], "has another shape"],
    ];
    for (const [args, message] of refused) {
      const { code, output } = await copy.run(Deno.execPath(), "task", "new", ...args);
      assertEquals(code, 1);
      assertStringIncludes(output, message);
    }
    assertEquals(await snapshot(copy), before);
  });
  await t.step("documents become services, unless they have the paths of others", async () => {
    for (const [name, document] of Object.entries(DOCUMENTS)) {
      await copy.task("new", "service", name, "--from", `tools/new/from/fixtures/${document}`);
    }
    const document = "oapi/parcels/parcels.yaml";
    const written = await Deno.readTextFile(join(copy.path, document));
    const count = ["operation", "parcels", "GET /v2/parcels/count", "--response", "total:integer"];
    assertStringIncludes(
      await copy.task("new", ...count),
      "GET /v2/parcels/count (getParcelsCount) responds with 501",
    );
    await copy.task("new", "operation", "hotels", "DELETE /stays/{stay_id}/pay");
    assertEquals(await Deno.readTextFile(join(copy.path, document)), written);
    const before = await snapshot(copy);
    const again = ["new", "service", "copies", "--from", `tools/new/from/fixtures/${DOCUMENTS.parcels}`];
    const { code, output } = await copy.run(Deno.execPath(), "task", ...again);
    assertEquals(code, 1);
    assertMatch(
      output,
      /--prefix \/copies:[^]*POST \/v2\/parcels is served by oapi\/cfg\.server\.parcels\.yaml/,
    );
    assertStringIncludes(
      await copy.task("new", ...again.slice(1), "--prefix", "/c", "--dry-run"),
      "Would write",
    );
    assertEquals(await snapshot(copy), before);
  });
  await t.step("deno task check succeeds", async () => void await copy.task("check"));
  await t.step("their tests succeed on both databases", async () => {
    await copy.task(
      "test",
      ...["shipments", "stock_entries", ...Object.keys(DOCUMENTS)].map((name) => `${name}_service/`),
      ...["profile"].map((name) => `${name}_service/verify_${name}_test.ts`),
    );
  });
  await t.step("the program serves them, and they conform to their documents", async () => {
    const environment = { EMBEDDED_DATA_DIR: join(copy.path, "data"), VALIDATE_RESPONSES: "true" };
    const options = { root: copy.path, main: "main.ts", fromSource: true };
    await using program = new Program(environment, [], options);
    const url = await program.url;
    await untilReady(url);
    const profile: { data: { id: string } } = await (await post(`${url}/v1/profiles`, { name: "Ada" }))
      .json();
    const profileId = profile.data.id;
    for (const title of ["First", "Second", "Third"]) {
      assertEquals((await post(`${url}/v1/shipments`, { ...BODY, title, profileId })).status, 201);
    }
    const list = async (
      query: string,
    ): Promise<{ data: { title: string }[]; meta: { nextCursor?: string } }> =>
      await (await fetch(`${url}/v1/shipments?${query}`)).json();
    const { data, meta } = await list("limit=2&status=open");
    assertEquals(data.map(({ title }) => title), ["Third", "Second"]);
    const rest = await list(`limit=2&status=open&after=${encodeURIComponent(meta.nextCursor ?? "")}`);
    assertEquals([rest.data.map(({ title }) => title), rest.meta.nextCursor], [["First"], undefined]);
    assertEquals((await list("status=paid")).data, []);
    for (
      const selected of [
        ["--document", "oapi/stock-entries-api-spec.yaml"],
        // With the suites of the services: the document allows nothing that is refused, and a profile is created.
        ["--only", "stock_entries"],
        ["--only", "shipments"],
        // It declares few statuses, and has operations that are not written.
        ["--only", "parcels"],
        ["--only", "hotels"],
      ]
    ) {
      const report = await copy.task("conform", url, ...selected);
      assertMatch(report, /\d requests sent, \d+ passed, 0 failed/);
    }
    assertEquals((await program.stop()).code, 0);
  });
});
