import type { ServiceCommand } from "@archway/service_kit/command.ts";

/** `privacy`: exports and erases everything about a person. */
export const privacyCommand: ServiceCommand = {
  name: "privacy",
  summary: "export or erase everything about a person",
  usage: [
    "export --subject <id>",
    "erase --subject <id> [--again | --confirm <request>] [--insist]",
    "encrypt",
    "scrub",
  ],
  arguments: [
    ["export", "print everything about a person as JSON, with the table where it stands"],
    ["erase", "request an erasure; with --confirm, erase and print the receipt"],
    ["encrypt", "encrypt personal fields of events that were stored in plain text"],
    ["scrub", "rewrite the tables that had personal data, so that no deleted bytes are left in their files"],
    ["--subject <id>", "id of the person: that of their profile"],
    ["--confirm <request>", "id of the request, which erase prints"],
    ["--again", "request another erasure of a person who was erased before"],
    ["--insist", "erase although it strands something, such as a balance, as the request prints"],
  ],
  async run(args, context): Promise<number> {
    const { runPrivacy } = await import("./run_privacy.ts");
    return await runPrivacy(args, context);
  },
};
