import type { Idempotency, KeyedResponse } from "@archway/server/idempotency.ts";

/** One of so many requests meets a defect that is rare. */
const ONE_IN = 4;

/** Defects of idempotency keys, by name. */
export const IDEMPOTENCY_FAULTS: Readonly<Record<string, (inner: Idempotency) => Idempotency>> = {
  "key ignored": (inner) => ({
    run: (request, work) => inner.run({ ...request, key: crypto.randomUUID() }, work),
  }),
  "key of another owner accepted": (inner) => ({
    run: (request, work) => inner.run({ ...request, principal: "anyone" }, work),
  }),
  "double apply: the work runs again after its response": (inner) => ({
    async run(request, work): Promise<KeyedResponse> {
      const response = await inner.run(request, work);
      if (sometimes()) await inner.run({ ...request, key: crypto.randomUUID() }, work);
      return response;
    },
  }),
  "retry after an unknown commit without its check": (inner) => ({
    async run(request, work): Promise<KeyedResponse> {
      const isUnknown = sometimes();
      if (isUnknown) await inner.run(request, work);
      return await inner.run(isUnknown ? { ...request, key: crypto.randomUUID() } : request, work);
    },
  }),
};

/** Replays keys with the fresh header fields of their first response. */
export function replayTokens(inner: Idempotency): Idempotency {
  const known = new Map<string, KeyedResponse["fresh"]>();
  return {
    async run(request, work): Promise<KeyedResponse> {
      const response = await inner.run(request, work);
      const first = known.get(request.key) ?? response.fresh;
      known.set(request.key, first);
      return { ...response, fresh: first };
    },
  };
}

function sometimes(): boolean {
  return Math.random() * ONE_IN < 1;
}
