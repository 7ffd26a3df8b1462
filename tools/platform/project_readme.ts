/** Contents of a project, for its README.md. */
export interface ProjectContents {
  readonly name: string;
  /** Name and version of its template. */
  readonly origin: string;
  /** Folders of its services. */
  readonly services: readonly string[];
}

/** Returns the README.md of a new project, which is the team's from then on. */
export function projectReadme({ name, origin, services }: ProjectContents): string {
  const heading = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  const folders = services.map((service) =>
    `| \`${service}/\` | a service: domain, use cases, HTTP, SQL, tests |\n`
  );
  const first = services.length > 0 ? "" : `
There is no service yet. Write the first one, with its table and tests, and start it:

${SCAFFOLD}`;
  const another = services.length === 0 ? "" : `
## Add a service

${SCAFFOLD}`;
  return `# ${heading}

An HTTP API service. OpenAPI documents in \`oapi/\` are the source: types, strict handlers and validators are
generated from them. The data is in PostgreSQL, which is embedded for development. Made from ${origin}.

## Start

Deno 2.9 is the only requirement.

\`\`\`sh
deno task dev      # run it, reload on change; prints the URL, whose /docs is a reference of the API
deno task check    # format, lint, types, generated files, import boundaries
deno task test     # the tests of the services, on the embedded database and on PostgreSQL 18
\`\`\`
${first}${another}
\`--help\` lists the types of fields. For a document that you have already, see
[an OpenAPI document of your own](docs/own-document.md).

## Layout

Yours:

| Path | Contents |
| --- | --- |
| \`main.ts\`, \`services.ts\`, \`config.ts\` | the program, its list of services, its name |
| \`oapi/\` | OpenAPI documents and their generator settings |
${
    folders.join("")
  }| \`deno.json\`, \`compose.yaml\` | tasks and dependencies, servers for development; upgrades merge them |
| \`README.md\`, \`CHANGELOG.md\` | this page, and what users of the API notice |

The platform, which upgrades replace: \`server/\`, \`db/\`, \`platform/\`, \`tools/\`, \`tests/\`. Upgrades replace \`docs/\`,
\`deployment/\`, \`.github/\`, \`AGENTS.md\` and the like as well, file by file, until you edit them. Tasks write
\`api/\`, \`.env.example\` and each \`schema.sql\`. \`deno task check\` reports edited files of the platform
([upgrades](docs/upgrades.md)).

## Guide

[Development](docs/development.md), [architecture](docs/architecture.md),
[migrations](docs/migrations.md), [configuration](docs/configuration.md), [HTTP](docs/http.md),
[security](docs/security.md), [operations](docs/operations.md); the rest is in \`docs/\`.
`;
}

const SCAFFOLD = `\`\`\`sh
deno task new service bookings --field amount:money --field 'status:enum(open,paid)'
deno task check
deno task test bookings_service/
\`\`\`
`;
