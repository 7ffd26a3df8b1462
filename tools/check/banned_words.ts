import { join } from "node:path";
import { listFiles } from "./list_files.ts";

/** A word that the project does not use, and what it uses instead. */
interface BannedWord {
  readonly pattern: RegExp;
  readonly instead: string;
}

/** Words of no field, banned in every text file. */
const BANNED: readonly BannedWord[] = [
  { pattern: /\b(?:un)?told\b|\btell(?:s|ing)?\b/gi, instead: "send, return, report, publish or notify" },
  {
    pattern: /\b(?:nobody|somebody|whoever)\b/gi,
    instead: "a caller, a client, an operator, or no … and any …",
  },
  { pattern: /\banew\b/gi, instead: "again, new, or the verb with re-" },
  { pattern: /\bfor ever\b/gi, instead: "forever, or the bound that is missing" },
  { pattern: /\bat the most\b/gi, instead: "at most" },
  { pattern: /\bis given\b/gi, instead: "the noun: with a key, if set, the argument" },
  { pattern: /^(?:<{7}|\|{7}|>{7})(?: |$)/gm, instead: "the text without conflict markers" },
  { pattern: /\bmore than nothing\b/gi, instead: "greater than zero" },
];

/** Former terms of the platform. A service may have them in its domain: an order is a draft, a question has an answer. */
const BANNED_IN_PLATFORM: readonly BannedWord[] = [
  { pattern: /answer/gi, instead: "response, respond, result or reply" },
  { pattern: /happening|occasion(?!ally)/gi, instead: "event, event context" },
  { pattern: /\b(?:viewerOf|EVERYONE)\b|\bViewer\b/g, instead: "AccessScope" },
  { pattern: /\bliving\b/gi, instead: "active, not deleted" },
  { pattern: /draft(?!-)/gi, instead: "input" },
  { pattern: /\bpivot\b/gi, instead: "cursor anchor" },
  { pattern: /\bstretch(?:es)?\b/gi, instead: "page window" },
  { pattern: /\bleft alone\b/gi, instead: "quarantined, backing off, unchanged" },
  { pattern: /(?<![a-z])lanes?(?![a-z])|Lanes?(?![a-z])/g, instead: "ordering key" },
  { pattern: /\bstrained\b|\bStrained/g, instead: "throttled" },
  { pattern: /\bgiveBack|\bgives? back\b|\bgiven back\b/gi, instead: "release, refund, return" },
  {
    pattern: /\bkept[A-Z]|Kept[A-Z]|[a-z]Kept\b|MigrationKeeper/g,
    instead: "stored, loadOrCreate, MigrationGate",
  },
  {
    pattern: /\b(?:tell|warn)OfPower|blamingRoutes|isForPeople|describeFault/g,
    instead: "checkRolePrivileges, isUserFacing, formatError",
  },
  { pattern: /patience/gi, instead: "timeout" },
  { pattern: /\bstand(?:s|ing)? in line\b/gi, instead: "queueing delay" },
  { pattern: /\bgrowing[ -]out\b/gi, instead: "migrating to an external PostgreSQL" },
  { pattern: /\bhostile\b/gi, instead: "negative tests" },
  { pattern: /\bunseal(?:s|ed)?\b|\bseal(?:s|ed|ing)?\b|[sS]ealRing/g, instead: "encrypt, decrypt" },
  {
    pattern: /Notebook|Mortal|Cutter|Storm[A-Z]|\bstorm\b/g,
    instead: "recorder, crash test, fault proxy, load",
  },
  { pattern: /\blook(?:s|ed)? like nothing\b|\bgrow(?:s|n)? old\b/gi, instead: "the state's name" },
];

/** In comments and documentation alone. */
const BANNED_IN_PROSE: readonly BannedWord[] = [
  { pattern: /\bundefined: /gi, instead: '@default, or "if undefined"' },
  {
    pattern: /\/\*\* (?:What|Who|Whom|Whose|How|Whatever|Where)\b/g,
    instead: "a noun phrase, or a verb in the third person",
  },
];

/** Terms of standards, table names and values of the API in which a banned word may stand. */
const QUOTED: readonly RegExp[] = [
  /draft-[a-z0-9-]+/g,
  /https?:\/\/\S+/g,
  /\bwebhook_lanes(?:_\w+)?\b/g,
  /\bbroken-answer\b/g,
  /\bPOSTGRES_REPLICA_PATIENCE\b/g,
];

/**
 * Migrations that databases have applied, where a changed comment would change the checksum, and dumps of the schemas
 * that they create.
 */
const APPLIED_MIGRATION = /\/migrations\/2026112\d+_\w+\.sql$|\/schema\.sql$|^tests\/upgrade\/\w+\.sql$/;

/** Files of services, which have words of their own. */
const OF_SERVICES = /^[a-z0-9]+_service\/|^oapi\//;

const PROSE_LINE = /^\s*(?:\/\*\*|\*|\/\/|#|--)|^[^\n]*\/\/ /;
const OPENING = /\/\*\*\n\s*\* /g;

const TEXT = /\.(?:[cm]?[jt]sx?|md|ya?ml|json|sql|sh|conf)$|^\.ci\/run$|^\.env\.example$/;
/** Generated files, documents of others, and the two files that have the words themselves. */
const EXEMPT =
  /(?:^|\/)api\/|^oapi\/[^/]+\/|^deno\.lock$|^tools\/check(?:\/banned_words)?(?:(?:_slow)?_test)?\.ts$/;

/** Returns a line for every banned word in the files below a root. */
export async function bannedWordsBelow(root: string): Promise<readonly string[]> {
  const paths = (await listFiles(root)).filter((path) => TEXT.test(path) && !EXEMPT.test(path));
  const found = await Promise.all(
    paths.map(async (path) => bannedWords(path, await Deno.readTextFile(join(root, path)))),
  );
  return found.flat();
}

/** Returns a line for every banned word in a text. */
export function bannedWords(path: string, text: string): readonly string[] {
  if (APPLIED_MIGRATION.test(path)) return [];
  const isMarkdown = path.endsWith(".md");
  const everywhere = OF_SERVICES.test(path) ? BANNED : [...BANNED, ...BANNED_IN_PLATFORM];
  const clean = QUOTED.reduce(
    (rest, quoted) => rest.replace(quoted, (found) => " ".repeat(found.length)),
    text,
  );
  // The first sentence of a comment of several lines stands on the line after its opening.
  const openings = new Set(
    [...clean.matchAll(OPENING)].map(({ index }) => clean.slice(0, index).split("\n").length + 1),
  );
  return clean.split("\n").flatMap((line, index) => {
    const number = index + 1;
    const prose = openings.has(number) ? line.replace(/^\s*\* /, "/** ") : line;
    const words = isMarkdown || PROSE_LINE.test(line) ? [...everywhere, ...BANNED_IN_PROSE] : everywhere;
    return words.flatMap(({ pattern, instead }) =>
      [...prose.matchAll(pattern)].map(([found]) => `${path}:${number}: "${found.trim()}": use ${instead}`)
    );
  });
}
