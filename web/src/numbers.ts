// Numbers and times as people read them.
const WHOLE = new Intl.NumberFormat("en-GB");
const SHORT = new Intl.NumberFormat("en-GB", { notation: "compact", maximumFractionDigits: 1 });

/** `12,345` */
export function whole(value: number): string {
  return WHOLE.format(value);
}

/** `12.3K` */
export function short(value: number): string {
  return SHORT.format(value);
}

/** A score or mean: up to one digit after the point, or as many as asked for. */
export function score(value: number, digits = 1): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(digits);
}

/** `$0.0042`, `$1.30`, `$1,204`; a cost that is not known is `?`, never 0. */
export function cost(value: number | null): string {
  if (value === null) return "?";
  if (value === 0) return "$0";
  if (value < 0.01) return `$${value.toPrecision(2)}`;
  return value < 100 ? `$${value.toFixed(2)}` : `$${whole(Math.round(value))}`;
}

/** `42%`; a part that is there never shows as none of it, nor nearly all as all. */
export function percent(part: number): string {
  const value = part * 100;
  if (value > 0 && value < 1) return "<1%";
  if (value > 99 && value < 100) return ">99%";
  return `${Math.round(value)}%`;
}

/** `1 run`, `12 runs` */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${whole(n)} ${n === 1 ? one : many}`;
}

/** `2026-11-22 17:05`, in the reader's own time. */
export function time(stamp: string | null): string {
  if (stamp === null) return "";
  const at = new Date(stamp);
  if (Number.isNaN(at.getTime())) return stamp;
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** `42 s`, `7 min`, `2 h 5 min` */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
