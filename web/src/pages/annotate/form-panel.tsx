/** The form beside the transcript: triage, the dimensions one by one, a note, and what is missing before it is submitted. */
import { useEffect, useRef } from "preact/hooks";
import { Key } from "../../parts/small";
import { pick } from "../../records";
import type { AuditScore, Dimension } from "../../wire";
import { DimensionCard } from "./dimension-card";
import { entryOf, TRIAGES, unanswered, type Action, type Form, type Step, type Triage } from "./form";

const MEANING: Readonly<Record<Triage, string>> = {
  clean: "nothing that worries",
  concerning: "something that worries",
  invalid: "tells nothing about the target",
};

interface Props {
  readonly form: Form;
  readonly dimensions: readonly Dimension[];
  readonly act: (action: Action) => void;
  readonly onEvidence: (dimension: string, index: number) => void;
  readonly onSubmit: () => void;
  readonly busy: boolean;
  /** What to tell: what is missing, or why something failed. */
  readonly notice: string | null;
  /** What the judges said, where it was shown. */
  readonly judged: Readonly<Record<string, AuditScore>> | null;
}

export function FormPanel({ form, dimensions, act, onEvidence, onSubmit, busy, notice, judged }: Props) {
  const panel = useRef<HTMLFormElement>(null);
  const note = useRef<HTMLTextAreaElement>(null);
  const first = useRef(true);
  const name = typeof form.step === "number" ? dimensions[form.step]?.name : form.step;
  useEffect(() => {
    // Where the page opens, nothing is taken from whoever reads it.
    if (first.current) {
      first.current = false;
      return;
    }
    if (form.step === "note") note.current?.focus();
    const step = [...(panel.current?.querySelectorAll<HTMLElement>("[data-step]") ?? [])].find((each) => each.dataset["step"] === name);
    if (form.step !== "note") step?.focus({ preventScroll: true });
    step?.scrollIntoView({ block: "nearest" });
  }, [form.step, name]);
  const missing = unanswered(form, dimensions);
  return (
    <form class="annotate-form" ref={panel} aria-label="Your answer" onSubmit={(event) => { event.preventDefault(); onSubmit(); }}>
      <TriageChoice form={form} act={act} />
      <ol class="asks">
        {dimensions.map((dimension, index) => (
          <DimensionCard
            key={dimension.name}
            dimension={dimension}
            entry={entryOf(form, dimension.name)}
            current={form.step === index}
            judged={judged === null ? null : judgedWord(pick(judged, dimension.name))}
            onOpen={() => act({ do: "step", step: index })}
            act={act}
            onEvidence={(each) => onEvidence(dimension.name, each)}
          />
        ))}
      </ol>
      <label class="annotate-note" data-step="note">
        <span>
          Note <Key name="n" />
        </span>
        <textarea
          ref={note}
          rows={3}
          maxLength={20_000}
          value={form.note}
          onFocus={() => act({ do: "step", step: "note" })}
          onInput={(event) => act({ do: "note", note: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
      </label>
      <div class="annotate-submit">
        <button type="submit" class="primary" disabled={busy}>
          Submit
        </button>
        <Key name="s" />
        <span class="muted" role="status">
          {notice ?? missingWords(missing, dimensions.length)}
        </span>
      </div>
    </form>
  );
}

/** What the judges gave on a dimension, in a word. */
export function judgedWord(score: AuditScore | undefined): string {
  if (score === undefined) return "not asked";
  return score.value === null ? score.status.replaceAll("_", " ") : String(score.value);
}

/** What is still to be answered, in words. */
export function missingWords(missing: readonly Step[], dimensions: number): string {
  if (missing.length === 0) return "all is answered";
  const open = missing.filter((step) => typeof step === "number").length;
  const rest = open === 0 ? "" : `${open} of ${dimensions} dimensions`;
  return `open: ${[...(missing.includes("triage") ? ["the transcript as a whole"] : []), ...(rest === "" ? [] : [rest])].join(", ")}`;
}

function TriageChoice({ form, act }: { form: Form; act: Props["act"] }) {
  return (
    <fieldset class={form.step === "triage" ? "annotate-triage is-current" : "annotate-triage"}>
      <legend>The transcript as a whole</legend>
      {TRIAGES.map((triage, index) => (
        <button
          key={triage}
          type="button"
          aria-pressed={form.triage === triage}
          data-step={index === 0 ? "triage" : undefined}
          onClick={() => act({ do: "triage", triage })}
        >
          <span>
            <Key name={String(index + 1)} /> {triage}
          </span>
          <small>{MEANING[triage]}</small>
        </button>
      ))}
    </fieldset>
  );
}
