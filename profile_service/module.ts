import { join } from "node:path";
import { routes, spec } from "@archway/api/profileapi/server.gen.ts";
import { timeCursors } from "@archway/service_kit/page_cursors.ts";
import { defineService, type MountedService } from "@archway/service_kit/service_module.ts";
import { ProfileService } from "./app.ts";
import { PROFILE_SETTINGS, readProfileConfig } from "./profile_config.ts";
import { PROFILE_GRAPHQL, profileBatches } from "./graphql/profile_graphql.ts";
import { profileErasure } from "./profile_erasure.ts";
import { profileHandlers } from "./http/profile_handlers.ts";
import { profileProblems } from "./http/profile_problems.ts";
import { PostgresProfileRepository } from "./persistence/profile_repository.ts";
import { PROFILE_TABLES } from "./privacy/profile_tables.ts";
import { seedCommand } from "./seed/seed_command.ts";

/** The Profile service, the example to copy for new services. */
export const profileModule = defineService({
  name: "profile_service",
  migrations: join(import.meta.dirname ?? ".", "migrations"),
  tables: PROFILE_TABLES,
  personalData: async () => (await import("./privacy/profile_personal_data.ts")).profilePersonalData,
  scopes: ["profiles:read", "profiles:write"],
  commands: [seedCommand],
  examples: [
    `curl -i {url}/v1/profiles -H 'Content-Type: application/json' -d '{"name":"Ada Lovelace"}'`,
    "curl -s {url}/v1/profiles",
  ],
  exports: async () => [(await import("./export/profile_export.ts")).PROFILE_EXPORT],
  graphql: PROFILE_GRAPHQL,
  settings: PROFILE_SETTINGS,
  configure: readProfileConfig,
  hasBackground: true,
  mount(dependencies, { retentionMs }): MountedService {
    const { pool: connections, now, newId, tokens, audit } = dependencies;
    const repository = new PostgresProfileRepository({ eraseOnDelete: retentionMs === 0, audit });
    const profiles = new ProfileService({ connections, repository, now, newId });
    const handlerDependencies = { cursors: timeCursors("profile cursor", dependencies), tokens };
    const handlers = profileHandlers(profiles, handlerDependencies);
    return {
      graphql: profileBatches(profiles, handlerDependencies),
      api: { name: "profile", routes: routes(handlers), document: spec, ...profileProblems },
      background: {
        inline: true,
        open: () => Promise.resolve(profileErasure(profiles, { retentionMs, logger: dependencies.logger })),
      },
    };
  },
});
