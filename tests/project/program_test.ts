import { assertEquals } from "@std/assert";
import { MainProgram, untilReady } from "@archway/tools/support/program.ts";
import { project } from "../../config.ts";

async function read(address: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  return { status: response.status, text: await response.text() };
}

Deno.test("main.ts starts on an empty embedded database, serves its documents, and stops", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_project_" });
  try {
    await using program = new MainProgram({ EMBEDDED_DATA_DIR: folder, VALIDATE_RESPONSES: "true" });
    const url = await program.url;
    await untilReady(url);
    const { name, documents }: {
      readonly name: string;
      readonly documents: readonly { readonly json: string; readonly yaml: string }[];
    } = JSON.parse((await read(`${url}/`)).text);
    assertEquals(name, project.name);
    for (const address of documents.flatMap(({ json, yaml }) => [json, yaml])) {
      assertEquals([address, (await read(address)).status], [address, 200]);
    }
    assertEquals((await program.stop()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
