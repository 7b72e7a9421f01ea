/** The frame of a chart: what it counts, how many and what is missing, and its numbers as a table on request. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface Props {
  /** Says what is counted. */
  readonly title: ComponentChildren;
  /** How many are counted, and what is missing. */
  readonly note: ComponentChildren;
  readonly chart: ComponentChildren;
  /** The same numbers, each with its link. */
  readonly table: ComponentChildren;
  readonly open: boolean;
  readonly onToggle: () => void;
  readonly wide?: boolean;
}

export function Figure({ title, note, chart, table, open, onToggle, wide = false }: Props) {
  const id = useId();
  return (
    <figure class={wide ? "chart is-wide" : "chart"} aria-labelledby={id}>
      <figcaption>
        <h3 id={id}>{title}</h3>
        <button type="button" class="quiet chart-switch" aria-pressed={open} aria-describedby={id} onClick={onToggle}>
          Table
        </button>
        <p class="chart-note">{note}</p>
      </figcaption>
      {open ? <div class="chart-table" role="region" aria-labelledby={id} tabIndex={0}>{table}</div> : chart}
    </figure>
  );
}
