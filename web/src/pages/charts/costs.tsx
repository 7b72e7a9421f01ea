/** What a run cost: money by audit, and tokens by role. */
import { useMemo } from "preact/hooks";
import { BinTable } from "../../charts/bin-table";
import { Columns, type Column } from "../../charts/columns";
import { Figure } from "../../charts/figure";
import { listed } from "../../charts/listing";
import { place } from "../../charts/scale";
import { useWidth } from "../../charts/width";
import { cost, counted, short, whole } from "../../numbers";
import type { AuditList, Usage } from "../../wire";
import { costs } from "./counts";
import type { Shared } from "../../charts/tables";

export function CostChart({ list, run, target, isOpen, onToggle }: Shared & { readonly list: AuditList }) {
  const found = useMemo(() => costs(list.audits, target), [list, target]);
  const href = listed(run, { target, sort: "cost" });
  const columns: readonly Column[] = found.bins.map(({ from, to, count }) => ({
    label: cost(from),
    count,
    what: `${cost(from)} to ${cost(to)}: ${counted(count, "audit")}`,
    heat: "neutral",
    href,
  }));
  const unknown = found.audits - found.known;
  const words = columns.filter(({ count }) => count > 0).map(({ what }) => what);
  return (
    <Figure
      wide
      title="Audits by their cost"
      note={
        <>
          <span class="chart-n">
            n = {whole(found.known)}
            {unknown === 0 ? "" : ` of ${whole(found.audits)}`}
          </span>
          {found.sum === null ? null : <span>{cost(found.sum)} in all</span>}
          {found.median === null ? null : <span>median {cost(found.median)}</span>}
          {found.most === null ? null : <span>at most {cost(found.most)}</span>}
          {unknown === 0 ? null : <span class="chart-missing is-missing">{whole(unknown)} of unknown cost</span>}
        </>
      }
      open={isOpen("cost")}
      onToggle={() => onToggle("cost")}
      chart={
        columns.length === 0 ? (
          <p class="chart-empty">No cost is known: the models have no price here.</p>
        ) : (
          <Columns ranges columns={columns} alternative={`Audits by cost, ${found.known} of ${found.audits} known. ${words.join(", ")}.`} />
        )
      }
      table={<BinTable of="From" columns={columns} missing={unknown === 0 ? [] : [{ label: "not known", count: unknown, what: "", href }]} />}
    />
  );
}

const PARTS = [
  ["input_tokens", "read"],
  ["cache_read", "read from cache"],
  ["cache_write", "written to cache"],
  ["output_tokens", "written"],
] as const satisfies readonly (readonly [keyof Usage, string])[];

const allTokens = (usage: Usage): number => PARTS.reduce((sum, [name]) => sum + usage[name], 0);

export function TokenChart({ usage, isOpen, onToggle }: Shared & { readonly usage: Readonly<Record<string, Usage>> }) {
  const roles = Object.entries(usage).sort(([, one], [, other]) => allTokens(other) - allTokens(one));
  if (roles.length === 0) return null;
  const sum = roles.reduce((all, [, each]) => all + allTokens(each), 0);
  return (
    <Figure
      wide
      title="Tokens by role, over all audits"
      note={
        <>
          <span class="chart-n">{short(sum)} tokens</span>
          {PARTS.map(([name, word]) => (
            <span key={name} class="chart-key">
              <span class={`chart-swatch is-${name}`} /> {word}
            </span>
          ))}
        </>
      }
      open={isOpen("tokens")}
      onToggle={() => onToggle("tokens")}
      chart={<TokenBars roles={roles} />}
      table={<TokenTable roles={roles} />}
    />
  );
}

type Roles = readonly (readonly [string, Usage])[];

const ROW = 26;
const BAR = 12;
const NAME = 84;
const NUMBER = 56;

function TokenBars({ roles }: { roles: Roles }) {
  const [ref, width] = useWidth<HTMLDivElement>(320);
  const most = Math.max(1, ...roles.map(([, usage]) => allTokens(usage)));
  const axis = { low: 0, high: most, from: 0, to: Math.max(20, width - NAME - NUMBER) };
  const words = roles.map(([role, usage]) => `${role}: ${short(allTokens(usage))}`).join(", ");
  return (
    <div class="chart-bars" ref={ref}>
      <svg width={width} height={roles.length * ROW} role="img" aria-label={`Tokens by role. ${words}.`}>
        {roles.map(([role, usage], row) => {
          const y = row * ROW;
          let before = 0;
          return (
            <g key={role}>
              <text class="bar-name" x={0} y={y + 17}>{role}</text>
              {PARTS.map(([name, word]) => {
                const from = NAME + place(axis, before);
                before += usage[name];
                return (
                  <rect key={name} class={`bar-part is-${name}`} x={from} y={y + 7} width={NAME + place(axis, before) - from} height={BAR}>
                    <title>{`${role}, ${word}: ${whole(usage[name])}`}</title>
                  </rect>
                );
              })}
              <text class="bar-number" x={NAME + place(axis, before) + 6} y={y + 17}>{short(before)}</text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

function TokenTable({ roles }: { roles: Roles }) {
  return (
    <table class="numbers">
      <thead>
        <tr>
          <th scope="col">Role</th>
          <th scope="col">Calls</th>
          {PARTS.map(([name, word]) => (
            <th key={name} scope="col">{word}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {roles.map(([role, usage]) => (
          <tr key={role}>
            <th scope="row">{role}</th>
            <td>{usage.calls === 0 ? "not counted" : whole(usage.calls)}</td>
            {PARTS.map(([name]) => (
              <td key={name}>{whole(usage[name])}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
