import { join } from "node:path";
import { routes, spec } from "@archway/api/paymentapi/server.gen.ts";
import { EventFeed } from "@archway/events/event_feed.ts";
import { EventStore } from "@archway/events/event_store.ts";
import { enqueue } from "@archway/jobs/enqueue.ts";
import { numberCursors, timeCursors } from "@archway/service_kit/page_cursors.ts";
import { defineService, type MountedService } from "@archway/service_kit/service_module.ts";
import { PaymentApp } from "./app/payment_app.ts";
import { PAYMENT_CATALOG } from "./events/payment_catalog.ts";
import { PAYMENT_UPCASTERS, personalFieldsOf } from "./events/payment_event_data.ts";
import { paymentRecipients } from "./events/payment_recipients.ts";
import { PAYMENT_GRAPHQL, paymentBatches } from "./graphql/payment_graphql.ts";
import { accountHandlers } from "./http/account_handlers.ts";
import { paymentHandlers } from "./http/payment_handlers.ts";
import { paymentProblems } from "./http/payment_problems.ts";
import { paymentRequestBatchHandlers } from "./http/payment_request_batch_handlers.ts";
import { paymentRequestHandlers } from "./http/payment_request_handlers.ts";
import { refundHandlers } from "./http/refund_handlers.ts";
import { createRequests, PAYMENT_JOBS, PAYMENT_SCHEDULES, paymentJobHandlers } from "./jobs/payment_jobs.ts";
import { PostgresAccountRepository } from "./persistence/account_repository.ts";
import { PostgresLedger } from "./persistence/ledger.ts";
import { PostgresPaymentRepository } from "./persistence/payment_repository.ts";
import { PostgresPaymentRequestBatchRepository } from "./persistence/payment_request_batch_repository.ts";
import { PostgresPaymentRequestRepository } from "./persistence/payment_request_repository.ts";
import { PostgresProfileDirectory } from "./persistence/profile_directory.ts";
import { PAYMENT_TABLES } from "./privacy/payment_tables.ts";
import { rebuildCommand } from "./rebuild/rebuild_command.ts";
import { seedCommand } from "./seed/seed_command.ts";

/** Payments: accounts, payments, refunds and payment requests, stored as events and projections of them. */
export const paymentModule = defineService({
  name: "payment_service",
  requires: ["events", "jobs", "profile_service"],
  migrations: join(import.meta.dirname ?? ".", "migrations"),
  tables: PAYMENT_TABLES,
  personalData: async () => (await import("./privacy/payment_personal_data.ts")).paymentPersonalData,
  events: PAYMENT_CATALOG,
  jobs: PAYMENT_JOBS,
  schedules: PAYMENT_SCHEDULES,
  scopes: ["payments:read", "payments:write", "payments:deposit"],
  commands: [
    rebuildCommand,
    seedCommand,
  ],
  exports: async () => (await import("./export/payment_exports.ts")).PAYMENT_EXPORTS,
  graphql: PAYMENT_GRAPHQL,
  mount(dependencies): MountedService {
    const { pool: connections, logger, now, newId, tokens, cipher, audit } = dependencies;
    const events = new EventStore(PAYMENT_UPCASTERS, { personal: personalFieldsOf, cipher });
    const app = new PaymentApp({
      connections,
      accounts: new PostgresAccountRepository(),
      payments: new PostgresPaymentRepository(events),
      requests: new PostgresPaymentRequestRepository(events),
      batches: new PostgresPaymentRequestBatchRepository(),
      enqueueBatch: async (tx, batchId, traceparent) => {
        await enqueue(tx, createRequests, { batchId }, { uniqueKey: batchId, traceparent });
      },
      profiles: new PostgresProfileDirectory(),
      ledger: new PostgresLedger(events, audit),
      audit,
      now,
      newId,
    });
    const cursors = timeCursors("payment cursor", dependencies);
    const versionCursors = numberCursors("payment history cursor", dependencies);
    const handlerDependencies = { app, cursors, versionCursors, tokens, newId };
    const handlers = {
      ...accountHandlers(handlerDependencies),
      ...paymentHandlers(handlerDependencies),
      ...refundHandlers(handlerDependencies),
      ...paymentRequestHandlers(handlerDependencies),
      ...paymentRequestBatchHandlers(handlerDependencies),
    };
    return {
      api: { name: "payment", routes: routes(handlers), document: spec, ...paymentProblems },
      jobs: paymentJobHandlers(app),
      graphql: paymentBatches({
        ...handlerDependencies,
        feed: new EventFeed({
          ...{ pool: connections, logger },
          store: new EventStore(PAYMENT_UPCASTERS, { categories: ["payment"], cipher }),
          recipients: paymentRecipients,
        }),
        feedCursors: numberCursors("payment feed cursor", dependencies),
        audit,
      }),
    };
  },
});
