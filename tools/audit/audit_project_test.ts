import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { auditProject } from "./audit_project.ts";
import { knownVulnerabilities } from "./known_vulnerabilities.ts";
import { runDeno } from "./run_deno.ts";

/** Creates a project with one dependency that is already downloaded. */
async function withProject(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_audit_" });
  try {
    await writeConfiguration(folder, { uuid: "npm:uuid@^14.0.3" });
    const { code, stderr } = await runDeno(["install"], { cwd: folder });
    assertEquals(code, 0, stderr);
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function writeConfiguration(folder: string, imports: Readonly<Record<string, string>>): Promise<void> {
  await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify({ imports }));
}

/** Registry with a fixed response to requests for vulnerabilities. */
function registry(respond: () => Response): { readonly env: Record<string, string> } & AsyncDisposable {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    await request.body?.cancel();
    return request.method === "POST" ? respond() : new Response(null, { status: 404 });
  });
  return {
    env: { NPM_CONFIG_REGISTRY: `http://127.0.0.1:${server.addr.port}/` },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const ADVISORY = {
  id: 1,
  url: "https://example.com/advisory",
  title: "Everything is wrong",
  severity: "low",
  vulnerable_versions: "<99",
  cwe: [],
  cvss: { score: 3, vectorString: null },
};

Deno.test("auditProject() reports nothing for a valid project", async () => {
  await withProject(async (cwd) => {
    await using good = registry(() => Response.json({}));
    const { findings, packages } = await auditProject({ cwd, env: good.env }, []);
    assertEquals([findings, packages], [[], 1]);
  });
});

Deno.test("auditProject() reports a lock file that does not match deno.json", async () => {
  await withProject(async (cwd) => {
    await writeConfiguration(cwd, { uuid: "npm:uuid@^14.0.3", nanotar: "npm:nanotar@^0.3.0" });
    const before = await Deno.readTextFile(join(cwd, "deno.lock"));
    await using good = registry(() => Response.json({}));
    const { findings } = await auditProject({ cwd, env: good.env }, []);
    assertMatch(findings[0] ?? "", /^deno\.lock: .*lockfile is out of date/);
    assertEquals(findings.length, 1);
    assertEquals(await Deno.readTextFile(join(cwd, "deno.lock")), before);
  });
});

Deno.test("auditProject() reports packages of additional lock files that are not downloaded", async () => {
  await withProject(async (cwd) => {
    const lock = { version: "5", npm: { "archway-is-not-published@1.0.0": { integrity: "sha512-a" } } };
    await Deno.writeTextFile(join(cwd, "other.lock"), JSON.stringify(lock));
    const line = "archway-is-not-published 1.0.0: not downloaded, so its licence is unknown";
    await using empty = registry(() => Response.json({}));
    const { findings, unknown } = await auditProject({ cwd, env: empty.env }, ["other.lock"]);
    assertEquals([findings, unknown], [[], [line]]);
  });
});

Deno.test("auditProject() fails on a known vulnerability, and reports a registry that does not respond", async () => {
  await withProject(async (cwd) => {
    await using bad = registry(() => Response.json({ uuid: [ADVISORY] }));
    const { findings, unknown } = await auditProject({ cwd, env: bad.env }, []);
    assertEquals([findings.length, unknown], [1, []]);
    assertMatch(findings[0] ?? "", /^deno\.lock: [^]*Everything is wrong[^]*uuid/);
    await using mute = registry(() => new Response(null, { status: 405 }));
    const unchecked = await auditProject({ cwd, env: mute.env }, []);
    assertEquals([unchecked.findings, unchecked.unknown.length], [[], 1]);
    assertMatch(unchecked.unknown[0] ?? "", /^VULNERABILITIES WERE NOT CHECKED/);
  });
});

Deno.test("knownVulnerabilities() returns the report of the registry", async () => {
  await withProject(async (cwd) => {
    await using good = registry(() => Response.json({}));
    assertEquals((await knownVulnerabilities("deno.lock", { cwd, env: good.env })).state, "none");
    const nowhere = { NPM_CONFIG_REGISTRY: "http://127.0.0.1:1/" };
    assertEquals((await knownVulnerabilities("deno.lock", { cwd, env: nowhere })).state, "unchecked");
  });
});
