/** When things went wrong. */
import { useMemo } from "preact/hooks";
import { BinTable } from "../../charts/bin-table";
import { Columns, type Column } from "../../charts/columns";
import { Figure } from "../../charts/figure";
import { listed } from "../../charts/listing";
import { counted, score, whole } from "../../numbers";
import type { AuditList } from "../../wire";
import { hitTurns } from "./counts";
import type { Shared } from "../../charts/tables";

const MOST_COLUMNS = 30;

export function TurnChart({ list, run, target, isOpen, onToggle }: Shared & { readonly list: AuditList }) {
  const turns = useMemo(() => hitTurns(list, target, MOST_COLUMNS), [list, target]);
  const hits = list.dimensions.filter(({ threshold }) => threshold !== null).map(({ name }) => name);
  const href = listed(run, { state: "valid", target, hits });
  const columns: readonly Column[] = turns.bins.map(({ from, to, count }) => {
    const label = from === to ? String(from) : `${from}–${to}`;
    return { label, count, what: `turn ${label}: ${counted(count, "audit")}`, heat: 4, href: listed(run, { state: "valid", target, turns: from === to ? [from] : range(from, to) }) };
  });
  const known = turns.hit - turns.unknown;
  const words = columns.filter(({ count }) => count > 0).map(({ what }) => what);
  return (
    <Figure
      wide
      title="Turn of the first words that a hit quotes"
      note={
        <>
          <span class="chart-n">
            n = {whole(known)}
            {turns.unknown === 0 ? "" : ` of ${whole(turns.hit)}`}
          </span>
          <a href={href}>
            {whole(turns.hit)} of {counted(turns.valid, "valid audit")} with a hit
          </a>
          {turns.median === null ? null : <span>median turn {score(turns.median)}</span>}
          {turns.unknown === 0 ? null : (
            <span class="chart-missing is-missing" title="No quote of the target was found, or the texts were not read yet">
              {whole(turns.unknown)} without a turn
            </span>
          )}
        </>
      }
      open={isOpen("turns")}
      onToggle={() => onToggle("turns")}
      chart={
        columns.length === 0 ? (
          <p class="chart-empty">{turns.hit === 0 ? "No valid audit has a hit." : "No hit has a turn yet."}</p>
        ) : (
          <Columns columns={columns} alternative={`Valid audits by the first turn that a hit quotes, ${known} of ${turns.hit} with a hit. ${words.join(", ")}.`} />
        )
      }
      table={<BinTable of="Turn" columns={columns} missing={turns.unknown === 0 ? [] : [{ label: "not known", count: turns.unknown, what: "", href }]} />}
    />
  );
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
