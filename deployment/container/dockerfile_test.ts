import { assert, assertEquals, assertMatch } from "@std/assert";
import { validate } from "dockerfile-utils";
import { join } from "node:path";
import { commandsOf, imageOf, readStages } from "./testing/image.ts";

const HERE = import.meta.dirname ?? ".";
const text = await Deno.readTextFile(join(HERE, "Dockerfile"));
const manifest: { readonly tasks: Readonly<Record<string, { readonly command: string }>> } = JSON.parse(
  await Deno.readTextFile(join(HERE, "../../deno.json")),
);

/** Stages that are built as images, and the tasks that build their executables. */
const TARGETS = { server: "compile:server", embedded: "compile" } as const;

Deno.test("Dockerfile is valid, and its default is the image for servers", () => {
  assertEquals(validate(text).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`), []);
  assertEquals([...readStages(text).keys()].at(-1), "server");
});

Deno.test("Dockerfile builds each image from nothing, by tasks and scripts that exist", async () => {
  const stages = readStages(text);
  for (const [target, task] of Object.entries(TARGETS)) {
    const stage = stages.get(target);
    assert(stage, target);
    const image = imageOf(stage);
    assertEquals(image.base, "scratch");
    const [root] = image.copies;
    assertEquals([root?.source, root?.target, root?.owner], ["/image/", "/", "0:0"]);
    const build = stages.get(root?.stage ?? "");
    assert(build, target);
    const commands = commandsOf(build);
    const [, output = ""] = /--output (\S+)/.exec(manifest.tasks[task]?.command ?? "") ?? [];
    assert(commands.includes(`deno task ${task}`), `${target}: ${task}`);
    const script = commands.find((command) => command.startsWith("deployment/"));
    assertEquals(script, `deployment/container/rootfs.sh ${output} dist/sbom.cdx.json /image`);
    for (const { source, stage } of image.copies.slice(1)) {
      assertEquals(stage, root?.stage);
      assert(commands.includes(`mkdir ${source.replace(/\/$/, "")}`), source);
    }
  }
  const { mode } = await Deno.stat(join(HERE, "rootfs.sh"));
  assertEquals((mode ?? 0) & 0o111, 0o111);
});

Deno.test("Dockerfile runs the program itself as process 1, without privileges, and checks its health", () => {
  for (const target of Object.keys(TARGETS)) {
    const stage = readStages(text).get(target);
    assert(stage, target);
    const image = imageOf(stage);
    assertMatch(image.user, /^[1-9]\d*:[1-9]\d*$/);
    assertEquals(image.entrypoint.length, 1);
    assertEquals(image.healthcheck, [...image.entrypoint, "healthcheck"]);
    assertEquals(image.ports, [image.environment["PORT"] ?? ""]);
    // Only the data of the embedded database is written, into a volume that its user owns.
    const data = image.environment["EMBEDDED_DATA_DIR"];
    assertEquals(image.volumes, data === undefined ? [] : [data]);
    assertEquals(
      image.copies.filter(({ owner }) => owner !== "0:0").map(({ target, owner }) => [target, owner]),
      image.volumes.map((volume) => [`${volume}/`, image.user]),
    );
    const labels = ["title", "description", "licenses", "version", "revision"];
    assertEquals(Object.keys(image.labels), labels.map((label) => `org.opencontainers.image.${label}`));
  }
});

Deno.test("Dockerfile.dockerignore keeps secrets, data and results out of the build", async () => {
  const lines = (await Deno.readTextFile(join(HERE, "Dockerfile.dockerignore"))).split("\n");
  for (const path of [".archway", ".env", ".git", "dist", "node_modules"]) assert(lines.includes(path), path);
});
