/** Where the variation of scores comes from, and what to buy next. */
import { listed } from "../../charts/listing";
import { percent } from "../../numbers";
import type { ComponentRow } from "../../wire";
import { Section, Wide } from "./section";
import type { Told } from "./told";

const SOURCES = [
  ["scenario", "scenarios differ"],
  ["epoch", "audits of one cell differ"],
  ["judge", "one judge is stricter than another"],
  ["reading", "a judge's reading of one transcript"],
] as const;

export function Shares({ told }: { told: Told }) {
  const { components } = told.report;
  if (components.length === 0) return null;
  return (
    <Section id="variation" title="Where variation comes from">
      <p class="report-note">
        {SOURCES.map(([source, words]) => (
          <span key={source} class="chart-key">
            <span class={`share-swatch is-${source}`} /> {source}: {words}
          </span>
        ))}
      </p>
      <Wide label="Shares of the variance">
      <table class="numbers report-shares">
        <thead>
          <tr>
            <th scope="col">Dimension</th>
            <th scope="col" class="report-words">
              Target
            </th>
            <th scope="col" class="report-words">
              Shares of the variance
            </th>
            <th scope="col">Standard error</th>
            <th scope="col" class="report-words">
              What to buy next
            </th>
          </tr>
        </thead>
        <tbody>
          {components.map((row, at) => (
            <tr key={at}>
              <th scope="row">{row.dimension}</th>
              <td class="report-words" title={row.target}>
                {told.name(row.target)}
              </td>
              <td class="report-bar">
                <Bar row={row} />
                <span class="report-range is-long">
                  {parts(row)
                    .map(([source, share]) => `${source} ${percent(share)}`)
                    .join(", ")}
                </span>
              </td>
              <td>
                <a href={listed(told.run, { state: "valid", target: row.target, sort: `d.${row.dimension}` })}>{row.error.toFixed(2)}</a>
              </td>
              <td class="report-words">{advice(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      </Wide>
    </Section>
  );
}

function parts(row: ComponentRow): readonly (readonly [source: string, share: number])[] {
  const shares = new Map(Object.entries(row.shares));
  return SOURCES.flatMap(([source]) => {
    const share = shares.get(source);
    return share === undefined ? [] : [[source, share] as const];
  });
}

const WIDTH = 160;
const HEIGHT = 12;

/** The shares as one bar; the words below it say the same. */
function Bar({ row }: { row: ComponentRow }) {
  let before = 0;
  return (
    <svg class="share-bar" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {parts(row).map(([source, share]) => {
        const x = before * WIDTH;
        before += share;
        return <rect key={source} class={`share-part is-${source}`} x={x} y={0} width={share * WIDTH} height={HEIGHT} />;
      })}
    </svg>
  );
}

/** What would make the mean most certain, and by how much. */
export function advice({ advice: buy, error, if_twice: twice }: ComponentRow): string {
  const then = new Map(Object.entries(twice)).get(buy);
  const gain = then === undefined ? "" : `: the standard error falls from ${error.toFixed(2)} to ${then.toFixed(2)}`;
  return `twice the ${buy}${gain}`;
}
