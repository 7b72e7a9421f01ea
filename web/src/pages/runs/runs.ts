// The rows of the list of runs: verdict sets below the run that they are about, narrowed by words.
import type { RunRow } from "../../wire";

export interface Listed {
  readonly row: RunRow;
  /** Whether it stands indented, below its run. */
  readonly below: boolean;
}

function textOf(row: RunRow): string {
  const models = row.models === null ? [] : [...row.models.target, ...row.models.judge, row.models.auditor ?? ""];
  return [row.id, row.status, ...row.files, ...models].join("\n").toLowerCase();
}

/** The runs in the order given, each with its sets of verdicts below it; a set whose run is not there stands alone. */
export function arranged(rows: readonly RunRow[], query: string): readonly Listed[] {
  const words = query.toLowerCase().split(/\s+/u).filter((word) => word !== "");
  const fits = (row: RunRow): boolean => words.every((word) => textOf(row).includes(word));
  const keys = new Set(rows.map((row) => row.key));
  const sets = new Map<string, RunRow[]>();
  for (const row of rows) if (row.of !== null && keys.has(row.of)) sets.set(row.of, [...(sets.get(row.of) ?? []), row]);
  return rows
    .filter((row) => row.of === null || !keys.has(row.of))
    .flatMap((row) => {
      const below = sets.get(row.key) ?? [];
      const whole = fits(row);
      const kept = whole ? below : below.filter(fits);
      return whole || kept.length > 0 ? [{ row, below: false }, ...kept.map((each) => ({ row: each, below: true }))] : [];
    });
}
