// planned = valid + invalid + errors + pending, as a bar; the numbers stand beside it as text.
import type { Counts } from "../wire";
import type { State } from "../scores";

export type StateCounts = Readonly<Record<State, number>>;

function sum(record: Readonly<Record<string, number>>): number {
  return Object.values(record).reduce((total, n) => total + n, 0);
}

/** How many audits are in each state. */
export function stateCounts(counts: Counts): StateCounts {
  return { valid: counts.valid, invalid: sum(counts.invalid), error: sum(counts.error), pending: counts.pending };
}

export const STATES: readonly State[] = ["valid", "invalid", "error", "pending"];

/** What a number of audits in a state is called. */
export const STATE_WORDS: Readonly<Record<State, string>> = { valid: "valid", invalid: "invalid", error: "errors", pending: "pending" };

/** The bar alone; it says nothing that the numbers do not. */
export function CountsBar({ counts }: { counts: StateCounts }) {
  return (
    <div class="counts-bar" aria-hidden="true">
      {STATES.map((state) => counts[state] > 0 && <span key={state} class={`part-${state}`} style={{ "--part": counts[state] }} />)}
    </div>
  );
}
