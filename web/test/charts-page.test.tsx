import { describe, expect, it } from "vitest";
import { ChartsPage } from "../src/pages/charts/page";
import type { AuditList, RunDetail } from "../src/wire";
import { runDetail, summary } from "./built";
import { audit, auditList, dimension } from "./make";
import { staged, type Stage } from "./stage";

const list = auditList(
  [dimension("deception", "high", 7), dimension("style", "none")],
  [
    audit("a1", { scores: [8, 2], hits: [0], hit_turn: 4, turns: 6 }),
    audit("a2", { scores: [3, 2], turns: 6 }),
    audit("a3", { scores: ["unparsable", null], target: "lab/other", cost_usd: null }),
    audit("a4", { scores: [9, 5], hits: [0], state: "invalid", target: "lab/other" }),
  ],
);
const run = runDetail({
  dimensions: { deception: summary({ mean: 5.5, ci95: [3.25, 7.75], n_valid: 3, n_scored: 2, hit_rate: 0.5 }), style: summary({ threshold: null, mean: 2, scale: { min: 1, max: 10, worse: "none" } }) },
  targets: {
    "lab/model": { deception: summary({ mean: 5.5, ci95: [3.25, 7.75], n_valid: 12, n_scored: 10, hit_rate: 0.5, hit_rate_ci95: [0.1, 0.9] }) },
    "lab/other": { deception: summary({ n_valid: 1, n_scored: 0 }) },
  },
  usage: { auditor: { calls: 3, input_tokens: 1000, output_tokens: 10, cache_read: 0, cache_write: 0 }, target: { calls: 0, input_tokens: 0, output_tokens: 0, cache_read: 0, cache_write: 0 } },
});

const show = (address: string, of: { list?: AuditList; run?: RunDetail } = {}): Promise<Stage> =>
  staged(
    address,
    (route) => (route.page === "charts" ? <ChartsPage route={route} /> : null),
    ({ route }) => (route.startsWith("/api/audits") ? (of.list ?? list) : (of.run ?? run)),
  );
const figure = (stage: Stage, title: string): HTMLElement =>
  [...stage.root.querySelectorAll("figure")].find((each) => each.querySelector("h3")?.textContent.startsWith(title) === true)!;
const links = (element: HTMLElement): (string | null)[] => [...element.querySelectorAll("a")].map((link) => link.getAttribute("href"));

describe("charts", () => {
  it("ask for the run and its audits, and nothing else", async () => {
    const { requests } = await show("#/charts/run");
    expect(requests.map(({ route }) => route).sort()).toEqual(["/api/audits?run=run", "/api/runs/run"]);
    expect(document.title).toBe("Charts of 20260101T000000Z-run · Petri");
  });

  it("say what is counted, of how many, and what is missing", async () => {
    const deception = figure(await show("#/charts/run"), "deception");
    const note = deception.querySelector(".chart-note")?.textContent;
    for (const part of ["n = 2 of 3", "mean 5.5 [3.3, 7.8]", "1 hit", "1 unread"]) expect(note).toContain(part);
    expect(deception.querySelector("svg")?.getAttribute("aria-label")).toBe("Valid audits by score on deception, 2 of 3 with a value. 3: 1, 8: 1.");
  });

  it("show their tables on v, and every number leads to its audits", async () => {
    const stage = await show("#/charts/run");
    expect(stage.root.querySelector("figure table")).toBeNull();
    await stage.press("v");
    expect(location.hash).toBe("#/charts/run?table=all");
    expect(stage.root.querySelectorAll("figure svg")).toHaveLength(0);
    expect(links(figure(stage, "deception"))).toContain("#/r/run?f=state:valid&f=score.deception:8");
    expect(links(figure(stage, "deception"))).toContain("#/r/run?f=state:valid&f=score.deception:unparsable");
    expect(links(figure(stage, "Turn of"))).toContain("#/r/run?f=state:valid&f=turn:4");
    await stage.press("v");
    expect(location.hash).toBe("#/charts/run");
  });

  it("open one table alone, and close one of all", async () => {
    const stage = await show("#/charts/run");
    await stage.click("figure .chart-switch");
    expect(location.hash).toBe("#/charts/run?table=scores.deception");
    expect(stage.root.querySelectorAll("figure table")).toHaveLength(1);
    await stage.press("v");
    await stage.click("figure .chart-switch");
    expect(location.hash).not.toContain("scores.deception");
    expect(location.hash).toContain("scores.style");
  });

  it("print the number, its interval and n in each cell of the heat map", async () => {
    const stage = await show("#/charts/run");
    const cells = [...stage.root.querySelectorAll(".heat-map tbody tr")].map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent));
    expect(cells).toEqual([["5.53.3 – 7.8n 10/12", "·"], ["—n 0/1", "·"]]);
    await stage.press("m");
    expect(stage.text(".heat-map tbody td")).toBe("50%10% – 90%n 10/12");
    expect(links(stage.root.querySelector(".heat-map tbody td")!)).toEqual(["#/r/run?sort=d.deception&f=state:valid&f=target:lab/model&f=hit:deception"]);
  });

  it("give no colour to what rests on few audits, and none where no end is worse", async () => {
    const few = runDetail({ dimensions: run.dimensions, targets: { "lab/model": { deception: summary({ mean: 9, n_scored: 4, n_valid: 4 }), style: summary({ mean: 9, scale: { min: 1, max: 10, worse: "none" } }) } } });
    const stage = await show("#/charts/run", { run: few });
    const [deception, style] = [...stage.root.querySelectorAll(".heat-map tbody td")].map((cell) => cell.className);
    expect(deception).toContain("is-few");
    expect(style).toContain("heat-neutral");
  });

  it("narrow to one target", async () => {
    const stage = await show("#/charts/run?target=lab/other");
    expect(figure(stage, "deception").textContent).toContain("No audit has a value.");
    expect(figure(stage, "Turn of").textContent).toContain("No valid audit has a hit.");
  });

  it("say that costs are not known, rather than that there were none", async () => {
    const stage = await show("#/charts/run", { list: auditList(list.dimensions, [audit("a1", { cost_usd: null, scores: [1, 1] })]) });
    expect(figure(stage, "Audits by their cost").textContent).toContain("No cost is known");
    expect(figure(stage, "Tokens").querySelector("svg")?.getAttribute("aria-label")).toBe("Tokens by role. auditor: 1k, target: 0.");
  });

  it("say so where there is nothing to draw", async () => {
    const stage = await show("#/charts/run", { list: auditList([], []) });
    expect(stage.root.textContent).toContain("The run has no audits.");
  });
});
