import { join } from "node:path";
import { PostgresProfileRepository } from "./persistence.ts";
import { defineService, type MountedService } from "@archway/service_kit/service_module.ts";
import { KeyRing } from "@archway/service_kit/signing/key_ring.ts";
import { routes, spec } from "@archway/api/profileapi/server.gen.ts";
import { ProfileAPI } from "./api.ts";
import { ProfileService } from "./app.ts";
import { CursorCodec } from "./cursor.ts";
import { PROFILE_PROBLEM_TYPES, profileProblem } from "./error_handler.ts";
import { seedCommand } from "./seed/seed_command.ts";

/** Profiles: the example to copy. */
export const profileModule = defineService({
  name: "profile_service",
  migrations: join(import.meta.dirname ?? ".", "migrations"),
  scopes: ["profiles:read", "profiles:write"],
  commands: [seedCommand],
  examples: [
    `curl -i {url}/v1/profiles -H 'Content-Type: application/json' -d '{"name":"Ada Lovelace"}'`,
    "curl -s {url}/v1/profiles",
  ],
  mount({ pool, now, newId, secrets, cursorTtlSeconds: ttlSeconds, tokens }): MountedService {
    const app = new ProfileService({
      connections: pool,
      profiles: new PostgresProfileRepository(),
      now,
      newId,
    });
    const keys = new KeyRing(secrets, "profile cursor");
    const cursors = new CursorCodec({ keys, ttlSeconds, nowMs: Date.now });
    return {
      api: {
        name: "profile",
        routes: routes(new ProfileAPI(app, { cursors, tokens })),
        document: spec,
        problemTypes: PROFILE_PROBLEM_TYPES,
        problemOf: profileProblem,
      },
    };
  },
});
