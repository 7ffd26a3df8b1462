import { join } from "node:path";
import { routes, spec } from "@archway/api/paymentapi/server.gen.ts";
import { PageCursors, type PageCursorsOptions } from "@archway/service_kit/paging/page_cursors.ts";
import { NUMBER, TIME_AND_ID } from "@archway/service_kit/paging/pivot_format.ts";
import { defineService, type MountedService } from "@archway/service_kit/service_module.ts";
import { KeyRing } from "@archway/service_kit/signing.ts";
import { paymentApi } from "./api.ts";
import { PAYMENT_PROBLEM_TYPES, paymentProblem } from "./error_handler.ts";
import { PAYMENT_CATALOG } from "./events/payment_catalog.ts";
import { openPaymentService } from "./open_payment_service.ts";
import { rebuildCommand } from "./rebuild/rebuild_command.ts";

/** Payments: accounts, payments and refunds, stored as events and projections of them. */
export const paymentModule = defineService({
  name: "payment_service",
  requires: ["events", "profile_service"],
  migrations: join(import.meta.dirname ?? ".", "migrations"),
  events: PAYMENT_CATALOG,
  scopes: ["payments:read", "payments:write", "payments:deposit"],
  commands: [rebuildCommand],
  mount({ pool, now, newId, secrets, cursorTtlSeconds: ttlSeconds, tokens }): MountedService {
    const cursorOptions = (purpose: string): Omit<PageCursorsOptions<never>, "pivot"> => (
      { keys: new KeyRing(secrets, purpose), ttlSeconds, nowMs: Date.now }
    );
    const api = paymentApi({
      app: openPaymentService(pool, { now, newId }),
      cursors: new PageCursors({ ...cursorOptions("payment cursor"), pivot: TIME_AND_ID }),
      versionCursors: new PageCursors({ ...cursorOptions("payment history cursor"), pivot: NUMBER }),
      tokens,
    });
    return {
      api: {
        name: "payment",
        routes: routes(api),
        document: spec,
        problemTypes: PAYMENT_PROBLEM_TYPES,
        problemOf: paymentProblem,
      },
    };
  },
});
