import { assert, assertEquals } from "@std/assert";
import { OVERLAYS, renderer, renderOverlay, renderWorkloads } from "./testing/render_overlay.ts";
import { containersOf, type Labels, type Selector, selects } from "./testing/resource.ts";

const ignore = renderer === undefined;

/** Policies of prerequisites select pods of the folder beside it, too. */
const BESIDE = new Map([
  ["production", "production/migrations"],
  ["production/migrations", "production"],
  ["development", "development/migrations"],
  ["development/migrations", "development"],
]);

Deno.test("Overlays have one namespace, and each name once", { ignore }, async () => {
  for (const overlay of OVERLAYS) {
    const resources = await renderOverlay(overlay);
    const names = resources.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    assertEquals(names.filter((name, index) => names.indexOf(name) !== index), [], overlay);
    const [namespace] = resources.filter(({ kind }) => kind === "Namespace");
    assert(namespace, overlay);
    assertEquals(namespace.metadata.labels?.["pod-security.kubernetes.io/enforce"], "restricted");
    for (const { kind, metadata } of resources) {
      if (kind !== "Namespace") assertEquals(metadata.namespace, namespace.metadata.name, metadata.name);
    }
  }
});

Deno.test("Selectors of overlays match labels, and named ports exist", { ignore }, async () => {
  const workloads = await renderWorkloads();
  for (const overlay of OVERLAYS) {
    const pods = workloads.filter((workload) => workload.overlay === overlay);
    const beside = workloads.filter((workload) => workload.overlay === BESIDE.get(overlay));
    const portsOf = ({ pod }: typeof pods[number]): readonly string[] =>
      containersOf(pod).flatMap(({ ports = [] }) => ports.map(({ name }) => name));
    for (const { kind, metadata, spec } of await renderOverlay(overlay)) {
      const title = `${overlay}: ${kind} ${metadata.name}`;
      const selected = (selector: Selector, among = pods): typeof pods =>
        among.filter(({ labels }) => selects(selector, labels));
      if (kind === "Service") {
        const matchLabels: Labels = spec.selector ?? {};
        const found = selected({ matchLabels });
        assert(found.length > 0, title);
        for (const { targetPort } of spec.ports ?? []) {
          for (const pod of found) assert(portsOf(pod).includes(targetPort), `${title}: ${targetPort}`);
        }
      } else if (kind === "PodDisruptionBudget") {
        assertEquals(selected(spec.selector ?? {}).length, 1, title);
      } else if (kind === "HorizontalPodAutoscaler") {
        const target = pods.find(({ resource }) => resource.metadata.name === spec.scaleTargetRef?.name);
        assertEquals(target?.resource.kind, spec.scaleTargetRef?.kind, title);
        assertEquals(
          target?.resource.spec.replicas,
          undefined,
          "A rollout would reset what the autoscaler sets",
        );
      } else if (kind === "NetworkPolicy") {
        const found = selected(spec.podSelector ?? {}, [...pods, ...beside]);
        assert(found.length > 0, title);
        for (const { port } of (spec.ingress ?? []).flatMap(({ ports = [] }) => ports)) {
          for (const pod of found) assert(portsOf(pod).includes(String(port)), `${title}: ${port}`);
        }
      }
    }
  }
});

Deno.test("Workloads select their own pods, and every pod has a network policy", { ignore }, async () => {
  for (const { title, overlay, resource, pod, labels, all } of await renderWorkloads()) {
    const { kind, spec } = resource;
    if (kind !== "Job") assert(spec.selector && selects(spec.selector, labels), title);
    for (const { labelSelector } of pod.topologySpreadConstraints ?? []) {
      assert(selects(labelSelector, labels), title);
    }
    const { serviceAccountName: account } = pod;
    if (account !== undefined) {
      const found = all.find(({ kind, metadata }) => kind === "ServiceAccount" && metadata.name === account);
      assertEquals(found?.automountServiceAccountToken, false, title);
    }
    // PostgreSQL is applied with the migrations as well.
    const policies = [...all, ...await renderOverlay(BESIDE.get(overlay) ?? overlay)].filter((one) =>
      one.kind === "NetworkPolicy"
    );
    assert(policies.some(({ spec }) => selects(spec.podSelector ?? {}, labels)), title);
  }
});
