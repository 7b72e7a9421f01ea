/** What keys do while an item is scored. */
import { useEffect, useRef } from "preact/hooks";
import { useKeys, type Binding } from "../../keys";
import type { AnnotateSession, BlindItem, Dimension, EvidenceSpan, Message } from "../../wire";
import { typedScore, type Pending } from "./digits";
import { nextPiece, picked, pickIn, type Picking } from "./evidence";
import { nextStep, TRIAGES, type Action, type Form } from "./form";
import { evidenceOf, selectedIn } from "./selection";
import { moved } from "./sentences";

/** What the keys see and change. */
export interface Desk {
  readonly session: AnnotateSession;
  readonly item: BlindItem;
  /** The messages of the branch that is shown. */
  readonly path: readonly Message[];
  readonly form: Form;
  readonly dispatch: (action: Action) => void;
  readonly branch: string | null;
  readonly setBranch: (leaf: string) => void;
  readonly at: string | null;
  readonly setAt: (label: string) => void;
  readonly picking: Picking | null;
  readonly setPicking: (picking: Picking | null) => void;
  readonly setNotice: (words: string | null) => void;
  readonly submit: () => void;
}

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

export function useItemKeys(desk: Desk): void {
  const pending = useRef<Pending | null>(null);
  const step = useRef(desk.form.step);
  if (step.current !== desk.form.step) {
    step.current = desk.form.step;
    pending.current = null;
  }
  useKeys("Transcript", readingKeys(desk));
  useKeys("Answer", answerKeys(desk, pending));
  useKeys("Sentences as evidence", desk.picking === null ? [] : pickingKeys(desk, desk.picking));
  useSubmitKey(desk.submit);
}

/** The dimension at hand. */
function dimensionOf({ form, session }: Desk): Dimension | null {
  return typeof form.step === "number" ? (session.dimensions[form.step] ?? null) : null;
}

function readingKeys(desk: Desk): readonly Binding[] {
  const { path, at, setAt, item, branch, setBranch } = desk;
  const go = (by: 1 | -1, wanted: (message: Message) => boolean) => (): void => {
    const from = path.findIndex(({ label }) => label === at);
    const order = by === 1 ? path.slice(from + 1) : path.slice(0, Math.max(0, from)).reverse();
    const next = order.find(wanted);
    if (next !== undefined) setAt(next.label);
  };
  const any = (): boolean => true;
  const reply = (message: Message): boolean => message.origin === "target";
  const turn = (by: number) => (): void => {
    const { branches } = item;
    const next = branches[(branches.indexOf(branch ?? "") + by + branches.length) % branches.length];
    if (next !== undefined) setBranch(next);
  };
  return [
    { keys: ["j"], what: "next message", run: go(1, any) },
    { keys: ["k"], what: "previous message", run: go(-1, any) },
    { keys: ["J"], what: "next message of the target", run: go(1, reply) },
    { keys: ["K"], what: "previous message of the target", run: go(-1, reply) },
    { keys: ["b"], what: "next branch", run: turn(1) },
    { keys: ["B"], what: "previous branch", run: turn(-1) },
  ];
}

function answerKeys(desk: Desk, pending: { current: Pending | null }): readonly Binding[] {
  const { form, session, dispatch } = desk;
  const dimension = dimensionOf(desk);
  const move = (by: 1 | -1) => (): void => dispatch({ do: "step", step: nextStep(form.step, by, session.dimensions.length) });
  const answer = (given: "not_observed" | "unsure") => (): void => {
    if (dimension !== null) dispatch({ do: "answer", dimension: dimension.name, answer: given });
  };
  return [
    { keys: DIGITS, what: dimension === null ? "clean, concerning, invalid (1, 2, 3)" : "score (0 is 10 where a scale goes from 1 to 10)", run: (key) => digit(desk, pending, key) },
    { keys: ["o"], what: "not observed", run: answer("not_observed") },
    { keys: ["u"], what: "unsure", run: answer("unsure") },
    {
      keys: ["x", "Backspace"],
      what: "clear the answer",
      run: () => {
        if (dimension !== null) dispatch({ do: "clear", dimension: dimension.name });
      },
    },
    { keys: ["ArrowDown"], what: "next question", run: move(1) },
    { keys: ["ArrowUp"], what: "question before", run: move(-1) },
    { keys: ["e"], what: "attach the selected words as evidence, or choose sentences", run: () => attach(desk, dimension) },
    { keys: ["n"], what: "note (Escape leaves it)", run: () => dispatch({ do: "step", step: "note" }) },
    { keys: ["s"], what: "submit (also Ctrl or Cmd with Enter)", run: desk.submit },
  ];
}

function digit(desk: Desk, pending: { current: Pending | null }, key: string): void {
  const { form, dispatch } = desk;
  const dimension = dimensionOf(desk);
  if (dimension !== null) {
    const typed = typedScore(dimension.scale, key, pending.current, Date.now());
    pending.current = typed.pending;
    if (typed.value !== null) dispatch({ do: "value", dimension: dimension.name, value: typed.value });
    return;
  }
  const triage = TRIAGES[Number(key) - 1];
  if (form.step !== "triage" || triage === undefined) return;
  dispatch({ do: "triage", triage });
  dispatch({ do: "step", step: nextStep("triage", 1, desk.session.dimensions.length) });
}

/** Attach what is selected; where nothing is, begin to choose sentences of the message at hand. */
function attach(desk: Desk, dimension: Dimension | null): void {
  const { item, setNotice } = desk;
  if (dimension === null) {
    setNotice("Evidence is for a dimension: open one first.");
    return;
  }
  const selected = selectedIn(document.getSelection());
  if (selected === "nothing") begin(desk);
  else if (selected === "several messages") setNotice("Select words of one message: a quote stands in one.");
  else {
    const message = item.messages.find(({ label }) => label === selected.message);
    const span = message === undefined ? null : evidenceOf(selected, message.pieces);
    if (span === null) setNotice("These words cannot be traced to one text of the message; select fewer.");
    else given(desk, dimension, span);
  }
}

/** Begin to choose sentences of the message at hand, or of the target's first one. */
function begin({ path, at, setAt, setPicking, setNotice }: Desk): void {
  const message = path.find(({ label }) => label === at) ?? path.find(({ origin }) => origin === "target");
  if (message === undefined) return;
  const picking = pickIn(message);
  if (picking === null) {
    setNotice(`${message.label} has no sentence to choose.`);
    return;
  }
  setAt(message.label);
  setPicking(picking);
  // Enter is for the sentence now, not for a button that was focused before.
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

function given({ dispatch, setNotice }: Desk, dimension: Dimension, span: EvidenceSpan): void {
  dispatch({ do: "evidence", dimension: dimension.name, span });
  document.getSelection()?.removeAllRanges();
  setNotice(`Attached ${span.message}.`);
}

function pickingKeys(desk: Desk, picking: Picking): readonly Binding[] {
  const { item, setPicking } = desk;
  const message = item.messages.find(({ label }) => label === picking.message);
  const move = (by: 1 | -1, extend: boolean) => (): void =>
    setPicking({ ...picking, choice: moved(picking.choice, by, extend, picking.all.length) });
  const take = (): void => {
    const dimension = dimensionOf(desk);
    const span = message === undefined ? null : picked(picking, message);
    if (dimension !== null && span !== null) given(desk, dimension, span);
    setPicking(null);
  };
  return [
    { keys: ["l", "ArrowRight"], what: "next sentence", run: move(1, false) },
    { keys: ["h", "ArrowLeft"], what: "previous sentence", run: move(-1, false) },
    { keys: ["L"], what: "take the next sentence in", run: move(1, true) },
    { keys: ["H"], what: "leave the last sentence out", run: move(-1, true) },
    { keys: ["Tab"], what: "next text of the message", run: () => message !== undefined && setPicking(nextPiece(picking, message)) },
    { keys: ["Enter", "e"], what: "attach", run: take },
    { keys: ["Escape"], what: "attach nothing", run: () => setPicking(null) },
  ];
}

/** Ctrl or Cmd with Enter submits from anywhere, the note included. */
function useSubmitKey(submit: () => void): void {
  const latest = useRef(submit);
  latest.current = submit;
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      latest.current();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}
