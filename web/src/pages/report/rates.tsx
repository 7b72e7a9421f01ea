/** How often a threshold was passed: raw, corrected for the judge's known errors, at worst and at best, and how hard it was
 * looked for. */
import { counted, score, whole } from "../../numbers";
import type { Figure } from "../../wire";
import { Counted, Section, Wide } from "./section";
import { hitsAt, isRated, ratedDimensions, scoredAt, testAt, testHitsAt, type Told, unscoredAt } from "./told";
import { atMost, interval, mean, NONE, rate } from "./words";

export function Rates({ told }: { told: Told }) {
  const names = ratedDimensions(told);
  if (names.length === 0) return null;
  const has = columnsOf(told.report.figures.filter(isRated));
  return (
    <Section id="rates" title="Hit rates">
      <p class="report-note">
        The part of scored audits at or past the threshold. Where there was none, what the rate is at most (95 %, one-sided): with each audit an observation of
        its own, which is right for these very scenarios, and with each scenario one, which is right for scenarios like these.
      </p>
      <Wide label="Hit rates by dimension and target">
        <table class="numbers report-rates">
          <thead>
            <tr>
              <th scope="col">Target</th>
              <th scope="col">Hits of scored</th>
              <th scope="col">Raw rate, 95 %</th>
              {has.corrected ? <th scope="col">Corrected, 95 %</th> : null}
              {has.people ? <th scope="col">Mean by people</th> : null}
              <th scope="col">Unscored none / all hits</th>
              {has.awareness ? <th scope="col">Unaware</th> : null}
              {has.awareness ? <th scope="col">Aware</th> : null}
              <th scope="col">Attempts</th>
            </tr>
          </thead>
          {names.map((name) => (
            <Group key={name} told={told} dimension={name} has={has} />
          ))}
        </table>
      </Wide>
      <ul class="report-footnotes">
        {has.corrected ? (
          <li>Corrected: with the sensitivity and specificity of the judge taken out, as its card knows them. Below 0, its errors alone explain the hits.</li>
        ) : (
          <li>No rate is corrected: no judge card holds for this run (petri calibrate makes one).</li>
        )}
        {has.awareness ? (
          <li>Unaware: audits that the target did not take for a test and that looked real to the judge. Aware: the others.</li>
        ) : (
          <li>Nobody asked whether the target took the audits for tests, so rates with and without such audits cannot be told apart.</li>
        )}
        {has.people ? <li>By people: the judge&apos;s mean, put right by people&apos;s labels of transcripts drawn at random (prediction-powered).</li> : null}
        <li>
          Attempts: search is no propensity; every branch of an audit is an attempt, and of each audit the judge scores the worst, so that its score is the best of so
          many attempts at making the target fail.
        </li>
      </ul>
    </Section>
  );
}

interface Columns {
  readonly corrected: boolean;
  readonly people: boolean;
  readonly awareness: boolean;
}

function columnsOf(figures: readonly Figure[]): Columns {
  return {
    corrected: figures.some(({ summary }) => summary.hit_rate_corrected !== null),
    people: figures.some(({ by_people: people }) => people !== null),
    awareness: figures.some(({ aware, unaware }) => aware !== null || unaware !== null),
  };
}

function Group({ told, dimension, has }: { told: Told; dimension: string; has: Columns }) {
  const about = told.about(dimension);
  const sign = about?.scale.worse === "low" ? "≤" : "≥";
  const span = 5 + Number(has.corrected) + Number(has.people) + 2 * Number(has.awareness);
  return (
    <tbody>
      <tr class="report-group">
        <th scope="rowgroup" colSpan={span}>
          {dimension} <span class="report-scale">{`hit ${sign} ${String(about?.threshold)}`}</span>
        </th>
      </tr>
      {told.targets.map((target) => {
        const figure = told.figure(target, dimension);
        if (figure === null) return null;
        return <Row key={target} told={told} figure={figure} has={has} />;
      })}
    </tbody>
  );
}

function Row({ told, figure, has }: { told: Told; figure: Figure; has: Columns }) {
  const { summary, scored } = figure;
  const { run } = told;
  return (
    <tr class={scored < 5 ? "is-few" : undefined}>
      <th scope="row" title={figure.target}>
        {told.name(figure.target)}
      </th>
      <td>
        <Counted n={figure.search?.audits_with_hit ?? 0} href={hitsAt(run, figure)} /> of <Counted n={scored} href={scoredAt(run, figure)} />
        {scored < 5 ? "†" : ""}
      </td>
      <Raw run={run} figure={figure} />
      {has.corrected ? <Ranged value={summary.hit_rate_corrected} range={summary.hit_rate_corrected_ci95} href={hitsAt(run, figure)} /> : null}
      {has.people ? <People run={run} figure={figure} /> : null}
      <td>
        {figure.hit_rate_if_unscored_best === null || figure.hit_rate_if_unscored_worst === null ? (
          NONE
        ) : (
          <a href={Object.keys(figure.unscored).length === 0 ? scoredAt(run, figure) : unscoredAt(run, figure)}>
            {rate(figure.hit_rate_if_unscored_best)} / {rate(figure.hit_rate_if_unscored_worst)}
          </a>
        )}
      </td>
      {has.awareness ? <Part part={figure.unaware} hits={testHitsAt(run, figure, "no")} all={testAt(run, figure, "no")} /> : null}
      {has.awareness ? <Part part={figure.aware} hits={testHitsAt(run, figure, "yes")} all={testAt(run, figure, "yes")} /> : null}
      <Searched run={run} figure={figure} />
    </tr>
  );
}

/** The rate as it was counted; where there was no hit, what it is at most. */
function Raw({ run, figure }: { run: string; figure: Figure }) {
  const { summary, at_most: none } = figure;
  if (summary.hit_rate === null) return <td title="nothing was scored">{NONE}</td>;
  if (none !== null)
    return (
      <td>
        <a href={scoredAt(run, figure)}>{atMost(none.audits)}</a>
        <span class="report-range is-long">scenarios like these: {atMost(none.scenarios)}</span>
      </td>
    );
  return <Ranged value={summary.hit_rate} range={summary.hit_rate_ci95} href={hitsAt(run, figure)} />;
}

function Ranged({ value, range, href }: { value: number | null; range: readonly [number, number] | null; href: string }) {
  if (value === null) return <td>{NONE}</td>;
  return (
    <td>
      <a href={href}>{rate(value)}</a>
      <span class="report-range">{interval(range, rate) ?? "no interval"}</span>
    </td>
  );
}

function People({ run, figure }: { run: string; figure: Figure }) {
  const { by_people: people } = figure;
  if (people === null) return <td title="fewer than ten transcripts drawn at random are labelled">{NONE}</td>;
  return (
    <td>
      <a href={scoredAt(run, figure)}>{mean(people.mean)}</a>
      <span class="report-range">{interval(people.ci95, mean) ?? "no interval"}</span>
      <span class="report-range">
        {counted(people.labels, "label")} by {whole(people.annotators)}
      </span>
    </td>
  );
}

function Part({ part, hits, all }: { part: Figure["aware"]; hits: string; all: string }) {
  if (part === null) return <td title="nobody asked">{NONE}</td>;
  return (
    <td>
      <Counted n={part.hits} href={hits} /> of <Counted n={part.n} href={all} />
      <span class="report-range">{part.rate === null ? "" : rate(part.rate)}</span>
    </td>
  );
}

function Searched({ run, figure }: { run: string; figure: Figure }) {
  const { search } = figure;
  if (search === null) return <td>{NONE}</td>;
  return (
    <td>
      <a href={scoredAt(run, figure)}>{search.attempts_per_hit === null ? `none in ${whole(search.attempts)}` : `${score(search.attempts_per_hit)} per hit`}</a>
      <span class="report-range">{search.most_attempts > 1 ? `best of ≤ ${whole(search.most_attempts)}` : "1 each"}</span>
    </td>
  );
}
