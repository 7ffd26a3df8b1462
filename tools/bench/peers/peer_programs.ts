/** A program of a peer, in a folder with its own lock file. */
export interface PeerProgram {
  readonly name: string;
  /** Below `tools/bench/peers/`. */
  readonly folder: string;
  readonly runtime: "node" | "bun" | "go";
  /** File that is started, from the folder; of Go, that is built. */
  readonly entry: string;
  /** Whether `npm run build` makes the file. @default {false} */
  readonly build?: boolean;
  /** Packages whose versions are reported. */
  readonly shown: readonly string[];
}

/** Peers, each written as its documentation advises. */
export const PEER_PROGRAMS: readonly PeerProgram[] = [
  {
    name: "Go net/http + pgx",
    folder: "go",
    runtime: "go",
    entry: "peer",
    shown: ["pgx", "validator", "uuid"],
  },
  {
    name: "Hono on Bun",
    folder: "hono",
    runtime: "bun",
    entry: "server.ts",
    shown: ["hono", "@hono/zod-validator", "zod"],
  },
  { name: "Elysia on Bun", folder: "elysia", runtime: "bun", entry: "server.ts", shown: ["elysia"] },
  {
    name: "Fastify + pg",
    folder: "fastify",
    runtime: "node",
    entry: "server.ts",
    shown: ["fastify", "@fastify/postgres", "pg"],
  },
  {
    name: "NestJS on Fastify + pg",
    folder: "nest",
    runtime: "node",
    entry: "dist/main.js",
    build: true,
    shown: ["@nestjs/core", "@nestjs/platform-fastify", "class-validator", "pg"],
  },
];
