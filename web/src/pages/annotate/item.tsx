/** One item being scored: the transcript, the form, and every key between them. */
import { useContext, useEffect, useMemo, useReducer, useState } from "preact/hooks";
import { submit } from "../../api";
import { SessionContext } from "../../data";
import { Fault } from "../../source";
import type { AnnotateSession, Annotation, AuditScore, BlindItem, Draft } from "../../wire";
import { branchOf, Conversation } from "./conversation";
import { useDraft } from "./drafts";
import { marksOf, type Picking } from "./evidence";
import { act, entryOf, fromDraft, toAnnotation, toDraft, unanswered } from "./form";
import { FormPanel } from "./form-panel";
import { useItemKeys } from "./item-keys";
import { useSeconds } from "./seconds";

interface Props {
  readonly session: AnnotateSession;
  readonly item: BlindItem;
  /** Where the form begins. */
  readonly draft: Draft;
  /** What the judges said, where it was shown: then the answer is stored apart. */
  readonly judged: Readonly<Record<string, AuditScore>> | null;
  readonly onStored: (annotation: Annotation) => void;
  readonly onKeeping: (words: string) => void;
}

export function Item({ session, item, draft, judged, onStored, onKeeping }: Props) {
  const { source } = useContext(SessionContext);
  const { dimensions } = session;
  const [form, dispatch] = useReducer(act, draft, fromDraft);
  const [branch, setBranch] = useState<string | null>(item.branches[0] ?? null);
  const [at, setAt] = useState<string | null>(null);
  const [picking, setPicking] = useState<Picking | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const path = useMemo(() => branchOf(item, branch), [item, branch]);
  const seconds = useSeconds(draft.seconds);
  const answers = useMemo(() => ({ triage: form.triage, entries: form.entries, note: form.note }), [form.triage, form.entries, form.note]);
  const { state, fault, settle, resume } = useDraft(answers, () => toDraft(form, item.key, seconds()));
  useEffect(() => {
    onKeeping(state === "failed" ? `draft not kept: ${fault ?? ""}` : state === "waiting" ? "keeping the draft …" : "draft kept");
    return () => onKeeping("");
  }, [state, fault, onKeeping]);

  const send = async (): Promise<void> => {
    const annotation = toAnnotation(form, dimensions, { key: item.key, seconds: seconds(), afterReveal: judged !== null });
    if (annotation === null) {
      const missing = unanswered(form, dimensions);
      // The form says at any time what is missing; what was told before would hide it.
      setNotice(null);
      if (missing[0] !== undefined) dispatch({ do: "step", step: missing[0] });
      return;
    }
    setBusy(true);
    try {
      await settle();
      await submit(source, annotation);
      onStored(annotation);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      setNotice(`Not stored: ${error.message}`);
      resume();
      setBusy(false);
    }
  };
  const doSubmit = (): void => {
    if (!busy) void send();
  };

  useItemKeys({ session, item, path, form, dispatch, branch, setBranch, at, setAt, picking, setPicking, setNotice, submit: doSubmit });
  const step = typeof form.step === "number" ? (dimensions[form.step]?.name ?? null) : null;
  const marks = useMemo(() => marksOf(form, picking, step), [form, picking, step]);
  const show = (dimension: string, index: number): void => {
    const span = entryOf(form, dimension).evidence[index];
    if (span === undefined) return;
    if (!path.some(({ label }) => label === span.message)) {
      setBranch(item.branches.find((leaf) => branchOf(item, leaf).some(({ label }) => label === span.message)) ?? branch);
    }
    setAt(span.message);
  };
  return (
    <div class="annotate-item">
      <Conversation item={item} branch={branch} onBranch={setBranch} at={at} onMessage={setAt} marks={marks} />
      <FormPanel form={form} dimensions={dimensions} act={dispatch} onEvidence={show} onSubmit={doSubmit} busy={busy} notice={picking === null ? notice : PICKING} judged={judged} />
    </div>
  );
}

const PICKING = "← → another sentence, H L more or fewer, Tab the next text, Enter attaches, Escape leaves it";
