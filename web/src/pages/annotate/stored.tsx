/** After an item was submitted: what was given, on request beside it what the judges gave, and a second answer. */
import * as api from "../../api";
import { useCall } from "../../data";
import { useKeys } from "../../keys";
import { FaultNote, Skeleton } from "../../parts/notes";
import { Key } from "../../parts/small";
import { pick } from "../../records";
import { isFar } from "../../scores";
import type { AnnotateSession, Annotation, AuditScore, Dimension, Reveal, Scale } from "../../wire";
import { answerWord } from "./dimension-card";
import { judgedWord } from "./form-panel";

interface Props {
  readonly item: string;
  readonly session: AnnotateSession;
  /** What was given; null where that was before the page was opened: the server says it with the verdicts. */
  readonly own: Annotation | null;
  /** Whether the verdicts were asked for, now or before the page was opened. */
  readonly asked: boolean;
  readonly onAsk: () => void;
  readonly onNext: () => void;
  /** To answer again: to correct what was given, or, after the verdicts were shown, apart from it. */
  readonly onAgain: (reveal: Reveal | null) => void;
}

export function Stored({ item, session, own: here, asked, onAsk, onNext, onAgain }: Props) {
  const { value: reveal, fault, retry } = useCall(asked ? api.reveal(item) : null);
  const own = here ?? reveal?.own ?? null;
  const again = (): void => onAgain(reveal);
  const mayAnswer = reveal !== null || !asked;
  useKeys("Stored", [
    { keys: ["s", "Enter"], what: "next item", run: onNext },
    ...(asked ? [] : [{ keys: ["r"], what: "show what the judges said", run: onAsk }]),
    ...(mayAnswer ? [{ keys: ["c"], what: reveal === null ? "correct the answer" : "a second answer, stored apart", run: again }] : []),
  ]);
  return (
    <section class="annotate-stored" aria-labelledby="stored-title">
      <h2 id="stored-title">Stored{own?.after_reveal === true ? ", apart from the first answer" : ""}</h2>
      <div class="stored-actions">
        <button type="button" class="primary" onClick={onNext}>
          Next item
        </button>
        <Key name="s" />
        {asked ? null : (
          <>
            <button type="button" onClick={onAsk}>
              Show what the judges said
            </button>
            <Key name="r" />
          </>
        )}
        {!mayAnswer ? null : (
          <>
            <button type="button" onClick={again}>
              {reveal === null ? "Correct the answer" : "Give a second answer"}
            </button>
            <Key name="c" />
          </>
        )}
      </div>
      {asked ? (
        <p class="muted">What is answered from now on is stored apart, as given after the verdicts were shown.</p>
      ) : (
        <p class="muted">Until the verdicts are shown, an answer can be corrected and counts as blind.</p>
      )}
      {fault === null ? null : <FaultNote fault={fault} retry={retry} />}
      {asked && reveal === null && fault === null ? <Skeleton lines={5} /> : null}
      <Answers dimensions={session.dimensions} own={own} reveal={reveal} />
    </section>
  );
}

function Answers({ dimensions, own, reveal }: { dimensions: readonly Dimension[]; own: Annotation | null; reveal: Reveal | null }) {
  if (own === null && reveal === null) return <p>The answer was given before this page was opened; it is shown where you correct it, and with the verdicts.</p>;
  return (
    <>
      <p>
        {own === null ? null : (
          <>
            As a whole: <b>{own.triage}</b>.{" "}
          </>
        )}
        {reveal === null ? null : reveal.target === null ? (
          "Which model the target was is told when all items are stored."
        ) : (
          <>
            The target was <b class="mono">{reveal.target}</b>.
          </>
        )}
      </p>
      <table class="stored-table">
        <thead>
          <tr>
            <th scope="col">Dimension</th>
            <th scope="col">You</th>
            {reveal === null ? null : (
              <>
                <th scope="col">Judges</th>
                <th scope="col">Apart by</th>
                <th scope="col">Why</th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {dimensions.map(({ name, scale }) => (
            <Answer key={name} name={name} scale={scale} own={own} score={reveal === null ? undefined : pick(reveal.scores, name)} shown={reveal !== null} />
          ))}
        </tbody>
      </table>
    </>
  );
}

interface AnswerProps {
  readonly name: string;
  readonly scale: Scale;
  readonly own: Annotation | null;
  readonly score: AuditScore | undefined;
  readonly shown: boolean;
}

function Answer({ name, scale, own, score, shown }: AnswerProps) {
  const mine = own === null ? undefined : pick(own.labels, name);
  const apart = typeof mine?.value === "number" && typeof score?.value === "number" ? Math.abs(mine.value - score.value) : null;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{mine === undefined ? "–" : answerWord(mine)}</td>
      {shown ? (
        <>
          <td>{judgedWord(score)}</td>
          <td class={apart !== null && isFar(apart, scale) ? "is-far" : undefined}>{apart ?? "–"}</td>
          <td class="stored-why">
            {score?.judges.map(({ judge, seat, repeat, value, status, reason }) => (
              <p key={`${judge} ${seat} ${repeat}`}>
                <span class="mono muted">{judge}</span> <b>{value ?? status.replaceAll("_", " ")}</b> {reason}
              </p>
            ))}
          </td>
        </>
      ) : null}
    </tr>
  );
}
