import type { ServiceCommand } from "@archway/service_kit/command.ts";

/** `export`: writes data sets as Parquet files, and lists them. */
export const exportCommand: ServiceCommand = {
  name: "export",
  summary: "export data sets for analytics, as Parquet files",
  usage: ["<data set>… --to <target> [--full] [--json]", "list [--json]"],
  arguments: [
    ["<data set>…", "data sets to export, or all; what was not exported before is added"],
    ["--to <target>", "directory, or s3://bucket/prefix; each data set has a folder there"],
    ["--full", "export all rows again, and replace the files at the end"],
    ["list", "show the data sets and their columns"],
    ["--json", "print JSON instead of text, a line for each data set when it is exported"],
  ],
  async run(args, context): Promise<number> {
    const { runExport } = await import("./run_export.ts");
    return await runExport(args, context);
  },
};
