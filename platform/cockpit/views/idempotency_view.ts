import type { DeveloperView, ViewPage } from "@archway/service_kit/developer_view.ts";
import { listIdempotencyKeys } from "@archway/service_kit/list_idempotency_keys.ts";
import type { CockpitState } from "../cockpit_state.ts";
import { readOnly } from "./inspected_program.ts";

/** Number of keys on a page. */
const PAGE = 50;

/** View of the stored idempotency keys, newest first. Keys themselves are not stored, only their hashes. */
export function idempotencyView(state: CockpitState): DeveloperView {
  return {
    async show({ path, query: { id, expiresAt } }): Promise<ViewPage | undefined> {
      if (path.length > 0) return undefined;
      const after = id === undefined || expiresAt === undefined ? undefined : { id, expiresAt };
      const found = await readOnly(
        state,
        (tx) => listIdempotencyKeys(tx, { after, now: new Date().toISOString(), limit: PAGE + 1 }),
      );
      const keys = found.slice(0, PAGE);
      const last = found.length > PAGE ? keys.at(-1) : undefined;
      return {
        sections: [
          {
            kind: "note",
            text: "A key is stored when its request has ended, as the hash of its caller, operation and key.",
          },
          {
            kind: "table",
            title: "Keys, newest first",
            columns: ["Hash", "Operation", "State", "Created", "Expires", "Status", "Bytes of the body"],
            rows: keys.map(({ id, operation, isExpired, createdAt, expiresAt, status, bodyBytes }) => ({
              cells: [
                {
                  text: `${id.slice(0, 16)}…`,
                  link: { table: "idempotency_keys", where: { id: `\\x${id}` } },
                },
                operation,
                isExpired ? "expired" : "replayed",
                { time: createdAt },
                { time: expiresAt },
                { text: String(status), isBad: status >= 400 },
                bodyBytes,
              ],
            })),
            empty: "No key is stored.",
          },
          {
            kind: "bar",
            links: last === undefined ? [] : [{
              text: "Older keys",
              link: { view: "idempotency", query: { id: last.id, expiresAt: last.expiresAt } },
            }],
          },
        ],
        isLive: after === undefined,
      };
    },
  };
}
