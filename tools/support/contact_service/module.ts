import { join } from "node:path";
import { timeCursors } from "@archway/service_kit/page_cursors.ts";
import { defineService, type MountedService } from "@archway/service_kit/service_module.ts";
import { routes, spec } from "./api/contactapi/server.gen.ts";
import { ContactService } from "./app.ts";
import { fillCommand } from "./fill_command.ts";
import { contactHandlers } from "./http/contact_handlers.ts";
import { contactProblems } from "./http/contact_problems.ts";
import { PostgresContactRepository } from "./persistence/contact_repository.ts";

/**
 * Contact service, a neutral fixture for tests of the platform. These remain when the examples are removed. It has the
 * structure and the rules of profile_service.
 */
export const contactModule = defineService({
  name: "contact_service",
  migrations: join(import.meta.dirname ?? ".", "migrations"),
  scopes: ["contacts:read", "contacts:write"],
  graphql: {
    document: spec,
    queries: { contact: "getContact", contacts: "listContacts" },
    mutations: {
      createContact: "createContact",
      replaceContact: "replaceContact",
      updateContact: "patchContact",
      deleteContact: "deleteContact",
    },
  },
  commands: [fillCommand],
  examples: ["curl -s {url}/v1/contacts"],
  mount(dependencies): MountedService {
    const { pool: connections, now, newId, tokens } = dependencies;
    const repository = new PostgresContactRepository();
    const contacts = new ContactService({ connections, repository, now, newId });
    const handlers = contactHandlers(contacts, {
      cursors: timeCursors("contact cursor", dependencies),
      tokens,
    });
    return { api: { name: "contact", routes: routes(handlers), document: spec, ...contactProblems } };
  },
});
