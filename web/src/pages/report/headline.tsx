/** What was run and what became of it: the first thing that a reader sees. */
import { listed } from "../../charts/listing";
import { counted, time, whole } from "../../numbers";
import { CountsBar, STATE_WORDS, stateCounts, STATES } from "../../parts/counts-bar";
import { StatusBadge } from "../../parts/run-status";
import { format } from "../../route";
import { FAILED, isStatus, statusMeaning, statusWord, type Status } from "../../scores";
import type { GateBreach } from "../../wire";
import { plannedAt, type Told } from "./told";
import { mean } from "./words";

export function Head({ told }: { told: Told }) {
  const { run, method } = told.report;
  return (
    <header class="report-head">
      <h1>{title(run.id)}</h1>
      <p class="report-facts">
        <StatusBadge status={run.status} />
        {method.started === null ? null : <span>{time(method.started)}</span>}
        <a class="mono" href={plannedAt(told.run, null)}>
          {run.id}
        </a>
      </p>
    </header>
  );
}

/** The names of a run, and of a set of verdicts on it, without the time that each begins with and the random part at its end. */
export function title(id: string): string {
  const names = id.split("/").map((name) => name.replace(/^\d{8}T\d{6}Z-(.+)-[0-9a-f]{4}$/u, "$1"));
  return `Report on ${names.join(", ")}`;
}

export function Headline({ told }: { told: Told }) {
  const { headline, caveats, breaches, run } = told.report;
  return (
    <div class="report-opening">
      <Strip told={told} />
      <ul class="report-headline">
        {headline.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {caveats.length + (run.error === null ? 0 : 1) === 0 ? null : (
        <aside class="report-caveats" aria-label="What limits these numbers">
          <h3>What limits these numbers</h3>
          <ul>
            {run.error === null ? null : <li>What stopped it: {run.error}</li>}
            {caveats.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </aside>
      )}
      {breaches.length === 0 ? null : <Breaches told={told} />}
    </div>
  );
}

/** planned = valid + invalid + errors + pending, and scores without a value; each leads to its audits. */
function Strip({ told }: { told: Told }) {
  const counts = stateCounts(told.report.counts);
  return (
    <section class="strip" aria-label="What became of the planned audits">
      <div class="strip-row">
        <span class="strip-total">
          planned <a href={plannedAt(told.run, null)}>{whole(told.report.counts.planned)}</a> =
        </span>
        {STATES.map((state, at) => (
          <span key={state} class="strip-term">
            {at > 0 && <span class="strip-plus">+</span>}
            <a class={`strip-part tone-${state}`} href={listed(told.run, { state })}>
              <span class="strip-word">{STATE_WORDS[state]}</span> <b>{whole(counts[state])}</b>
            </a>
          </span>
        ))}
        {unscored(told).length === 0 ? null : (
          <span class="strip-unscored">
            <span class="strip-total">scores without a value</span>
            {unscored(told).map(([status, n]) => (
              <a key={status} class={`strip-part tone-${FAILED.has(status) ? "error" : "pending"}`} title={statusMeaning(status)} href={listed(told.run, { state: "valid", status })}>
                <span class="strip-word">{statusWord(status)}</span> <b>{whole(n)}</b>
              </a>
            ))}
          </span>
        )}
      </div>
      <CountsBar counts={counts} />
    </section>
  );
}

/** How many scores of the figures have no value, by status. */
function unscored({ report }: Told): readonly (readonly [Status, number])[] {
  const found = new Map<Status, number>();
  for (const figure of report.figures)
    for (const [status, n] of Object.entries(figure.unscored)) if (isStatus(status) && status !== "skipped") found.set(status, (found.get(status) ?? 0) + n);
  return [...found];
}

const MOST = 20;

function Breaches({ told }: { told: Told }) {
  const { breaches } = told.report;
  return (
    <aside class="report-caveats is-bad" aria-label="Gates">
      <h3>{counted(breaches.length, "breach", "breaches")} of the run&apos;s gates</h3>
      <ul>
        {breaches.slice(0, MOST).map((breach, at) => (
          <li key={at}>
            <code>{breach.gate}</code>: <a href={breachAt(told, breach)}>{mean(breach.value)}</a>
            {breach.target === null ? null : `, ${told.name(breach.target)}`}
            {breach.audit === null ? null : `, ${breach.audit}`}
          </li>
        ))}
        {breaches.length > MOST ? <li>{counted(breaches.length - MOST, "more breach", "more breaches")}</li> : null}
      </ul>
    </aside>
  );
}

function breachAt({ run, key }: Told, { audit, target }: GateBreach): string {
  const found = audit === null ? null : key(audit);
  return found === null ? plannedAt(run, target) : format({ page: "transcript", run, audit: found });
}
