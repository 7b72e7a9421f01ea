// The facets beside the list: each value with how many rows it would leave.
import { useState } from "preact/hooks";
import { runName, shortName } from "../../names";
import { whole } from "../../numbers";
import { isStatus, statusWord } from "../../scores";
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

const PATHS: ReadonlySet<string> = new Set(["target", "file"]);

/** What the values of a facet are called; names that are paths in short, where that leaves them apart. */
function wordsOf(facet: string, counts: readonly FacetCount[], runs: PanelProps["runs"]): (value: string) => string {
  if (facet === "status" || facet.startsWith("score.")) return (value) => (isStatus(value) ? statusWord(value) : value);
  if (facet === "run") return (value) => runName(runs?.get(value) ?? value);
  const short = new Set(counts.map((each) => shortName(each.value)));
  return PATHS.has(facet) && short.size === counts.length ? shortName : (value) => value;
}

interface GroupProps {
  facet: Facet;
  counts: readonly FacetCount[];
  runs: PanelProps["runs"];
  onToggle: PanelProps["onToggle"];
}

function Group({ facet, counts, runs, onToggle }: GroupProps) {
  const [all, setAll] = useState(false);
  const word = wordsOf(facet.name, counts, runs);
  const shown = all ? counts : counts.filter((each, at) => at < MOST || each.chosen);
  return (
    <fieldset class="facet">
      <legend>{facet.title}</legend>
      {shown.map(({ value, n, chosen }) => (
        <label key={value} class={n === 0 ? "facet-value facet-gone" : "facet-value"} title={word(value) === value ? undefined : (runs?.get(value) ?? value)}>
          <input type="checkbox" checked={chosen} onChange={() => onToggle(facet.name, value)} />
          <span class="facet-word">{word(value)}</span>
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
