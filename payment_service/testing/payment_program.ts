import { eventsModule } from "@archway/events/module.ts";
import { profileModule } from "@archway/profile_service/module.ts";
import { migrationSources } from "@archway/program/project.ts";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { databasesWith } from "@archway/tools/support/databases_with.ts";
import { paymentModule } from "../module.ts";

/** The payment module and the modules that it requires. */
export const PAYMENT_SERVICES: readonly ServiceModule[] = [eventsModule, profileModule, paymentModule];

/** Migrations of a program that serves payments. */
export const PAYMENT_MIGRATIONS = migrationSources(PAYMENT_SERVICES);

/** Test databases by name, with the tables of payments. */
export const PAYMENT_DATABASES = databasesWith(PAYMENT_MIGRATIONS);
