import type {
  ConfiguredService,
  MountedService,
  ServiceDependencies,
  ServiceModule,
} from "@archway/service_kit/service_module.ts";
import { handleJob } from "@archway/service_kit/job.ts";
import type { SettingsReader } from "@archway/service_kit/setting.ts";
import { exportCommand } from "./command/export_command.ts";
import { EXPORT_SETTINGS, readExportConfig, readScheduleConfig } from "./export_config.ts";
import { exportJob, exportSchedule } from "./schedule/export_schedule.ts";
import type { ScheduledExport, ScheduledExportOptions } from "./schedule/scheduled_export.ts";

/** Service module of exports: the command that writes the data sets of all services for analytics, and its schedule. */
export const exportModule: ServiceModule = {
  name: "export",
  settings: EXPORT_SETTINGS,
  commands: [exportCommand],
  configure(reader: SettingsReader): ConfiguredService {
    const config = readExportConfig(reader);
    const { target, cron } = readScheduleConfig(reader);
    if (target === undefined) return { name: "export", mount: (): MountedService => ({}) };
    return {
      name: "export",
      jobs: [exportJob],
      schedules: [exportSchedule(cron)],
      mount(dependencies: ServiceDependencies): MountedService {
        let opened: Promise<ScheduledExport> | undefined;
        const open = (): Promise<ScheduledExport> =>
          opened ??= openScheduled({ target, config }, dependencies);
        return {
          jobs: [handleJob(exportJob, async (_, context) => await (await open()).run(context))],
          // Ends before the worker of jobs, which would wait for it.
          background: { inline: true, open },
        };
      },
    };
  },
};

/** Loads what scheduled exports need: most programs have none. */
async function openScheduled(
  options: ScheduledExportOptions,
  dependencies: ServiceDependencies,
): Promise<ScheduledExport> {
  const [{ ScheduledExport }, exports] = await Promise.all([
    import("./schedule/scheduled_export.ts"),
    dependencies.exports(),
  ]);
  return new ScheduledExport(options, { ...dependencies, exports });
}
