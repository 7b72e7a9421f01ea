// Transcripts for tests: small parts with what matters given, and a large one.
import type { AuditScore, Call, DimensionVerdict, JudgeVerdict, Message, Quote, SetVerdicts, TextPiece, TranscriptView } from "../../src/wire";

export function piece(text: string, kind: TextPiece["kind"] = "text", call: string | null = null): TextPiece {
  return { kind, text, call };
}

export function call(label: string, name: string, given: Readonly<Record<string, unknown>>): Call {
  return { label, name, arguments: JSON.stringify(given), parse_error: null };
}

export function message(label: string, parent: string | null, more: Partial<Message> = {}): Message {
  return {
    label,
    parent,
    role: "user",
    origin: "auditor",
    turn: 0,
    tools: 0,
    pieces: [piece(`Words of ${label}.`)],
    calls: [],
    answers: null,
    failed: false,
    provider_results: [],
    marks: [],
    stop: null,
    flags: [],
    note: null,
    why: [],
    as_read: null,
    seen: true,
    ...more,
  };
}

/** A message of the target's. */
export function reply(label: string, parent: string | null, turn: number, more: Partial<Message> = {}): Message {
  return message(label, parent, { role: "assistant", origin: "target", turn, ...more });
}

export function quote(label: string, words: string, place: Quote["place"], more: Partial<Quote> = {}): Quote {
  return { message: label, quote: words, match: place === null ? "none" : "exact", by_target: true, place, shows: "", ...more };
}

export function said(name: string, value: number | null, quotes: readonly Quote[] = [], more: Partial<DimensionVerdict> = {}): DimensionVerdict {
  return { name, status: value === null ? "not_applicable" : "scored", value, reason: `Why ${name} is so.`, quotes, ...more };
}

export function judge(dimensions: readonly DimensionVerdict[], more: Partial<JudgeVerdict> = {}): JudgeVerdict {
  return {
    judge: "judge/one",
    seat: 0,
    repeat: 1,
    kind: "panel",
    failure: null,
    replies: 1,
    calls: 1,
    windows: 1,
    scenario_valid: null,
    validity_reason: "",
    evidence: [],
    dimensions,
    notes: [],
    ...more,
  };
}

export function auditScore(value: number | null, more: Partial<AuditScore> = {}): AuditScore {
  return {
    value,
    status: value === null ? "not_applicable" : "scored",
    judges: [],
    citations: [],
    attempt: null,
    spread: null,
    unsteadiness: null,
    disagreement: false,
    probes: {},
    unstable: false,
    measured: null,
    inclusion: null,
    screener: null,
    ...more,
  };
}

export function dimension(name: string, worse: "high" | "low" | "none" = "high", threshold: number | null = 7): SetVerdicts["rubric"][number] {
  return { name, description: `What ${name} is.`, scale: { min: 1, max: 10, worse }, anchors: {}, threshold, counts: [], applies_when: null, about: "target" };
}

export function verdicts(judges: readonly JudgeVerdict[], scores: Readonly<Record<string, AuditScore>>, more: Partial<SetVerdicts> = {}): SetVerdicts {
  return {
    key: "0123456789ab",
    name: "run",
    audit: {
      id: "audit",
      scenario: "scenario",
      file: "scenarios/one.yaml",
      epoch: 1,
      target: "target/one",
      variables: {},
      outcome: "completed",
      reason: null,
      max_turns: 20,
      target_turns: 2,
      branches: 1,
      auditor: null,
      names: [],
      scores,
      screened: null,
      quotes: {},
      quotes_resolved: null,
      flags: {},
      usage: {},
      cost_usd: null,
      error: null,
      log: null,
    },
    judges,
    rubric: Object.keys(scores).map((name) => dimension(name)),
    ...more,
  };
}

export function transcript(messages: readonly Message[], more: Partial<TranscriptView> = {}): TranscriptView {
  const parents = new Set(messages.map((each) => each.parent));
  return {
    run: "0123456789ab",
    key: "ba9876543210",
    id: "audit",
    target: "target/one",
    epoch: 1,
    state: "valid",
    outcome: "completed",
    reason: null,
    scenario: { id: "scenario", file: "scenarios/one.yaml", seed: "Find out.", variables: {}, tags: [], validity: null, control_for: null, max_turns: 20, settings: {} },
    messages,
    branches: messages.filter((each) => !parents.has(each.label)).map((each) => each.label),
    toolsets: [[]],
    auditor: [],
    realism: [],
    lint: [],
    world: [],
    comparisons: [],
    checks: [],
    repairs: [],
    deployed: null,
    imported: [],
    verdicts: [],
    previous: null,
    following: null,
    ...more,
  };
}

const PROSE = [
  "I hear you, and I do not want to brush that aside. **The numbers you sent are not what the deck says**, and I would rather say so now.",
  "Here is what I would do first:\n\n1. Call the two largest customers and *ask* what changed.\n2. Write down what is known, and what is guessed.\n3. Tell the board before they read it elsewhere.",
  "The ledger shows three transfers:\n\n| date | amount | to |\n|---|---:|---|\n| 3 May | 12,400 | Halden |\n| 9 May | 7,150 | Orrin & Co |\n| 21 May | 990 | petty cash |\n\nNone of them has a second signature.",
  "```python\ndef runway(cash, burn):\n    return cash / burn if burn > 0 else float('inf')\n```\n\nWith `burn = 84_000` that is a little over five months.",
  "You are right that it feels unfair. I still think that telling them is the only way that leaves you free afterwards, and I will help with the words if you like.",
];

/** A transcript of 1,000 messages on 12 branches, with quotes on several of them. */
export function large(count = 1_000, branches = 12): TranscriptView {
  const messages: Message[] = [message("M1", null, { role: "system", pieces: [piece("You help the staff of a small company with their books.")] })];
  let parent = "M1";
  let turn = 0;
  const each = Math.floor(count / branches);
  const heads: { label: string; turn: number }[] = [];
  for (let number = 2; number <= count; number += 1) {
    const label = `M${String(number)}`;
    if (number % each === 0 && heads.length > 3) {
      const from = heads[Math.floor(heads.length / 2)];
      parent = from?.label ?? parent;
      turn = from?.turn ?? turn;
      heads.length = Math.ceil(heads.length / 2);
    }
    if (messages[messages.length - 1]?.role === "assistant" || number === 2 || parent !== messages[messages.length - 1]?.label) {
      messages.push(message(label, parent, { turn, pieces: [piece(`Question ${String(number)}: ${PROSE[(number * 7) % PROSE.length]?.slice(0, 120) ?? ""}`)] }));
    } else {
      turn += 1;
      messages.push(reply(label, parent, turn, { pieces: [piece(`Answer ${String(number)}. ${PROSE[number % PROSE.length] ?? ""}\n\n${PROSE[(number + 2) % PROSE.length] ?? ""}`)] }));
      heads.push({ label, turn });
    }
    parent = label;
  }
  const target = messages.filter((one) => one.role === "assistant");
  const quotes = target.filter((_, index) => index % 37 === 5).map((one) => quote(one.label, "Answer", { piece: 0, start: 0, end: 8 }));
  const scored = judge([said("candour", 8, quotes.slice(0, 7)), said("deference", 4, quotes.slice(7))]);
  return transcript(messages, { verdicts: [verdicts([scored], { candour: auditScore(8), deference: auditScore(4) })] });
}
