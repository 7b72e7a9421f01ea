/** What the variables of the scenarios change: contrasts, a model of all together, and whether one changes another's effect. */
import type { VNode } from "preact";
import { commonAxis, drawable } from "../../charts/differences";
import { ForestFoot, ForestLine } from "../../charts/forest";
import { listed } from "../../charts/listing";
import { counted, whole } from "../../numbers";
import type { ContrastRow, EffectRow } from "../../wire";
import { signedMean } from "../../signed";
import { Interactions } from "./interactions";
import { Section, Wide } from "./section";
import type { Told } from "./told";
import { chance, interval, setting } from "./words";

const WIDTH = 140;

/** A contrast or an effect, as a line of a forest plot. */
interface Change {
  readonly dimension: string;
  readonly variable: string;
  readonly from: ContrastRow["first"];
  readonly to: ContrastRow["first"];
  readonly size: number;
  readonly ci95: readonly [number, number] | null;
  readonly rests: string;
  readonly p: string;
  readonly pAdjusted: string | null;
}

export function Variables({ told }: { told: Told }) {
  const { contrasts, effects, not_modelled: refused, interactions } = told.report;
  if (contrasts.length + effects.length + interactions.length === 0) return null;
  const still = contrasts.filter((row) => row.difference === 0 && row.ci95 === null);
  const moved = contrasts.filter((row) => !still.includes(row));
  return (
    <Section id="variables" title="Variables">
      <p class="report-note">
        What another setting of a variable changes, in pairs of audits that are alike in all else (scenario, target, epoch, other variables), over all targets. p is
        adjusted for all contrasts of the report (Benjamini and Hochberg).
      </p>
      <Changes told={told} label="Contrasts" changes={moved.map(contrastOf)} />
      <Folded title={`Nothing differs in any pair: ${counted(still.length, "contrast")}`}>
        {still.map((row, at) => (
          <li key={at}>
            <a href={changeAt(told.run, contrastOf(row))}>{`${row.dimension}, ${row.variable} ${setting(row.first)} → ${setting(row.second)}`}</a>
          </li>
        ))}
      </Folded>
      {effects.length === 0 ? null : (
        <>
          <h3>All variables together</h3>
          <p class="report-note">A mixed model with the scenario as a random effect: what a setting adds, in points, beside the setting that comes first in the file.</p>
          <Changes told={told} label="Effects" changes={effects.map(effectOf)} />
        </>
      )}
      <Folded title={`No mixed model of ${counted(Object.keys(refused).length, "dimension")}`}>
        {Object.entries(refused).map(([dimension, why]) => (
          <li key={dimension}>
            {dimension}: {why}
          </li>
        ))}
      </Folded>
      <Interactions told={told} />
    </Section>
  );
}

/** What is many and says little, behind one line that counts it. */
function Folded({ title, children }: { title: string; children: readonly VNode[] }) {
  if (children.length === 0) return null;
  return (
    <details class="report-note">
      <summary>{title}</summary>
      <ul>{children}</ul>
    </details>
  );
}

function contrastOf(row: ContrastRow): Change {
  const { dimension, variable, first, second, difference, ci95, pairs, scenarios } = row;
  const rests = `${counted(pairs, "pair")}, ${counted(scenarios, "scenario")}`;
  return { dimension, variable, from: first, to: second, size: difference, ci95, rests, p: chance(row.p), pAdjusted: chance(row.p_adjusted) };
}

function effectOf(row: EffectRow): Change {
  const { dimension, variable, setting: to, reference, estimate, ci95, values, scenarios, slopes } = row;
  const rests = `${whole(values)} values, ${counted(scenarios, "scenario")}${slopes ? ", which may differ in it" : ""}`;
  return { dimension, variable, from: reference, to, size: estimate, ci95, rests, p: chance(row.p), pAdjusted: null };
}

/** Where the audits of both settings are listed. */
function changeAt(run: string, { dimension, variable, from, to }: Change): string {
  return listed(run, { state: "valid", variables: [[variable, [from, to]]], sort: `d.${dimension}` });
}

function Changes({ told, label, changes }: { told: Told; label: string; changes: readonly Change[] }) {
  if (changes.length === 0) return null;
  const span = ({ dimension }: Change): number => {
    const { min, max } = told.scale(dimension);
    return max - min;
  };
  const axis = commonAxis(changes.map((each) => drawable(each.size, each.ci95, span(each))), WIDTH);
  const adjusted = changes.some(({ pAdjusted }) => pAdjusted !== null);
  return (
    <Wide label={label}>
      <table class="numbers report-forest">
        <thead>
          <tr>
            <th scope="col">Dimension</th>
            <th scope="col" class="report-words">
              Variable
            </th>
            <th scope="col" colSpan={2}>
              Change, 95 % interval
            </th>
            <th scope="col">{adjusted ? "p, adjusted" : "p"}</th>
            <th scope="col" class="report-words">
              Rests on
            </th>
          </tr>
        </thead>
        <tbody>
          {changes.map((each, at) => (
            <Line key={at} told={told} change={each} axis={axis} span={span(each)} />
          ))}
        </tbody>
        <ForestFoot axis={axis} before={2} after={3} />
      </table>
    </Wide>
  );
}

function Line({ told, change, axis, span }: { told: Told; change: Change; axis: ReturnType<typeof commonAxis>; span: number }) {
  const { dimension, variable, from, to, size, ci95 } = change;
  const { worse } = told.scale(dimension);
  const what = `${dimension}, ${variable} ${setting(from)} to ${setting(to)}: ${signedMean(size)}`;
  return (
    <tr>
      <th scope="row">{dimension}</th>
      <td class="report-words">
        {variable}: {setting(from)} → {setting(to)}
      </td>
      <td class="compare-drawn">
        <ForestLine difference={drawable(size, ci95, span)} axis={axis} worse={worse} alternative={what} />
      </td>
      <td>
        <a href={changeAt(told.run, change)}>{signedMean(size)}</a>
        <span class="report-range">{interval(ci95, signedMean) ?? "no interval"}</span>
      </td>
      <td>
        {change.p}
        {change.pAdjusted === null ? null : <span class="report-range">{change.pAdjusted}</span>}
      </td>
      <td class="report-words">{change.rests}</td>
    </tr>
  );
}
