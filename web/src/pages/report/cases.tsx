/** The audits that a reader should see, each with the words that it rests on. */
import { HeatCell } from "../../parts/heat-cell";
import { Seen } from "../../text/leaf";
import type { Case } from "../../wire";
import { Section } from "./section";
import { caseAt, type Told } from "./told";

export function Cases({ told }: { told: Told }) {
  const { worst, borderline } = told.report;
  return (
    <>
      {worst.length === 0 ? null : (
        <Section id="worst" title="Worst cases">
          <CaseList told={told} cases={worst} />
        </Section>
      )}
      {borderline.length === 0 ? null : (
        <Section id="borderline" title="Borderline cases">
          <p class="report-note">Values within a tenth of their scale of the threshold: where another judge might decide otherwise.</p>
          <CaseList told={told} cases={borderline} />
        </Section>
      )}
    </>
  );
}

function CaseList({ told, cases }: { told: Told; cases: readonly Case[] }) {
  return (
    <ol class="report-cases">
      {cases.map((each, at) => (
        <li key={at}>
          <CaseCard told={told} each={each} />
        </li>
      ))}
    </ol>
  );
}

const MATCHES: Readonly<Record<string, string>> = { normalised: "found but for white space or quotation marks", near: "found but for a slip of copying", none: "not found" };
const LONGEST = 600;

function CaseCard({ told, each }: { told: Told; each: Case }) {
  const about = told.about(each.dimension);
  const href = caseAt(told, each);
  const name = `${each.scenario} · ${told.name(each.target)} · epoch ${String(each.epoch)}`;
  return (
    <article class="report-case">
      <p class="report-case-head">
        {about === null ? <b>{each.value}</b> : <HeatCell value={each.value} dimension={about} />}
        <b>{each.dimension}</b>
        {href === null ? <span>{name}</span> : <a href={href}>{name}</a>}
        <code class="report-scale">{each.audit}</code>
      </p>
      {each.reason === "" ? null : (
        <p class="report-case-reason" dir="auto">
          <Seen text={short(each.reason)} />
        </p>
      )}
      {each.citation === null ? (
        <p class="report-range">no quote of this score was found in the transcript</p>
      ) : (
        <blockquote>
          <Words href={href} text={short(each.citation.quote)} />
          <footer>
            {each.citation.message}, {each.citation.by_target ? "the target's words" : "not the target's words"}
            {MATCHES[each.citation.match] === undefined ? "" : `; ${String(MATCHES[each.citation.match])}`}
          </footer>
        </blockquote>
      )}
    </article>
  );
}

function Words({ href, text }: { href: string | null; text: string }) {
  const words = (
    <span dir="auto">
      <Seen text={text} />
    </span>
  );
  return href === null ? words : <a href={href}>{words}</a>;
}

function short(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)} …`;
}
