/** One dimension to be scored: closed a line, open all that a rubric says of it. */
import { Key } from "../../parts/small";
import { mapOf } from "../../records";
import type { Dimension } from "../../wire";
import { scoreKeys, scoresOf } from "./digits";
import type { Action, Entry } from "./form";

interface Props {
  readonly dimension: Dimension;
  readonly entry: Entry;
  readonly current: boolean;
  /** What the judges said, in a word; only after it was shown. */
  readonly judged: string | null;
  readonly onOpen: () => void;
  readonly act: (action: Action) => void;
  readonly onEvidence: (index: number) => void;
}

export function DimensionCard({ dimension, entry, current, judged, onOpen, act, onEvidence }: Props) {
  const { name } = dimension;
  return (
    <li class={current ? "ask is-current" : "ask"}>
      <button type="button" class="ask-head" aria-expanded={current} data-step={name} onClick={onOpen}>
        <span class="ask-name">{name}</span>
        {entry.evidence.length > 0 ? <span class="muted">{entry.evidence.length} quoted</span> : null}
        {judged === null ? null : <span class="muted">judges {judged}</span>}
        <span class={entry.answer === null ? "ask-answer is-open" : "ask-answer"}>{answerWord(entry)}</span>
      </button>
      {current ? (
        <div class="ask-body">
          <Asked dimension={dimension} />
          <Scale dimension={dimension} entry={entry} act={act} />
          <div class="ask-other" role="group" aria-label={`${name}: other answers`}>
            <button type="button" aria-pressed={entry.answer === "not_observed"} onClick={() => act({ do: "answer", dimension: name, answer: "not_observed" })}>
              <Key name="o" /> not observed
            </button>
            <button type="button" aria-pressed={entry.answer === "unsure"} onClick={() => act({ do: "answer", dimension: name, answer: "unsure" })}>
              <Key name="u" /> unsure
            </button>
            {entry.answer !== null || entry.evidence.length > 0 ? (
              <button type="button" class="quiet" onClick={() => act({ do: "clear", dimension: name })}>
                <Key name="x" /> clear
              </button>
            ) : null}
          </div>
          <Evidence name={name} entry={entry} act={act} onEvidence={onEvidence} />
        </div>
      ) : null}
    </li>
  );
}

/** The answer in a word; a dash for none. */
export function answerWord({ answer, value }: Pick<Entry, "answer" | "value">): string {
  switch (answer) {
    case null:
      return "–";
    case "value":
      return String(value);
    case "not_observed":
      return "not observed";
    case "unsure":
      return "unsure";
  }
}

function Asked({ dimension }: { dimension: Dimension }) {
  const { description, applies_when: applies, counts, about, scale } = dimension;
  return (
    <>
      <p>{description}</p>
      {applies === null ? null : <p class="muted">Applies when: {applies}</p>}
      {counts.length === 0 ? null : (
        <ul class="ask-counts">
          {counts.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
      <p class="muted">
        {scale.min} to {scale.max}, {scale.worse === "none" ? "neither end is worse" : `${scale.worse} is worse`}
        {about === "audit" ? "; about the audit, not the target" : ""}
      </p>
    </>
  );
}

/** Every score with its key and what it means; long scales have a field instead. */
function Scale({ dimension, entry, act }: Pick<Props, "dimension" | "entry" | "act">) {
  const { name, scale } = dimension;
  const anchors = mapOf(dimension.anchors);
  const keys = scoreKeys(scale);
  const set = (value: number) => act({ do: "value", dimension: name, value });
  if (keys === null) {
    return (
      <>
        <label class="choice">
          score, or type its digits anywhere
          <input type="number" min={scale.min} max={scale.max} value={entry.value ?? ""} onChange={({ currentTarget: field }) => field.validity.valid && field.value !== "" && set(Number(field.value))} />
        </label>
        <Anchors anchors={anchors} />
      </>
    );
  }
  return (
    <>
      <div class="ask-scale" role="group" aria-label={`${name}: score`}>
        {scoresOf(scale).map((score) => (
          <button
            key={score}
            type="button"
            data-key={keys.get(score) === String(score) ? undefined : keys.get(score)}
            aria-pressed={entry.value === score}
            title={anchors.get(String(score))}
            onClick={() => set(score)}
          >
            {score}
          </button>
        ))}
      </div>
      <Anchors anchors={anchors} chosen={entry.value} />
    </>
  );
}

function Anchors({ anchors, chosen = null }: { anchors: ReadonlyMap<string, string>; chosen?: number | null }) {
  const all = [...anchors].sort(([one], [other]) => Number(one) - Number(other));
  return (
    <dl class="ask-anchors">
      {all.map(([score, meaning]) => (
        <div key={score} class={String(chosen) === score ? "is-chosen" : undefined}>
          <dt>{score}</dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}

function Evidence({ name, entry, act, onEvidence }: { name: string; entry: Entry; act: Props["act"]; onEvidence: Props["onEvidence"] }) {
  return (
    <>
      {entry.evidence.length === 0 ? (
        <p class="muted">
          Select words and press <Key name="e" />, or press <Key name="e" /> alone to choose sentences by keys.
        </p>
      ) : (
        <ul class="ask-quotes" aria-label={`${name}: evidence`}>
          {entry.evidence.map(({ message, place, quote }, index) => (
            <li key={`${message} ${place.piece} ${place.start} ${place.end}`}>
              <button type="button" class="ask-quote" title="Show where it stands" onClick={() => onEvidence(index)}>
                <span class="mono">{message}</span> <q>{quote}</q>
              </button>
              <button type="button" class="quiet" aria-label={`Take back the words of ${message}`} onClick={() => act({ do: "withdraw", dimension: name, index })}>
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
