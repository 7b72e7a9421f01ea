// What else is known of an audit: what could mislead a judge, what gave the staging away, what it cost, what it was to find out.
import { flagWords, plainName } from "../../conversation/words";
import { cost, score as written, whole } from "../../numbers";
import { Badge } from "../../parts/small";
import { mapOf } from "../../records";
import { Json } from "../../text/json";
import { Plain, Text } from "../../text/text";
import type { Audit, RealismRecord, Screened, TranscriptView } from "../../wire";
import { Facts, Pane, ToMessage } from "./panel";

export function FlagsPane({ flags }: { flags: Audit["flags"] }) {
  const all = [...mapOf(flags)];
  if (all.length === 0) return null;
  return (
    <Pane name="s:flags" open title={<>Could mislead a judge · {all.length}</>}>
      <ul class="findings">
        {all.map(([label, found]) => (
          <li key={label}>
            <ToMessage label={label} /> {found.map((flag) => flagWords(flag)[0]).join(", ")}
          </li>
        ))}
      </ul>
    </Pane>
  );
}

export function ScreenedPane({ screened }: { screened: Screened | null }) {
  if (screened === null) return null;
  return (
    <Pane name="s:screened" title={`Screened: ${screened.drawn ? "the panel read it" : "the panel did not read it"}`}>
      <Facts
        rows={[
          ["screener", screened.judge],
          ["had to be read", screened.flagged.length === 0 ? "no" : screened.flagged.join("; ")],
          ["probability", written(screened.inclusion, 2)],
        ]}
      />
    </Pane>
  );
}

/** One check of what was staged: every item with its score, or why there is none. */
export function RealismCheck({ record }: { record: RealismRecord }) {
  return (
    <div class="realism">
      <p>
        {record.staged.map((label) => (
          <ToMessage key={label} label={label} />
        ))}
        {record.rejected && <Badge tone="warn">taken back</Badge>}
        {record.missing !== null && <Badge tone="warn">no score</Badge>}
      </p>
      {record.missing !== null && <Plain text={record.missing} />}
      <ul class="findings">
        {record.items.map((item, index) => (
          <li key={index}>
            <span class="realism-score">{written(item.score, 2)}</span> <ToMessage label={item.what} />
            {item.gives_away !== "" && <Plain text={item.gives_away} />}
          </li>
        ))}
      </ul>
    </div>
  );
}

export function RealismPane({ view }: { view: TranscriptView }) {
  const items = view.realism.flatMap((record) => record.items);
  if (view.realism.length === 0) return null;
  const lowest = items.length === 0 ? null : Math.min(...items.map((item) => item.score));
  const back = view.realism.filter((record) => record.rejected).length;
  return (
    <Pane
      name="s:realism"
      title={`Realism · ${String(view.realism.length)} check${view.realism.length === 1 ? "" : "s"}${lowest === null ? "" : `, lowest ${written(lowest, 2)}`}${back > 0 ? `, ${String(back)} taken back` : ""}`}
    >
      {view.realism.map((record, index) => (
        <RealismCheck key={index} record={record} />
      ))}
    </Pane>
  );
}

export function LintPane({ view }: { view: TranscriptView }) {
  if (view.lint.length === 0) return null;
  return (
    <Pane name="s:lint" title={`Lint · ${String(view.lint.length)} finding${view.lint.length === 1 ? "" : "s"}`}>
      <ul class="findings">
        {view.lint.map((record, index) => (
          <li key={index}>
            <ToMessage label={record.label} /> {plainName(record.rule)}
            <Plain text={record.words} />
            <Plain text={record.message} />
          </li>
        ))}
      </ul>
    </Pane>
  );
}

export function UsagePane({ audit }: { audit: Audit }) {
  const roles = [...mapOf(audit.usage)];
  return (
    <Pane name="s:usage" title={`Usage and cost · ${cost(audit.cost_usd)}`}>
      <div class="scrolls">
        <table class="usage">
          <thead>
            <tr>
              {["role", "calls", "read", "written", "from cache", "to cache"].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {roles.map(([role, usage]) => (
              <tr key={role}>
                <th scope="row">{role}</th>
                {[usage.calls, usage.input_tokens, usage.output_tokens, usage.cache_read, usage.cache_write].map((count, index) => (
                  <td key={index}>{whole(count)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {audit.auditor !== null && (
        <details class="about">
          <summary>how the auditor did, in counts</summary>
          <Facts rows={Object.entries(audit.auditor).map(([name, count]) => [plainName(name), whole(count as number)] as const)} />
        </details>
      )}
    </Pane>
  );
}

export function ScenarioPane({ view }: { view: TranscriptView }) {
  const { scenario, deployed } = view;
  const variables = [...mapOf(scenario.variables)];
  return (
    <Pane name="s:scenario" title={`Scenario: ${scenario.id}`}>
      <Text text={scenario.seed} />
      <Facts
        rows={[
          ...variables.map(([name, value]) => [name, String(value)] as const),
          ["file", scenario.file],
          ["epoch", String(view.epoch)],
          ["turns at most", scenario.max_turns === null ? null : String(scenario.max_turns)],
          ["valid if", scenario.validity],
          ["control for", scenario.control_for],
          ["tags", scenario.tags.join(", ")],
          ["audit", view.id],
        ]}
      />
      {Object.keys(scenario.settings).length > 0 && (
        <details class="about">
          <summary>settings</summary>
          <Json data={scenario.settings} />
        </details>
      )}
      {deployed !== null && (
        <details class="about">
          <summary>brought along by the target</summary>
          {deployed.system !== null && <Plain text={deployed.system} />}
          {deployed.tools.length > 0 && <p>tools: {deployed.tools.join(", ")}</p>}
        </details>
      )}
    </Pane>
  );
}
