// What the server sent of the golden run (transcripts/golden), cut short: it is what the page takes it for.
import { expect, test } from "vitest";
import { checked } from "../src/api";
import { columnsOf } from "../src/pages/list/columns";
import { facetsOf, find } from "../src/pages/list/facets";
import { listed } from "../src/pages/list/rows";
import { sorted, WORST } from "../src/pages/list/sorting";
import { arranged } from "../src/pages/runs/runs";
import { worstAudit } from "../src/worst";
import audits from "./fixtures/audits.json";
import run from "./fixtures/run.json";
import runs from "./fixtures/runs.json";
import transcript from "./fixtures/transcript.json";

test.each([
  ["AuditList", audits],
  ["RunDetail", run],
  ["RunList", runs],
  ["TranscriptView", transcript],
] as const)("a %s of the server is one", (name, value) => {
  expect(checked(name, value)).toBe(value);
});

test("the golden audits are listed with the worst first", () => {
  const answer = checked("AuditList", audits);
  const list = listed(answer);
  const { positions } = find(list, facetsOf(list, false), new Map(), "");
  const first = list.rows[sorted(list, positions, WORST)[0]!]!.audit;
  expect(positions).toHaveLength(answer.audits.length);
  expect(first).toBe(worstAudit(answer));
  expect(first.hits).not.toEqual([]);
  expect(columnsOf(list, false).map((column) => column.dimension.name)).toEqual(answer.dimensions.map((each) => each.name));
});

test("a set of verdicts stands below the run that it is about", () => {
  const rows = arranged(checked("RunList", runs).runs, "");
  const at = rows.findIndex((each) => each.below);
  expect(rows[at]?.row.of).toBe(rows[at - 1]?.row.key);
});
