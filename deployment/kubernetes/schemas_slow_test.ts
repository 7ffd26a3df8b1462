import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { print } from "@archway/program/print.ts";
import { OVERLAYS, renderer, renderOverlay } from "./testing/render_overlay.ts";

const PROGRAM = join(import.meta.dirname ?? ".", "testing/validate_schemas.ts");
const TIMEOUT_MS = 300_000;

/** Resources with a misspelt field and a wrong type, of the packages that are used. */
const WRONG = [
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "one" },
    spec: {
      selector: { matchLabels: { a: "b" } },
      template: { spec: { containers: [{ name: "a", imag: "a" }] } },
    },
  },
  {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    metadata: { name: "two" },
    spec: { selector: {}, endpoints: [{ port: "metrics", honorLabels: "yes" }] },
  },
  {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name: "three" },
    spec: { target: { nam: "three" } },
  },
];

/** Returns the violations of the published schemas. Deno downloads the packages that have them. */
async function validate(resources: readonly unknown[]): Promise<readonly string[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-config", "--no-lock", "--no-prompt", "--allow-env", "--allow-read", PROGRAM],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(resources)));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr));
  return decoder.decode(stdout).split("\n").filter((line) => line !== "");
}

/** Returns why the test is skipped: without a renderer, or if the packages cannot be downloaded. */
async function reasonToSkip(): Promise<string | undefined> {
  if (renderer === undefined) return "neither kustomize nor kubectl is installed";
  try {
    await validate(WRONG);
    return undefined;
  } catch (error) {
    if (!/npm package|registry|error sending request/i.test(String(error))) throw error;
    return "the packages of the schemas cannot be downloaded";
  }
}

const reason = await reasonToSkip();
if (reason !== undefined) await print(Deno.stdout, `The schemas of Kubernetes are not tested: ${reason}\n`);
const ignore = reason !== undefined;

Deno.test("Schemas reject misspelt fields and wrong types", { ignore }, async () => {
  const lines = await validate(WRONG);
  assertEquals(lines.map((line) => line.split(": ")[0]), [
    "Deployment one",
    "ServiceMonitor two",
    "ExternalSecret three",
  ]);
});

Deno.test("Overlays match the schemas of Kubernetes and of both operators", { ignore }, async () => {
  const resources = (await Promise.all(OVERLAYS.map(renderOverlay))).flat();
  assertEquals(await validate(resources), []);
});
