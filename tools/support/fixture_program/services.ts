import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { contactModule } from "../contact_service/module.ts";

/** Services of the program that tests of the platform run: contacts, and no capability. */
export const services: readonly ServiceModule[] = [contactModule];
