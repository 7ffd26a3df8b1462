import { assertEquals } from "@std/assert";
import type { DatabaseCatalog } from "./database_catalog.ts";
import { statementLine } from "./dump_format.ts";
import { dumpStatements } from "./dump_statements.ts";
import { sqlLiteral } from "./sql_literal.ts";

const CHECKED = { table: "public.a", name: "named", definition: "CHECK (f(x)\n> 0) NOT VALID" };

const CATALOG: DatabaseCatalog = {
  ...{ tables: [], sequences: [], triggers: [], forcedSecurity: [], materializedViews: [] },
  constraints: [{ ...CHECKED, enforced: true, validated: false }],
};

const isOfDumps = dumpStatements(CATALOG);

const HEAD = "INSERT INTO public.a (x, y) OVERRIDING SYSTEM VALUE VALUES ";

Deno.test("dumpStatements() accepts every text as a value", () => {
  const texts = [
    "",
    "'",
    "''",
    "\\",
    "\\'",
    "'\\",
    "a\nb",
    '"',
    "); DROP TABLE a; --",
    "E'",
    "$$",
    "é\u0001",
    "?",
    null,
  ];
  for (const text of texts) {
    for (const other of texts) {
      const line = `${HEAD}(${sqlLiteral(text)}, ${sqlLiteral(other)}), (NULL, ${sqlLiteral(text)});`;
      assertEquals([line, isOfDumps(line)], [line, true]);
    }
  }
  const large = `${HEAD}(${sqlLiteral("'\\\n".repeat(1_000_000))}, ${sqlLiteral("'".repeat(1_000_000))});`;
  assertEquals(isOfDumps(large), true);
});

Deno.test("dumpStatements() accepts the other statements of dumps, with any names", () => {
  const name = `"a ""b"" 'c"."D; E"`;
  const lines = [
    `INSERT INTO ${name} ("x '", y) OVERRIDING SYSTEM VALUE VALUES ('1', NULL);`,
    `INSERT INTO ${name} SELECT FROM generate_series(1, 10);`,
    `DELETE FROM ONLY ${name};`,
    `SELECT setval('public.a_seq', 9007199254740993, true);`,
    `REFRESH MATERIALIZED VIEW ${name};`,
    `ALTER TABLE ${name} ALTER CONSTRAINT "F" NOT ENFORCED;`,
    `ALTER TABLE ${name} DROP CONSTRAINT f;`,
    ...["DISABLE TRIGGER USER", "ENABLE ALWAYS TRIGGER t", "NO FORCE ROW LEVEL SECURITY"].map((change) =>
      `ALTER TABLE public.a ${change};`
    ),
    statementLine(`ALTER TABLE public.a ADD CONSTRAINT named ${CHECKED.definition}`),
  ];
  for (const line of lines) assertEquals([line, isOfDumps(line)], [line, true]);
});

Deno.test("dumpStatements() rejects commands, calls and names in place of values", () => {
  const lines = [
    "COPY (SELECT 1) TO PROGRAM 'id';",
    "DO 'BEGIN EXECUTE ''DROP TABLE a''; END';",
    "SELECT pg_read_file('/etc/passwd');",
    "SELECT setval(lo_import('/etc/passwd'), 1, true);",
    "DELETE FROM ONLY a; DROP TABLE a;",
    "DELETE FROM ONLY a WHERE f();",
    "ALTER TABLE public.a ADD CONSTRAINT other CHECK (f(x));",
    "ALTER TABLE public.a OWNER TO b;",
    ...[
      ...[
        "(f(), NULL);",
        "(x, NULL);",
        "('a' || f(), NULL);",
        "((SELECT 1), NULL);",
        "('a', NULL)",
        "('a, NULL);",
      ],
      ...[
        "('a'); DROP TABLE a; --');",
        "(E'\\', f(), '');",
        "('\\', f(), '');",
        "(U&'a', NULL);",
        "($$a$$, NULL);",
      ],
      ...["('a'/**/, NULL);", "('a' 'b', NULL);", "(xE'\\', f(), '');", "('a', NULL) RETURNING f();"],
    ].map((values) => HEAD + values),
  ];
  for (const line of lines) assertEquals([line, isOfDumps(line)], [line, false]);
});
