import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { parse } from "yaml";
import { renderer, renderWorkloads } from "./testing/render_overlay.ts";
import { containersOf } from "./testing/resource.ts";

const ignore = renderer === undefined;

Deno.test("Pods and containers comply with the restricted profile", { ignore }, async () => {
  const workloads = await renderWorkloads();
  assert(workloads.length >= 6);
  for (const { title, pod } of workloads) {
    assertEquals(pod.automountServiceAccountToken, false, title);
    assertEquals([pod.hostNetwork, pod.hostPID, pod.hostIPC], [undefined, undefined, undefined], title);
    const { runAsNonRoot, runAsUser = 0, seccompProfile } = pod.securityContext ?? {};
    assert(runAsNonRoot && runAsUser > 0, title);
    assertEquals(seccompProfile?.type, "RuntimeDefault", title);
    for (const { name, securityContext = {} } of containersOf(pod)) {
      // Fields that are not listed, such as another user, are not allowed.
      assertEquals(securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      }, `${title}, ${name}`);
    }
    for (const { name, secret, projected, emptyDir, ...others } of pod.volumes ?? []) {
      assertEquals(Object.keys(others), [], `${title}: ${name}`);
      assert(secret ?? projected ?? emptyDir?.sizeLimit, `${title}: ${name}`);
    }
  }
});

Deno.test("Containers have a pinned image and resources", { ignore }, async () => {
  for (const { title, pod } of await renderWorkloads()) {
    for (const { name, image, resources: { requests = {}, limits = {} } = {} } of containersOf(pod)) {
      const at = `${title}, ${name}`;
      assertMatch(image, /^[a-z0-9./-]+(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/, at);
      if (title.startsWith("production")) {
        assertMatch(image, /(:\d+\.\d+\.\d+|@sha256:[0-9a-f]{64})$/, at);
      }
      assert(requests["cpu"], at);
      // Memory cannot be taken back: what is used beyond the request would end other pods.
      assertEquals(requests["memory"], limits["memory"], at);
      assertMatch(limits["memory"] ?? "", /^\d+Mi$/, at);
    }
  }
});

Deno.test("PostgreSQL for development is that of compose.yaml", { ignore }, async () => {
  const file = await Deno.readTextFile(join(import.meta.dirname ?? ".", "../../compose.yaml"));
  const { services: { postgres } }: { services: { postgres: { image: string } } } = parse(file);
  const images = (await renderWorkloads()).filter(({ resource: { kind } }) => kind === "StatefulSet")
    .map(({ pod }) => pod.containers[0]?.image);
  assertEquals(new Set(images), new Set([postgres.image]));
});
