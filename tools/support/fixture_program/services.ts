import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { contactModule } from "../contact_service/module.ts";

/** Services of the fixture program: contacts, and no capability. */
export const services: readonly ServiceModule[] = [contactModule];
