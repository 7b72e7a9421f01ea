/** How the numbers came about, from the record alone. */
import type { ComponentChildren } from "preact";
import * as api from "../../api";
import { useCall } from "../../data";
import { cost, time, whole } from "../../numbers";
import type { Usage } from "../../wire";
import { Section, Wide } from "./section";
import type { Told } from "./told";

export function MethodSection({ told }: { told: Told }) {
  const note = useCall(api.about()).value?.note ?? null;
  const { method } = told.report;
  const { models } = method;
  const settings = Object.entries(method.settings);
  const prices = Object.entries(method.prices);
  return (
    <Section id="method" title="Method">
      <dl class="report-facts-list">
        <Fact name="Targets">{models.target.join(", ")}</Fact>
        <Fact name="Auditor">{models.auditor ?? "none"}</Fact>
        <Fact name="Judges">{models.judge.length === 0 ? "none" : models.judge.join(", ")}</Fact>
        {models.realism === null ? null : <Fact name="Realism">{models.realism}</Fact>}
        {models.simulator === null ? null : <Fact name="Tools answered by">{models.simulator}</Fact>}
        <Fact name="Dates">
          {method.started === null ? "not known" : time(method.started)} to {method.finished === null ? "not known" : time(method.finished)}
        </Fact>
        <Fact name="Cost">{method.cost_usd === null ? "not known" : cost(method.cost_usd)}</Fact>
        {prices.length === 0 ? null : (
          <Fact name="Prices">
            {prices.map(([model, source]) => (
              <div key={model}>
                {model}: {source}
              </div>
            ))}
          </Fact>
        )}
        <Fact name="Versions">
          Petri {method.petri}, Inspect {method.inspect_ai}
          {method.python === null ? "" : `, Python ${method.python}`}
        </Fact>
        <Fact name="Settings by flags">
          {settings.length === 0
            ? "none"
            : settings.map(([name, value]) => (
                <code key={name} class="report-setting">
                  {name} = {JSON.stringify(value)}
                </code>
              ))}
        </Fact>
      </dl>
      <Tokens usage={method.usage} />
      <Digests title="Scenario files" of={method.files} />
      <Digests title="Rubric files" of={method.rubrics} />
      <Digests title="Prompts" of={method.prompts} />
      {note === null ? null : <p class="report-note">Of this file: {note}</p>}
    </Section>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Tokens({ usage }: { usage: Readonly<Record<string, Usage>> }) {
  const roles = Object.entries(usage);
  if (roles.length === 0) return null;
  return (
    <Wide label="Tokens by role">
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">Tokens by role</th>
            <th scope="col">Calls</th>
            <th scope="col">Read</th>
            <th scope="col">From cache</th>
            <th scope="col">To cache</th>
            <th scope="col">Written</th>
          </tr>
        </thead>
        <tbody>
          {roles.map(([role, each]) => (
            <tr key={role}>
              <th scope="row">{role}</th>
              <td>{each.calls === 0 ? "not counted" : whole(each.calls)}</td>
              <td>{whole(each.input_tokens)}</td>
              <td>{whole(each.cache_read)}</td>
              <td>{whole(each.cache_write)}</td>
              <td>{whole(each.output_tokens)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

/** As much of a digest as tells two apart. */
const SHOWN = 16;

function Digests({ title, of }: { title: string; of: Readonly<Record<string, string>> }) {
  const files = Object.entries(of);
  if (files.length === 0) return null;
  return (
    <div class="report-digests">
      <h3>
        {title} <span class="report-scale">SHA-256, its first {SHOWN} digits</span>
      </h3>
      <ul>
        {files.map(([name, digest]) => (
          <li key={name}>
            <span>{name}</span> <code title={digest}>{digest.slice(0, SHOWN)}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}
