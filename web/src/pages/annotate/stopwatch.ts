/** The seconds for which somebody could look: time with the page in view. Pure; the caller brings the clock. */
export interface Stopwatch {
  /** Counted before `since`, in milliseconds. */
  readonly counted: number;
  /** When it was last started; null while it stands. */
  readonly since: number | null;
}

/** A watch that stands at so many seconds. */
export function stopped(seconds: number): Stopwatch {
  return { counted: seconds * 1000, since: null };
}

/** Start or stop it; to start what runs, and to stop what stands, changes nothing. */
export function run(watch: Stopwatch, running: boolean, now: number): Stopwatch {
  if (running === (watch.since !== null)) return watch;
  return { counted: elapsed(watch, now), since: running ? now : null };
}

/** What it shows, in seconds to a tenth. */
export function seconds(watch: Stopwatch, now: number): number {
  return Math.round(elapsed(watch, now) / 100) / 10;
}

function elapsed({ counted, since }: Stopwatch, now: number): number {
  return counted + (since === null ? 0 : Math.max(0, now - since));
}
