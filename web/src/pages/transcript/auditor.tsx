// What the auditor did: its own conversation, and everything that went on behind what the target saw.
import type { ComponentChildren } from "preact";
import { CallView } from "../../conversation/call";
import { Result } from "../../conversation/message";
import { plainName } from "../../conversation/words";
import { Badge } from "../../parts/small";
import { JsonText } from "../../text/json";
import { type Manner, Plain, Text } from "../../text/text";
import type { CheckRecord, Comparison, Staged, TranscriptView } from "../../wire";
import { RealismCheck } from "./facts";
import { type Doing, DoingContext, Facts, ToMessage } from "./panel";

export function Auditor({ view, manner, doing }: { view: TranscriptView; manner: Manner; doing: Doing }) {
  return (
    <DoingContext.Provider value={doing}>
      <div class="auditor">
        {view.auditor.length === 0 && <p class="muted">What the auditor did is not recorded.</p>}
        <ol class="column">
          {view.auditor.map((staged, index) => (
            <li key={index}>
              <Step staged={staged} number={index + 1} view={view} manner={manner} />
            </li>
          ))}
        </ol>
        <Behind view={view} />
      </div>
    </DoingContext.Provider>
  );
}

function Step({ staged, number, view, manner }: { staged: Staged; number: number; view: TranscriptView; manner: Manner }) {
  const made = new Set(staged.made);
  const checks = view.realism.filter((record) => record.staged.some((label) => made.has(label)));
  const found = view.lint.filter((record) => made.has(record.label));
  return (
    <article class={`message step role-${staged.role} ${staged.role === "assistant" ? "o-auditor" : staged.role === "tool" ? "o-simulated_tool" : "o-prefix"}`} aria-label={`A${String(number)}, ${staged.role}`}>
      <header class="message-head">
        <span class="message-label">A{number}</span>
        <span class="message-role">{staged.role === "assistant" ? "auditor" : staged.role === "tool" ? "result" : staged.role}</span>
        {staged.failed && <Badge tone="bad">error</Badge>}
        {staged.made.length > 0 && (
          <span class="made">
            made{" "}
            {staged.made.map((label) => (
              <ToMessage key={label} label={label} />
            ))}
          </span>
        )}
      </header>
      <div class="message-body">
        {staged.reasoning !== "" && (
          <details class="reasoning">
            <summary>reasoning</summary>
            <Text text={staged.reasoning} manner={manner} />
          </details>
        )}
        {staged.text !== "" && (staged.role === "tool" ? <Result text={staged.text} spans={[]} failed={staged.failed} /> : <Text text={staged.text} manner={manner} />)}
        {staged.calls.map((call) => (
          <CallView key={call.label} call={call} />
        ))}
        {checks.map((record, index) => (
          <Aside key={index} title="realism check">
            <RealismCheck record={record} />
          </Aside>
        ))}
        {found.map((record, index) => (
          <Aside key={index} title={`lint: ${plainName(record.rule)}`}>
            <Plain text={record.words} />
            <Plain text={record.message} />
          </Aside>
        ))}
      </div>
    </article>
  );
}

function Aside({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <aside class="aside">
      <span class="piece-kind">{title}</span>
      {children}
    </aside>
  );
}

function Behind({ view }: { view: TranscriptView }) {
  return (
    <div class="behind">
      <Group title="Operations on the world" count={view.world.length}>
        {view.world.map((record, index) => (
          <div class="operation" key={index}>
            <p>
              <code>{record.name}</code> by the {record.by}
              {record.after !== null && (
                <>
                  {" "}
                  after <ToMessage label={record.after} />
                </>
              )}
              {record.is_error && <Badge tone="bad">error</Badge>}
            </p>
            <JsonText text={record.arguments} open={1} />
          </div>
        ))}
      </Group>
      <Group title="Replies drawn anew" count={view.comparisons.length}>
        {view.comparisons.map((each, index) => (
          <Drawn key={index} each={each} />
        ))}
      </Group>
      <Group title="Checks after the audit" count={view.checks.length}>
        {view.checks.map((each, index) => (
          <Check key={index} each={each} />
        ))}
      </Group>
      <Group title="Replies that had to be asked for again" count={view.repairs.length}>
        {view.repairs.map((each, index) => (
          <Plain key={index} text={`${each.role}: ${each.faults.join("; ")}`} />
        ))}
      </Group>
    </div>
  );
}

function Group({ title, count, children }: { title: string; count: number; children: ComponentChildren }) {
  if (count === 0) return null;
  return (
    <section class="group">
      <h2>
        {title} <span class="muted">{count}</span>
      </h2>
      {children}
    </section>
  );
}

function Drawn({ each }: { each: Comparison }) {
  const labels = (all: readonly string[]): ComponentChildren => (all.length === 0 ? "" : all.map((label) => <ToMessage key={label} label={label} />));
  return (
    <Facts
      rows={[
        ["at", <ToMessage key="at" label={each.at} />],
        ["changed", each.change === null ? "nothing: the same was asked again" : `${plainName(each.change)}${each.rejected ? ", not realistic enough: nothing was drawn" : ""}`],
        ["the change", each.label === null ? "" : <ToMessage label={each.label} />],
        ["without it", labels(each.unchanged)],
        ["with it", labels(each.changed)],
      ]}
    />
  );
}

function Check({ each }: { each: CheckRecord }) {
  return (
    <div class="operation">
      <h3>{plainName(each.kind)}</h3>
      {each.missing !== null && <Plain text={each.missing} />}
      {each.conditions.map((condition) => (
        <div key={condition.name}>
          <p>
            {condition.name}
            {condition.after !== null && (
              <>
                {" "}
                after <ToMessage label={condition.after} />
              </>
            )}
          </p>
          <Plain text={condition.asked} />
          <ul class="findings">
            {condition.replies.map((reply, index) => (
              <li key={index}>
                <Plain text={reply.error === null ? reply.text : `${reply.error.kind}: ${reply.error.message}`} />
                {reply.cut && <Badge tone="warn">cut off</Badge>}
                {reply.calls.length > 0 && <span class="muted">calls {reply.calls.join(", ")}</span>}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}
