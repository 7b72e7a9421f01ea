// The validity strip: what became of every planned audit, and of every score; each part leads to its rows.
import { CountsBar, STATE_WORDS, STATES, type StateCounts } from "../../parts/counts-bar";
import { counted, whole } from "../../numbers";
import { FAILED, statusMeaning, statusWord, type State, type Status } from "../../scores";
import type { Chosen, Unscored } from "./facets";

interface StripProps {
  counts: StateCounts;
  unscored: ReadonlyMap<Status, Unscored>;
  chosen: Chosen;
  onState: (state: State) => void;
  onStatus: (status: Status) => void;
}

interface PartProps {
  n: number;
  word: string;
  tone: string;
  pressed: boolean;
  title?: string;
  onClick: () => void;
}

function Part({ n, word, tone, pressed, title, onClick }: PartProps) {
  return (
    <button type="button" class={`strip-part tone-${tone}`} aria-pressed={pressed} title={title} disabled={n === 0 && !pressed} onClick={onClick}>
      <span class="strip-word">{word}</span> <b>{whole(n)}</b>
    </button>
  );
}

export function Strip({ counts, unscored, chosen, onState, onStatus }: StripProps) {
  const planned = STATES.reduce((total, state) => total + counts[state], 0);
  return (
    <section class="strip" aria-label="What became of the planned audits">
      <div class="strip-row">
        <span class="strip-total">
          planned <b>{whole(planned)}</b> =
        </span>
        {STATES.map((state, at) => (
          <span key={state} class="strip-term">
            {at > 0 && <span class="strip-plus">+</span>}
            <Part
              n={counts[state]}
              word={STATE_WORDS[state]}
              tone={state}
              pressed={chosen.get("state")?.has(state) ?? false}
              onClick={() => onState(state)}
            />
          </span>
        ))}
        {unscored.size > 0 && (
          <span class="strip-unscored">
            <span class="strip-total">scores without a value</span>
            {[...unscored].map(([status, { scores, audits }]) => (
              <Part
                key={status}
                n={scores}
                word={statusWord(status)}
                tone={FAILED.has(status) ? "error" : "pending"}
                pressed={chosen.get("status")?.has(status) ?? false}
                title={`${counted(scores, "score")} of ${counted(audits, "valid audit")}: ${statusMeaning(status)}`}
                onClick={() => onStatus(status)}
              />
            ))}
          </span>
        )}
      </div>
      <CountsBar counts={counts} />
    </section>
  );
}
