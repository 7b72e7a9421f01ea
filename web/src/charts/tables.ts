/** Which charts show their tables instead, as it stands in the address: all, or some by name. Pure. */

/** What every chart of a page is given. */
export interface Shared {
  /** The run whose audits are counted. */
  readonly run: string;
  /** The only target that is counted; null for all. */
  readonly target: string | null;
  readonly isOpen: (name: string) => boolean;
  readonly onToggle: (name: string) => void;
}

/** The name of the chart of a dimension's scores, unlike that of any other chart. */
export function scoresOf(dimension: string): string {
  return `scores.${dimension}`;
}

export function tablesOf(field: string | undefined): "all" | ReadonlySet<string> {
  if (field === "all") return "all";
  return new Set(field === undefined ? [] : field.split(","));
}

/** Every chart shows its table. */
export function allOpen(field: string | undefined): boolean {
  return field === "all";
}

/** The field after one chart's table was opened or closed; `all` are the charts that there are. */
export function toggled(field: string | undefined, name: string, all: readonly string[]): string | undefined {
  const before = tablesOf(field);
  const open = new Set(before === "all" ? all : before);
  if (!open.delete(name)) open.add(name);
  return open.size === 0 ? undefined : [...open].join(",");
}
