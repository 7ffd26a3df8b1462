import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import {
  serviceDatabases,
  serviceMigrations,
  withRequired,
} from "@archway/tools/support/service_databases.ts";
import { paymentModule } from "../module.ts";

/** The payment module and the modules that it requires. */
export const PAYMENT_SERVICES: readonly ServiceModule[] = withRequired([paymentModule]);

/** Migrations of a program that serves payments. */
export const PAYMENT_MIGRATIONS = serviceMigrations(paymentModule);

/** Test databases by name, with the tables of payments. */
export const PAYMENT_DATABASES = serviceDatabases(paymentModule);
