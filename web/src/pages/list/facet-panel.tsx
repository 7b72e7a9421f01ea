// The facets beside the list: each value with how many rows it would leave.
import { useState } from "preact/hooks";
import { whole } from "../../numbers";
import { FAILED, statusWord, type Status } from "../../scores";
import type { Facet, FacetCount, Found } from "./facets";

/** As many values as a facet shows without asking. */
const MOST = 7;

interface PanelProps {
  facets: readonly Facet[];
  found: Found;
  /** Names of runs by key, for the facet of runs. */
  runs: ReadonlyMap<string, string> | null;
  onToggle: (facet: string, value: string) => void;
}

function word(facet: string, value: string, runs: PanelProps["runs"]): string {
  if (facet === "status") return FAILED.has(value as Status) || value === "not_applicable" || value === "skipped" ? statusWord(value as Status) : value;
  return facet === "run" ? (runs?.get(value) ?? value) : value;
}

interface GroupProps {
  facet: Facet;
  counts: readonly FacetCount[];
  runs: PanelProps["runs"];
  onToggle: PanelProps["onToggle"];
}

function Group({ facet, counts, runs, onToggle }: GroupProps) {
  const [all, setAll] = useState(false);
  const shown = all ? counts : counts.filter((each, at) => at < MOST || each.chosen);
  return (
    <fieldset class="facet">
      <legend>{facet.title}</legend>
      {shown.map(({ value, n, chosen }) => (
        <label key={value} class={n === 0 ? "facet-value facet-gone" : "facet-value"} title={word(facet.name, value, runs)}>
          <input type="checkbox" checked={chosen} onChange={() => onToggle(facet.name, value)} />
          <span class="facet-word">{word(facet.name, value, runs)}</span>
          <span class="facet-n">{whole(n)}</span>
        </label>
      ))}
      {counts.length > MOST && (
        <button type="button" class="quiet facet-more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "fewer" : `${whole(counts.length - MOST)} more`}
        </button>
      )}
    </fieldset>
  );
}

/** Whether a facet can tell rows apart, or is in use. */
function tells(counts: readonly FacetCount[]): boolean {
  return counts.length > 1 || counts.some((each) => each.chosen);
}

export function FacetPanel({ facets, found, runs, onToggle }: PanelProps) {
  return (
    <aside class="facets" aria-label="Filters">
      {facets.map((facet) => {
        const counts = found.counts.get(facet.name) ?? [];
        const lone = facet.name === "hit" || facet.name === "mark" || facet.name === "status";
        if (!tells(counts) && !(lone && counts.length > 0)) return null;
        return <Group key={facet.name} facet={facet} counts={counts} runs={runs} onToggle={onToggle} />;
      })}
    </aside>
  );
}
