import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { auditProject } from "./audit_project.ts";
import { knownVulnerabilities } from "./known_vulnerabilities.ts";
import { runDeno } from "./run_deno.ts";

/** A project with one dependency, which this one has too, so that it is there already. */
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

/** A registry that answers the question for known vulnerabilities in one way, and nothing else. */
function registry(answer: () => Response): { readonly env: Record<string, string> } & AsyncDisposable {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    await request.body?.cancel();
    return request.method === "POST" ? answer() : new Response(null, { status: 404 });
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

Deno.test("auditProject() finds nothing in a project that is as it should be", async () => {
  await withProject(async (cwd) => {
    await using good = registry(() => Response.json({}));
    const { faults, packages } = await auditProject({ cwd, env: good.env }, []);
    assertEquals([faults, packages], [[], 1]);
  });
});

Deno.test("auditProject() finds a lock file that is not what deno.json asks for", async () => {
  await withProject(async (cwd) => {
    await writeConfiguration(cwd, { uuid: "npm:uuid@^14.0.3", nanotar: "npm:nanotar@^0.3.0" });
    const before = await Deno.readTextFile(join(cwd, "deno.lock"));
    await using good = registry(() => Response.json({}));
    const { faults } = await auditProject({ cwd, env: good.env }, []);
    assertMatch(faults[0] ?? "", /^deno\.lock: .*lockfile is out of date/);
    assertEquals(faults.length, 1);
    assertEquals(await Deno.readTextFile(join(cwd, "deno.lock")), before);
  });
});

Deno.test("auditProject() tells of packages of other lock files that are not here", async () => {
  await withProject(async (cwd) => {
    const lock = { version: "5", npm: { "archway-is-not-published@1.0.0": { integrity: "sha512-a" } } };
    await Deno.writeTextFile(join(cwd, "other.lock"), JSON.stringify(lock));
    const line = "archway-is-not-published 1.0.0: not downloaded here, so its licence is not known";
    await using nobody = registry(() => Response.json({}));
    const { faults, unknown } = await auditProject({ cwd, env: nobody.env }, ["other.lock"]);
    assertEquals([faults, unknown], [[], [line]]);
  });
});

Deno.test("auditProject() fails on a known vulnerability, and tells where the registry does not answer", async () => {
  await withProject(async (cwd) => {
    await using bad = registry(() => Response.json({ uuid: [ADVISORY] }));
    const { faults, unknown } = await auditProject({ cwd, env: bad.env }, []);
    assertEquals([faults.length, unknown], [1, []]);
    assertMatch(faults[0] ?? "", /^deno\.lock: [^]*Everything is wrong[^]*uuid/);
    await using mute = registry(() => new Response(null, { status: 405 }));
    const unchecked = await auditProject({ cwd, env: mute.env }, []);
    assertEquals([unchecked.faults, unchecked.unknown.length], [[], 1]);
    assertMatch(unchecked.unknown[0] ?? "", /^VULNERABILITIES WERE NOT CHECKED/);
  });
});

Deno.test("knownVulnerabilities() tells what the registry says", async () => {
  await withProject(async (cwd) => {
    await using good = registry(() => Response.json({}));
    assertEquals((await knownVulnerabilities("deno.lock", { cwd, env: good.env })).state, "none");
    const nowhere = { NPM_CONFIG_REGISTRY: "http://127.0.0.1:1/" };
    assertEquals((await knownVulnerabilities("deno.lock", { cwd, env: nowhere })).state, "unchecked");
  });
});
