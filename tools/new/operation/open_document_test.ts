import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { NewError } from "../usage_error.ts";
import { openDocument, pathInDocument } from "./open_document.ts";

const TEXT = `openapi: 3.1.0
servers: [{ url: "https://gnus.example.com/v3" }]
paths:
  /gnus: { get: { operationId: listGnus } }
  /herds:
    servers: [{ url: "https://herds.example.com/h" }]
`;
const SETTINGS = "spec: gnus/gnus.yaml\noutput: ../api/gnusapi\noptions:\n  base-path: servers\n";
const OTHERS = {
  ...{ path: "oapi/gnus/gnus.yaml", settings: "oapi/cfg.server.gnus.yaml", overlays: [] },
  ...{ generated: [], basePath: "servers" },
};

async function withFiles(run: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "archway_opened_" });
  try {
    await Deno.mkdir(join(root, "oapi/gnus"), { recursive: true });
    await Deno.writeTextFile(join(root, OTHERS.path), TEXT);
    await Deno.writeTextFile(join(root, "oapi/gnus.yaml"), TEXT);
    await Deno.writeTextFile(join(root, OTHERS.settings), SETTINGS);
    await run(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("pathInDocument() takes a path with and without the prefix that it is served below", () =>
  withFiles(async (root) => {
    const opened = await openDocument(root, OTHERS);
    assertEquals(["/gnus/count", "/herds"].map(opened.served), ["/v3/gnus/count", "/h/herds"]);
    for (const path of ["/v3/gnus/count", "/gnus/count"]) {
      assertEquals(pathInDocument(path, opened), "/gnus/count");
    }
    assertEquals(pathInDocument("/v3s", opened), "/v3s");
    const asWritten = await openDocument(root, { ...OTHERS, basePath: undefined });
    assertEquals(asWritten.served("/gnus"), "/gnus");
    assertEquals(pathInDocument("/v3/gnus", asWritten), "/v3/gnus");
    const below = await openDocument(root, { ...OTHERS, basePath: "/gnus" });
    assertEquals(pathInDocument("/gnus/gnus/count", below), "/gnus/count");
    assertEquals(pathInDocument("/gnus/count", below), "/gnus/count");
    assertEquals(below.served("/gnus"), "/gnus/gnus");
  }));

Deno.test("openDocument() adds to the overlays of a document of others, and to one of the project itself", () =>
  withFiles(async (root) => {
    const filesOf = async (document: typeof OTHERS | { readonly overlays: readonly string[] }) => {
      const opened = await openDocument(root, { ...OTHERS, ...document });
      opened.document.insert(["paths"], "/gnus/count: {}");
      return await opened.files("GET /gnus/count");
    };
    const own = await filesOf({ ...OTHERS, path: "oapi/gnus.yaml" });
    assertEquals([[...own.changed], [...own.created]], [
      [["oapi/gnus.yaml", `${TEXT}  /gnus/count: {}\n`]],
      [],
    ]);
    const first = await filesOf(OTHERS);
    assertEquals([...first.created.keys()], ["oapi/gnus.overlay.yaml"]);
    assertEquals([...first.changed], [[
      OTHERS.settings,
      SETTINGS.replace("options:", 'overlays: ["gnus.overlay.yaml"]\noptions:'),
    ]]);
    await Deno.writeTextFile(join(root, "oapi/gnus.overlay.yaml"), [...first.created.values()][0] ?? "");
    await assertRejects(() => filesOf(OTHERS), NewError, "oapi/cfg.server.gnus.yaml does not apply it");
    const overlays = ["oapi/gnus.overlay.yaml"];
    const again = await openDocument(root, { ...OTHERS, overlays });
    assertEquals(again.document.keys("paths")?.at(-1), "/gnus/count");
    again.document.insert(["paths"], "/gnus/sum: {}");
    const more = await again.files("GET /gnus/sum");
    assertEquals([[...more.changed.keys()], more.created.size], [overlays, 0]);
    assertStringIncludes(more.changed.get("oapi/gnus.overlay.yaml") ?? "", "      /gnus/sum: {}\n");
    const [renamed] = (await filesOf({ overlays: ["oapi/other.yaml"] })).created.keys();
    assertEquals(renamed, "oapi/other.yaml");
  }));
