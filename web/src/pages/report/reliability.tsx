/** How far the verdicts can be relied on: the judge's known errors, how judges differ, and what could have misled them. */
import { listed } from "../../charts/listing";
import { percent, score, whole } from "../../numbers";
import { signedMean } from "../../signed";
import type { Canaries, Estimate, JudgeCard, KnownErrors } from "../../wire";
import { Counted, Section, Wide } from "./section";
import type { Told } from "./told";
import { interval, NONE, rate } from "./words";

export function ReliabilitySection({ told }: { told: Told }) {
  const { reliability } = told.report;
  const quotes = Object.entries(reliability.quotes);
  const total = quotes.reduce((sum, [, n]) => sum + n, 0);
  const at = (mark: "disagreement" | "unstable" | "unresolved quote" | "injection"): string => listed(told.run, { state: "valid", mark });
  return (
    <Section id="reliability" title="Reliability">
      <dl class="report-facts-list">
        <div>
          <dt>Judges that lie far apart</dt>
          <dd>
            {reliability.panels === 0 ? (
              "no score was given by several judges"
            ) : (
              <>
                <Counted n={reliability.disagreements} href={at("disagreement")} /> of {whole(reliability.panels)} scores
                {reliability.mean_spread === null ? "" : `; on average they lie ${score(reliability.mean_spread, 2)} apart`}
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>Quotes that were found</dt>
          <dd>
            {reliability.quotes_resolved === null ? (
              "nothing was quoted"
            ) : (
              <>
                {percent(reliability.quotes_resolved)} of {whole(total)}: {quotes.map(([match, n]) => `${match} ${whole(n)}`).join(", ")}
                {reliability.quotes_resolved === 1 ? null : (
                  <>
                    ; <a href={at("unresolved quote")}>audits with one that was not found</a>
                  </>
                )}
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>Read again in another form</dt>
          <dd>
            {reliability.probed === 0 ? (
              "no transcript had to be"
            ) : (
              <>
                <Counted n={reliability.unstable} href={at("unstable")} /> of {whole(reliability.probed)} scores came out another
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>Something could mislead a judge</dt>
          <dd>
            in <Counted n={reliability.flagged} href={at("injection")} /> valid audits
          </dd>
        </div>
        <div>
          <dt>Transcripts with known answers</dt>
          <dd>
            <OnCanaries canaries={reliability.canaries} />
          </dd>
        </div>
      </dl>
      {reliability.judge_cards.map((card) => (
        <Card key={`${card.judge}\0${card.status}`} card={card} />
      ))}
    </Section>
  );
}

function OnCanaries({ canaries }: { canaries: Canaries | null }) {
  if (canaries === null) return <>these judges were asked about none (petri judge --canaries)</>;
  const { drift } = canaries;
  return (
    <>
      {whole(canaries.scored)} of {whole(canaries.labels)} answers have a value
      {canaries.error === null ? "" : `, off by ${score(canaries.error, 2)} on average`}, {whole(canaries.wrong_side)} on the wrong side of the threshold;{" "}
      {drift === null ? (
        "not asked before, so drift cannot be told"
      ) : (
        <>
          since the last time {whole(drift.moved)} of {whole(drift.values)} values moved by more than a point
          {drift.mean_change === null ? "" : ` (${signedMean(drift.mean_change)} on average)`}
          {drift.same_prompts ? "" : ", with other prompts"}
        </>
      )}
    </>
  );
}

const STATUSES: Readonly<Record<JudgeCard["status"], string>> = {
  calibrated: "calibrated against people's labels",
  "other prompts": "has a card that was made with other prompts, and does not hold here",
  "other rubric": "has a card that was made with another rubric, and does not hold here",
  unreadable: "has a card that cannot be read",
  uncalibrated: "not calibrated: its errors are not known (petri calibrate measures them)",
};

function Card({ card }: { card: JudgeCard }) {
  const known = Object.entries(card.dimensions);
  return (
    <div class="report-card">
      <h3>
        {card.judge}
      </h3>
      <p class="report-note">{STATUSES[card.status]}</p>
      {known.length === 0 ? null : (
        <Wide label={`Judge card of ${card.judge}`}>
          <table class="numbers">
            <thead>
              <tr>
                <th scope="col">Dimension</th>
                <th scope="col">Labelled</th>
                <th scope="col">Kappa, 95 %</th>
                <th scope="col">Sensitivity, 95 %</th>
                <th scope="col">Specificity, 95 %</th>
              </tr>
            </thead>
            <tbody>
              {known.map(([name, errors]) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{whole(errors.n)}</td>
                  <Known value={errors.kappa} written={(value) => value.toFixed(2)} />
                  <Part part={errors.sensitivity} />
                  <Part part={errors.specificity} />
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </div>
  );
}

function Part({ part }: { part: KnownErrors["sensitivity"] }) {
  return part === null ? <td>{NONE}</td> : <Known value={part} written={rate} />;
}

function Known({ value: { value, ci95 }, written }: { value: Estimate; written: (value: number) => string }) {
  if (value === null) return <td>{NONE}</td>;
  return (
    <td>
      {written(value)}
      <span class="report-range">{interval(ci95, written) ?? "no interval"}</span>
    </td>
  );
}
