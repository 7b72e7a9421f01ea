/** Dimensions by targets: each cell prints the mean, its interval and what it rests on, and is darker the worse it is. */
import { whole } from "../../numbers";
import { heat } from "../../scores";
import type { Figure, Scale } from "../../wire";
import { Counted, Section, Wide } from "./section";
import { plannedAt, scoredAt, type Told, validAt } from "./told";
import { interval, mean, NONE } from "./words";

/** Fewer values than these say little, and get no colour. */
const FEW = 5;
/** As many targets as fit beside each other on paper. */
const BESIDE = 5;

export function HeatTable({ told }: { told: Told }) {
  const notes = footnotes(told.report.figures);
  const beside = Math.ceil(told.targets.length / Math.max(1, Math.ceil(told.targets.length / BESIDE)));
  const groups = Array.from({ length: Math.ceil(told.targets.length / Math.max(1, beside)) }, (_, at) => told.targets.slice(at * beside, (at + 1) * beside));
  const { idle } = told.report;
  return (
    <Section id="scores" title="Scores">
      <p class="report-note">
        Mean score of valid audits, its 95 % interval clustered by scenario, and how many audits were scored, were valid, and were planned. The stronger the
        colour, the worse: an arrow says which end of the scale that is. Dimensions of opposite direction are never averaged.
      </p>
      {groups.map((targets) => (
        <Wide key={targets.join("\0")} label="Scores by dimension and target">
          <table class="report-heat">
            <thead>
              <tr>
                <th scope="col">Dimension</th>
                {targets.map((target) => (
                  <th key={target} scope="col" title={target}>
                    <a href={plannedAt(told.run, target)}>{told.name(target)}</a>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {told.dimensions.map((dimension) => (
                <tr key={dimension}>
                  <th scope="row">
                    {dimension} <Direction scale={told.about(dimension)?.scale ?? null} />
                  </th>
                  {targets.map((target) => (
                    <Cell key={target} run={told.run} figure={told.figure(target, dimension)} notes={notes} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      ))}
      <Notes figures={told.report.figures} notes={notes} />
      {idle.length === 0 ? null : <p class="report-note">Applied to no audit: {idle.join(", ")}.</p>}
    </Section>
  );
}

function Direction({ scale }: { scale: Scale | null }) {
  if (scale === null) return null;
  const { min, max, worse } = scale;
  const words = worse === "none" ? "neither end is worse" : `${worse} is worse`;
  return (
    <span class="report-scale" title={words} aria-label={`${min} to ${max}, ${words}`} role="img">
      {min}–{max} {worse === "none" ? "" : worse === "high" ? "↑" : "↓"}
    </span>
  );
}

function Cell({ run, figure, notes }: { run: string; figure: Figure | null; notes: ReadonlyMap<string, number> }) {
  if (figure === null) return <td class="is-absent">not asked</td>;
  const { summary, scored, valid, planned, target } = figure;
  const few = scored < FEW;
  const step = summary.mean === null ? "none" : (heat(summary.mean, summary.scale) ?? "neutral");
  return (
    <td class={few ? "report-cell is-few" : `report-cell heat-${step}`}>
      <span class="report-value">
        {summary.mean === null ? NONE : <a href={scoredAt(run, figure)}>{mean(summary.mean)}</a>}
        {few ? <span title={`fewer than ${FEW} values`}>†</span> : null}
        <sup>
          {figure.warnings.map((warning, at) => (
            <span key={warning}>
              {at > 0 ? "," : ""}
              {notes.get(warning)}
            </span>
          ))}
        </sup>
      </span>
      <span class="report-range">{interval(summary.ci95, mean) ?? (summary.mean === null ? "" : "no interval")}</span>
      <span class="report-counts">
        <Counted n={scored} href={scoredAt(run, figure)} what="scored" />/<Counted n={valid} href={validAt(run, target)} what="valid" />/
        <Counted n={planned} href={plannedAt(run, target)} what="planned" />
      </span>
    </td>
  );
}

/** The warnings of all figures, each with its number, in order of appearance. */
export function footnotes(figures: readonly Figure[]): ReadonlyMap<string, number> {
  const all = new Set(figures.flatMap(({ warnings }) => warnings));
  return new Map([...all].map((warning, at) => [warning, at + 1]));
}

function Notes({ figures, notes }: { figures: readonly Figure[]; notes: ReadonlyMap<string, number> }) {
  const few = figures.some(({ scored }) => scored < FEW);
  const screened = figures.reduce((sum, { summary }) => sum + summary.n_screened, 0);
  if (notes.size === 0 && !few && screened === 0) return null;
  return (
    <ul class="report-footnotes">
      {few ? <li>† fewer than {FEW} values: so little is known that a colour would say more than there is.</li> : null}
      {screened > 0 ? <li>{whole(screened)} scores are of audits that the screener of a cascade alone read; those that were drawn stand for them.</li> : null}
      {[...notes].map(([warning, number]) => (
        <li key={warning}>
          <sup>{number}</sup> {warning}
        </li>
      ))}
    </ul>
  );
}
