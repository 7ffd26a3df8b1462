/** Types of the part of cli-progress that the program uses; the package has none. */
declare class SingleBar {
  constructor(options: {
    readonly format: string;
    readonly stream: NodeJS.WritableStream;
    readonly barsize: number;
    readonly formatValue: (value: number | string) => string;
    readonly hideCursor: boolean;
    readonly noTTYOutput: boolean;
    readonly notTTYSchedule: number;
  });
  start(total: number, startValue: number, payload: Readonly<Record<string, string>>): void;
  update(value: number, payload: Readonly<Record<string, string>>): void;
  stop(): void;
}

declare const progress: { readonly SingleBar: typeof SingleBar };
export default progress;
