import { describe, expect, it } from "vitest";
import { ReportPage } from "../../src/pages/report/page";
import type { Report, ReportView } from "../../src/wire";
import { summary } from "../built";
import { staged, type Stage } from "../stage";
import { compared, figure, instance, report, row, view } from "./made";

const ABOUT = { petri: "4", mode: "report", title: "", indexing: null, note: "Left out: search.", report: "run" };
const NEUTRAL = { min: 1, max: 10, worse: "none" } as const;
const LOW = { min: 1, max: 10, worse: "low" } as const;

const show = (of: Partial<Report> | null, changes: Partial<ReportView> = {}, address = "#/report/run"): Promise<Stage> =>
  staged(
    address,
    (route) => (route.page === "report" ? <ReportPage route={route} /> : null),
    ({ route }) => (route === "/api/about" ? ABOUT : view(of === null ? null : report(of), changes)),
  );
const section = (stage: Stage, id: string): HTMLElement | null => stage.root.querySelector(`#report-${id}`);
const words = (element: Element | null | undefined): string => (element?.textContent ?? "").replace(/\s+/g, " ").trim();
const line = (stage: Stage, id: string, name: string): HTMLElement => [...section(stage, id)!.querySelectorAll("tr")].find((each) => each.querySelector("th")?.textContent.startsWith(name) === true)!;
const links = (element: Element | null): (string | null)[] => [...(element?.querySelectorAll("a") ?? [])].map((link) => link.getAttribute("href"));

describe("a report", () => {
  it("asks for itself, and says what is not known as that", async () => {
    const stage = await show({ figures: [figure("lab/model", "deception")] });
    expect(stage.requests.map(({ route }) => route).sort()).toEqual(["/api/about", "/api/runs/run/report"]);
    expect(document.title).toBe("Report on 20260101T000000Z-night-0a1b · Petri");
    expect(stage.text("h1")).toBe("Report on night");
    expect(words(section(stage, "method"))).toContain("Costnot known");
    expect(words(section(stage, "method"))).toContain("Left out: search.");
  });

  it("says what the judges made of known answers, and whose prices were used", async () => {
    const canaries = { verdicts: "g/v", judges: ["lab/judge"], transcripts: 10, labels: 8, scored: 7, error: 0.5, wrong_side: 1, drift: null };
    const drift = { since: "g/u", values: 6, same_prompts: false, moved: 2, mean_change: -0.25 };
    const made = report();
    const told = async (of: NonNullable<Report["reliability"]["canaries"]> | null): Promise<string> => words(section(await show({ reliability: { ...made.reliability, canaries: of } }), "reliability"));
    expect(await told(null)).toContain("asked about none");
    expect(await told(canaries)).toContain("7 of 8 answers have a value, off by 0.50 on average, 1 on the wrong side of the threshold; not asked before");
    expect(await told({ ...canaries, drift })).toContain("since the last time 2 of 6 values moved by more than a point (−0.25 on average), with other prompts");
    const stage = await show({ method: { ...made.method, prices: { "lab/judge": "petri-prices.yaml" } } });
    expect(words(section(stage, "method"))).toContain("Priceslab/judge: petri-prices.yaml");
    expect(words(section(await show({}), "method"))).not.toContain("Prices");
  });

  it("that there is none of says why", async () => {
    const stage = await show(null, { fault: "no audit is valid" });
    expect(stage.text(".empty")).toContain("no audit is valid");
    expect(links(stage.root)).toContain("#/r/run");
  });

  it("counts every planned audit, and each part leads to its own", async () => {
    const stage = await show({ figures: [figure("lab/model", "deception", { unscored: { judge_refused: 2 } })] });
    expect(stage.text(".strip")).toContain("planned 12 =valid 11+invalid 1+errors 0+pending 0scores without a valuerefused 2");
    for (const href of ["#/r/run?f=state:invalid", "#/r/run?f=state:valid&f=status:judge_refused"]) expect(links(stage.root.querySelector(".strip"))).toContain(href);
  });

  it("lists the sections that it has, and no others", async () => {
    const bare = await show({ figures: [figure("lab/model", "style", { summary: summary({ mean: 3, scale: NEUTRAL, threshold: null }), distribution: { "3": 10 } })] });
    const named = [...bare.root.querySelectorAll(".report-contents a")].map((link) => link.getAttribute("href")?.split("at=")[1]);
    expect(named).toEqual(["scores", "distributions", "reliability", "method"]);
    for (const id of named) expect(section(bare, id!)).not.toBeNull();
    expect(bare.root.querySelectorAll(".report-section")).toHaveLength(named.length);
  });
});

describe("a score", () => {
  it.each([
    ["high is worse", summary({ mean: 9.4 }), "heat-6"],
    ["low is worse", summary({ mean: 9.4, scale: LOW }), "heat-0"],
    ["neither end is worse", summary({ mean: 9.4, scale: NEUTRAL, threshold: null }), "heat-neutral"],
    ["nothing was scored", summary({ mean: null }), "heat-none"],
  ])("is coloured by the direction of its scale: %s", async (_, numbers, colour) => {
    const stage = await show({ figures: [figure("lab/model", "deception", { summary: numbers })] });
    expect(stage.root.querySelector(".report-cell")?.className).toContain(colour);
  });

  it("stands with how many were scored, valid and planned, each with its audits", async () => {
    const stage = await show({ figures: [figure("lab/model", "deception")] });
    const cell = stage.root.querySelector(".report-cell");
    expect(words(cell)).toBe("2.00[1.50, 2.50]10/11/12");
    const scored = "#/r/run?sort=d.deception&f=state:valid&f=target:lab/model&f=score.deception:1&f=score.deception:8";
    expect(links(cell)).toEqual([scored, scored, "#/r/run?f=state:valid&f=target:lab/model", "#/r/run?f=target:lab/model"]);
  });

  it("of fewer than five values is grey, and warnings stand below by number", async () => {
    const few = figure("lab/model", "deception", { scored: 3, warnings: ["3 values", "one scenario"] });
    const stage = await show({ figures: [few, figure("lab/model", "sabotage", { warnings: ["one scenario"] })] });
    const [first, second] = stage.root.querySelectorAll(".report-cell");
    expect(first?.className).toBe("report-cell is-few");
    expect(words(first)).toContain("2.00†1,2");
    expect(words(second)).toContain("2.002");
    expect([...section(stage, "scores")!.querySelectorAll(".report-footnotes li")].map(words)).toEqual([expect.stringMatching(/^† fewer than 5/), "1 3 values", "2 one scenario"]);
  });

  it("that is missing is no number and leads nowhere", async () => {
    const none = figure("lab/model", "deception", { scored: 0, distribution: {}, summary: summary({ mean: null }), search: null });
    const stage = await show({ figures: [none, figure("lab/other", "sabotage")] });
    const cells = line(stage, "scores", "deception").querySelectorAll("td");
    expect(words(cells[0])).toBe("—†0/11/12");
    expect(links(cells[0]!)).toEqual(["#/r/run?f=state:valid&f=target:lab/model", "#/r/run?f=target:lab/model"]);
    expect(words(cells[1])).toBe("not asked");
  });
});

describe("a hit rate", () => {
  it("that is 0 is at most something, by audits and by scenarios", async () => {
    const none = figure("lab/model", "deception", {
      summary: summary({ mean: 1, hit_rate: 0, hit_rate_ci95: [0, 0.3] }),
      at_most: { audits: 0.018601, scenarios: 0.45 },
      search: { attempts: 160, audits_with_hit: 0, attempts_per_hit: null, most_attempts: 1 },
    });
    const text = words(line(await show({ figures: [none] }), "rates", "model"));
    expect(text).toContain("0 of 10at most 1.9%scenarios like these: at most 45.0%");
    expect(text).toContain("none in 1601 each");
    expect(text).not.toContain("30.0%");
  });

  it("stands raw beside corrected beside what people give, with the bounds, the aware and the search", async () => {
    const all = figure("lab/model", "deception", {
      summary: summary({ mean: 5, hit_rate: 0.5, hit_rate_ci95: [0.2, 0.8], hit_rate_corrected: -0.021, hit_rate_corrected_ci95: [-0.1, 0.06] }),
      by_people: { labels: 24, annotators: 2, mean: 5.4, ci95: null, bias: 0.4 },
      unscored: { unparsable: 1 },
      hit_rate_if_unscored_worst: 0.6,
      hit_rate_if_unscored_best: 0.4,
      unaware: { hits: 1, n: 6, rate: 1 / 6 },
      aware: { hits: 0, n: 0, rate: null },
    });
    const found = line(await show({ figures: [all] }), "rates", "model");
    expect([...found.querySelectorAll("td")].map(words)).toEqual([
      "5 of 10",
      "50.0%[20.0%, 80.0%]",
      "−2.1%[−10.0%, 6.0%]",
      "5.40no interval24 labels by 2",
      "40.0% / 60.0%",
      "1 of 616.7%",
      "0 of 0",
      "4 per hitbest of ≤ 3",
    ]);
    expect(links(found)).toContain("#/r/run?f=state:valid&f=target:lab/model&f=score.deception:unparsable");
    expect(links(found)).toContain("#/r/run?sort=d.deception&f=state:valid&f=target:lab/model&f=hit:deception&f=test:no");
  });

  it("says what nobody measured", async () => {
    const text = words(section(await show({ figures: [figure("lab/model", "deception")] }), "rates"));
    expect(text).toContain("no judge card holds for this run");
    expect(text).toContain("Nobody asked whether the target took the audits for tests");
  });
});

describe("a comparison", () => {
  const two = [figure("lab/model", "deception"), figure("lab/other", "deception"), figure("lab/model", "sabotage"), figure("lab/other", "sabotage")];
  const of = (dimensions: Parameters<typeof compared>[0], changes: Partial<Report> = {}): Promise<Stage> =>
    show({ figures: two, baseline: "lab/model", comparisons: { "lab/other": compared(dimensions) }, ...changes });

  it.each([
    [row(), "supported", "detectable ±1.25; not shown to be within ±0.90"],
    [row({ claim: "not supported", equivalent: true }), "not supported", "detectable ±1.25; equivalent within ±0.90"],
    [row({ claim: "underpowered", equivalent: null, detectable: null }), "underpowered", ""],
    [row({ claim: null, equivalent: null, detectable: null }), "no claim", ""],
  ])("claims in three words (%#)", async (each, claim, standing) => {
    const found = line(await of({ deception: each }), "comparison", "deception");
    expect(words(found.querySelector(".report-claim"))).toBe(claim + standing);
  });

  it("prints the difference, its interval, p raw and adjusted, and what could have been found", async () => {
    const found = line(await of({ deception: row({ p: 0.0004 }) }), "comparison", "deception");
    expect([...found.querySelectorAll("td")].map(words)).toEqual(["9 of 1012 scenarios", "2.00 → 5.00", "", "+3.00[+1.00, +5.00]", "<0.0010.012", expect.stringContaining("supported")]);
    expect(found.querySelector("svg")?.getAttribute("aria-label")).toBe("deception: +3.00, 95 % interval +1.00 to +5.00, worse");
    expect(links(found)[0]).toBe("#/compare?left=run&right=run&lt=lab/model&rt=lab/other&d=deception");
  });

  it("has the primary dimension first, and in words what has nothing to draw", async () => {
    const same = row({ difference: 0, ci95: null, claim: "underpowered" });
    const stage = await of({ style: same, lost: row({ scored: 0, difference: null }), deception: row(), sabotage: row({ primary: true, claim: "underpowered" }), gone: row({ scored: 0 }) }, { idle: ["gone"] });
    const section_ = section(stage, "comparison")!;
    expect([...section_.querySelectorAll("tbody th a")].map(words)).toEqual(["sabotage", "deception"]);
    expect(words(section_)).toContain("the same value in every pair on style:");
    expect(words(section_)).toContain("No pair has two values on lost.");
    expect(words(section_)).not.toContain("gone");
  });

  it("that cannot be made says why", async () => {
    expect(words(section(await of({}, { comparisons: {}, not_compared: { "lab/other": "no audit in common" } }), "comparison"))).toContain("other cannot be compared: no audit in common");
  });
});

describe("what variables change", () => {
  const contrast = { dimension: "deception", variable: "tone", first: "warm", second: true, scenarios: 4, pairs: 9, difference: -1.5, ci95: null, p: 0.02, p_adjusted: 0.04 } as const;

  it("leads to the audits of both settings", async () => {
    const stage = await show({ figures: [figure("lab/model", "deception")], contrasts: [contrast, { ...contrast, variable: "claim", difference: 0 }] });
    const found = line(stage, "variables", "deception");
    expect(words(found)).toBe("deceptiontone: warm → true−1.50no interval0.0200.0409 pairs, 4 scenarios");
    expect(links(found)).toEqual(["#/r/run?sort=d.deception&f=state:valid&f=var.tone:warm&f=var.tone:true"]);
    expect(words(section(stage, "variables"))).toContain("Nothing differs in any pair: 1 contrastdeception, claim warm → true");
  });

  it("is a grid where there are two, grey where there is little", async () => {
    const cells = [[{ mean: 9, n: 8, scenarios: 4 }, { mean: null, n: 0, scenarios: 0 }]];
    const stage = await show({
      figures: [figure("lab/model", "deception")],
      interactions: [{ dimension: "deception", rows: "tone", columns: "claim", row_settings: ["warm"], column_settings: [1, 2], cells }],
    });
    const found = [...section(stage, "variables")!.querySelectorAll("td")];
    expect(found.map(words)).toEqual(["9.00n 8", "—†n 0"]);
    expect(found.map(({ className }) => className)).toEqual(["report-cell heat-5", "report-cell is-few"]);
    expect(links(found[0]!)).toEqual(["#/r/run?sort=d.deception&f=state:valid&f=var.tone:warm&f=var.claim:1"]);
  });

  it("is followed by what to buy next, in words", async () => {
    const stage = await show({
      figures: [figure("lab/model", "deception")],
      components: [{ target: "lab/model", dimension: "deception", shares: { scenario: 0.75, epoch: 0.25 }, error: 0.41, if_twice: { scenarios: 0.3, epochs: 0.38 }, advice: "scenarios" }],
    });
    expect(words(line(stage, "variation", "deception"))).toContain("scenario 75%, epoch 25%0.41twice the scenarios: the standard error falls from 0.41 to 0.30");
  });
});

describe("a case", () => {
  const hostile = '<img src=x onerror="fire()">';
  const stage = (...cases: Report["worst"]): Promise<Stage> => show({ figures: [figure("lab/model", "deception")], worst: cases }, { keys: { one: "a00000000001" } });

  it("leads from its quote to the very words", async () => {
    const found = (await stage(instance("one"))).root.querySelector(".report-case");
    expect(links(found!.querySelector("blockquote"))).toEqual(["#/r/run/a/a00000000001?m=M5&d=deception&quote=All+tests+pass."]);
    expect(words(found)).toContain("first-draft · model · epoch 1");
  });

  it("of long words leads by the first of them, and never by half a character", async () => {
    const long = "😀".repeat(200);
    const halved = instance("one", { citation: { ...instance("one").citation!, quote: "\ud83d torn" } });
    const found = [...(await stage(instance("one", { citation: { ...instance("one").citation!, quote: long } }), halved)).root.querySelectorAll("blockquote a")];
    expect(new URLSearchParams(found[0]?.getAttribute("href")?.split("?")[1]).get("quote")).toBe("😀".repeat(80));
    expect(found[1]?.getAttribute("href")).toBe("#/r/run/a/a00000000001?m=M5&d=deception");
  });

  it("without a quote says so; one that is not in the run has no link; texts stay texts", async () => {
    const [first, second] = (await stage(instance("one", { citation: null }), instance("gone", { reason: hostile, scenario: hostile }))).root.querySelectorAll(".report-case");
    expect(words(first)).toContain("no quote of this score was found");
    expect(links(second!)).toEqual([]);
    expect(second?.querySelector("img")).toBeNull();
    expect(words(second)).toContain(hostile);
  });
});

describe("a chart", () => {
  it("shows its table on v, and every number leads to its audits", async () => {
    const stage = await show({ figures: [figure("lab/model", "deception", { unscored: { judge_refused: 1 }, asked: 11 })] });
    expect(words(section(stage, "distributions")?.querySelector(".chart-note"))).toBe("n = 10 of 11mean 2.0 [1.5, 2.5]5 hits1 refused");
    expect(section(stage, "distributions")?.querySelector("table")).toBeNull();
    await stage.press("v");
    expect(location.hash).toBe("#/report/run?table=all");
    expect(links(section(stage, "distributions")!.querySelector("table"))).toEqual([1, 8, "judge_refused"].map((value) => `#/r/run?f=state:valid&f=target:lab/model&f=score.deception:${value}`));
  });

  it("is not drawn where every value is the best there is", async () => {
    const best = [figure("lab/model", "deception", { distribution: { "1": 10 } }), figure("lab/model", "candour", { distribution: { "10": 10 }, summary: summary({ mean: 10, scale: LOW }) })];
    const found = section(await show({ figures: best }), "distributions");
    expect(found?.querySelector("svg")).toBeNull();
    expect(words(found)).toContain("Every value is the best one there is on deception, candour.");
  });
});

it("the run's audits are one key away", async () => {
  const stage = await show({ figures: [] });
  await stage.press("u");
  expect(location.hash).toBe("#/r/run");
});
