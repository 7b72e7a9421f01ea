// Above the table: the box for words, what is chosen, and how many rows are left.
import type { RefObject } from "preact";
import { useExported } from "../../data";
import { whole } from "../../numbers";
import { Key } from "../../parts/small";
import type { Chosen, Facet } from "./facets";

interface ToolsProps {
  box: RefObject<HTMLInputElement | null>;
  query: string;
  facets: readonly Facet[];
  chosen: Chosen;
  shown: number;
  total: number;
  waiting: number;
  /** Shown and existing dimensions, where not all are shown. */
  dimensions: { readonly shown: number; readonly total: number } | null;
  all: boolean;
  onQuery: (query: string) => void;
  onSearch: () => void;
  onToggle: (facet: string, value: string) => void;
  onClear: () => void;
  onTake: () => void;
  onDimensions: () => void;
  onFacets: () => void;
}

function Chips({ facets, chosen, onToggle, onClear }: Pick<ToolsProps, "facets" | "chosen" | "onToggle" | "onClear">) {
  if (chosen.size === 0) return null;
  const titles = new Map(facets.map((facet) => [facet.name, facet.title]));
  return (
    <ul class="chips" aria-label="Chosen filters">
      {[...chosen].flatMap(([name, values]) =>
        [...values].map((value) => (
          <li key={`${name}:${value}`}>
            <button type="button" class="chip" title="Remove this filter" onClick={() => onToggle(name, value)}>
              <span class="muted">{titles.get(name) ?? name}</span> {value} <span aria-hidden="true">×</span>
            </button>
          </li>
        )),
      )}
      <li>
        <button type="button" class="quiet" onClick={onClear} title="Clear all filters (x)">
          clear
        </button>
      </li>
    </ul>
  );
}

export function Tools(props: ToolsProps) {
  const { box, query, shown, total, waiting, dimensions, all } = props;
  const exported = useExported();
  return (
    <div class="list-tools">
      <button type="button" class="quiet facets-button" onClick={props.onFacets} title="Show or hide the filters (f)">
        Filters
      </button>
      <form
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          if (!exported) props.onSearch();
        }}
      >
        <input
          ref={box}
          type="search"
          value={query}
          aria-label={exported ? "Filter by words" : "Filter by words; Enter searches the transcripts"}
          placeholder={exported ? "Filter" : "Filter; Enter searches the transcripts"}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => props.onQuery(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        />
        <Key name="/" />
      </form>
      <span class="list-n" aria-live="polite">
        {shown === total ? whole(total) : `${whole(shown)} of ${whole(total)}`} audits
      </span>
      <Chips {...props} />
      {waiting > 0 && (
        <button type="button" class="pill" onClick={props.onTake} title="Put them where they belong (r)">
          {whole(waiting)} new
        </button>
      )}
      {dimensions !== null && (
        <button type="button" class="quiet list-dimensions" aria-pressed={all} onClick={props.onDimensions}>
          {all ? "the telling dimensions only" : `${dimensions.shown} of ${dimensions.total} dimensions; show all`}
        </button>
      )}
    </div>
  );
}
