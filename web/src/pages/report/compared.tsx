/** The other targets against the baseline, paired audit by audit: a forest plot with what may be claimed. */
import { commonAxis, drawable, type Difference } from "../../charts/differences";
import { ForestFoot, ForestLine } from "../../charts/forest";
import { counted, whole } from "../../numbers";
import { format } from "../../route";
import type { Compared, DimensionComparison, Scale } from "../../wire";
import { ClaimWord } from "./claim";
import { Section, Together, Wide } from "./section";
import type { Told } from "./told";
import { chance, interval, mean, NONE } from "./words";
import { signedMean } from "../../signed";

const WIDTH = 140;

export function Comparisons({ told }: { told: Told }) {
  const { baseline, comparisons, not_compared: refused } = told.report;
  const compared = Object.entries(comparisons);
  if (baseline === null || compared.length + Object.keys(refused).length === 0) return null;
  return (
    <Section id="comparison" title={`Compared with ${told.name(baseline)}`}>
      <p class="report-note">
        Pairs of audits of the same scenario, cell and epoch. Intervals are clustered by scenario; p comes of exchanging the sides within scenarios, raw and
        adjusted for all comparisons of the report (Holm for the primary dimensions, Benjamini and Hochberg for the others). Detectable is the smallest difference that would have been found four
        times of five.
      </p>
      {compared.map(([target, each]) => (
        <Comparison key={target} told={told} baseline={baseline} target={target} compared={each} />
      ))}
      {Object.entries(refused).map(([target, why]) => (
        <p key={target} class="report-note">
          {told.name(target)} cannot be compared: {why}
        </p>
      ))}
    </Section>
  );
}

type Row = readonly [name: string, row: DimensionComparison];

function Comparison({ told, baseline, target, compared }: { told: Told; baseline: string; target: string; compared: Compared }) {
  // What applied to no audit at all is said once, with the scores.
  const rows = Object.entries(compared.dimensions).filter(([name]) => !told.report.idle.includes(name));
  const empty = rows.filter(([, { scored }]) => scored === 0).map(([name]) => name);
  const same = rows.filter(([, row]) => isSame(row)).map(([name]) => name);
  const drawn = ordered(rows.filter(([name]) => !same.includes(name) && !empty.includes(name)));
  const axis = commonAxis(drawn.map(([name, row]) => differenceOf(told, name, row)), WIDTH);
  const at = (d?: string): string => format({ page: "compare", left: told.run, right: told.run, lt: baseline, rt: target, ...(d === undefined ? {} : { d }) });
  return (
    <div class="report-compared">
      <h3>{told.name(target)}</h3>
      <p class="report-note">
        <a href={at()}>{counted(compared.paired, "pair")}</a>, {whole(compared.invalid)} of them not valid on both sides; planned on one side alone: {whole(compared.only[0])} and{" "}
        {whole(compared.only[1])}.
      </p>
      {drawn.length === 0 ? null : (
        <Wide label={`${told.name(target)} against ${told.name(baseline)}`}>
          <table class="numbers report-forest">
            <thead>
              <tr>
                <th scope="col">Dimension</th>
                <th scope="col">Scored of pairs</th>
                <th scope="col">Means</th>
                <th scope="col" colSpan={2}>
                  Difference, 95 % interval
                </th>
                <th scope="col">p, adjusted</th>
                <th scope="col">A difference is</th>
              </tr>
            </thead>
            <tbody>
              {drawn.map(([name, row]) => (
                <Line key={name} told={told} name={name} row={row} axis={axis} href={at(name)} />
              ))}
            </tbody>
            <ForestFoot axis={axis} before={3} after={3} />
          </table>
        </Wide>
      )}
      {same.length === 0 ? null : (
        <p class="report-note">
          Both sides have the same value in every pair on <Together names={same} href={at} />: without any variation there is no interval, and nothing is claimed.
        </p>
      )}
      {empty.length === 0 ? null : (
        <p class="report-note">
          No pair has two values on <Together names={empty} href={at} />.
        </p>
      )}
      <Apart title="Mean different things on the two sides" names={compared.different} />
      <Apart title="On one side alone" names={compared.one_sided} />
    </div>
  );
}

function Apart({ title, names }: { title: string; names: readonly string[] }) {
  return names.length === 0 ? null : (
    <p class="report-note">
      {title}: {names.join(", ")}.
    </p>
  );
}

/** Whether nothing differs in any pair, so that there is nothing to draw. */
function isSame({ difference, ci95 }: DimensionComparison): boolean {
  return difference === 0 && ci95 === null;
}

const ORDER: readonly DimensionComparison["claim"][] = ["supported", "not supported", "underpowered", null];

/** Primary dimensions first, then by what is claimed; otherwise as they were. */
export function ordered(rows: readonly Row[]): readonly Row[] {
  return [...rows].sort(([, one], [, other]) => Number(other.primary) - Number(one.primary) || ORDER.indexOf(one.claim) - ORDER.indexOf(other.claim));
}

interface LineProps {
  readonly told: Told;
  readonly name: string;
  readonly row: DimensionComparison;
  readonly axis: ReturnType<typeof commonAxis>;
  readonly href: string;
}

function Line({ told, name, row, axis, href }: LineProps) {
  const { worse } = told.scale(name);
  return (
    <tr>
      <th scope="row">
        <a href={href}>{name}</a> {row.primary ? <span class="report-primary">primary</span> : null}
        <span class="report-range">{worse === "none" ? "neither end is worse" : `${worse} is worse`}</span>
      </th>
      <td>
        <a href={href}>
          {whole(row.scored)} of {whole(row.pairs)}
        </a>
        <span class="report-range">{counted(row.scenarios, "scenario")}</span>
      </td>
      <td class="report-means">{row.means === null ? NONE : `${mean(row.means[0])} → ${mean(row.means[1])}`}</td>
      <td class="compare-drawn">
        <ForestLine difference={differenceOf(told, name, row)} axis={axis} worse={worse} alternative={spoken(name, row, worse)} />
      </td>
      <td>
        {row.difference === null ? NONE : <a href={href}>{signedMean(row.difference)}</a>}
        <span class="report-range">{row.difference === null ? "" : (interval(row.ci95, signedMean) ?? "no interval")}</span>
      </td>
      <td>
        {chance(row.p)}
        <span class="report-range">{chance(row.p_adjusted)}</span>
      </td>
      <td class="report-claim">
        <ClaimWord claim={row.claim} />
        <span class="report-range is-long">{standing(row)}</span>
      </td>
    </tr>
  );
}

/** What could have been found, and whether the difference is shown to be smaller than the margin. */
export function standing({ detectable, equivalent, margin }: DimensionComparison): string {
  const parts = [
    ...(detectable === null ? [] : [`detectable ±${mean(detectable)}`]),
    ...(equivalent === null ? [] : [`${equivalent ? "equivalent" : "not shown to be"} within ±${mean(margin)}`]),
  ];
  return parts.join("; ");
}

function differenceOf(told: Told, name: string, { difference, ci95 }: DimensionComparison): Difference {
  const { min, max } = told.scale(name);
  return drawable(difference, ci95, max - min);
}

function spoken(name: string, { difference, ci95 }: DimensionComparison, worse: Scale["worse"]): string {
  if (difference === null) return `${name}: no pair has two values`;
  const way = difference === 0 || worse === "none" ? "" : difference > 0 === (worse === "high") ? ", worse" : ", better";
  return `${name}: ${signedMean(difference)}, ${ci95 === null ? "without interval" : `95 % interval ${signedMean(ci95[0])} to ${signedMean(ci95[1])}`}${way}`;
}
