import { cockpitModule } from "@archway/cockpit/module.ts";
import { eventsModule } from "@archway/events/module.ts";
import { exportModule } from "@archway/export/module.ts";
import { graphqlModule } from "@archway/graphql/module.ts";
import { jobsModule } from "@archway/jobs/module.ts";
import { mcpModule } from "@archway/mcp/module.ts";
import { privacyModule } from "@archway/privacy/module.ts";
import { paymentModule } from "./payment_service/module.ts";
import { profileModule } from "./profile_service/module.ts";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";

/** Services of this program, and the capabilities that they share. */
export const services: readonly ServiceModule[] = [
  cockpitModule,
  eventsModule,
  jobsModule,
  privacyModule,
  profileModule,
  paymentModule,
  exportModule,
  graphqlModule,
  mcpModule,
];
