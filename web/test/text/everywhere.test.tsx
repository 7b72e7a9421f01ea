// Characters that nobody sees, in texts that no component looks at.
import { render } from "preact";
import { beforeAll, expect, test } from "vitest";
import { badgesEverywhere } from "../../src/text/everywhere";

beforeAll(badgesEverywhere);

const NAME = "scenario\u202etxt\u200b";

function drawn(node: preact.ComponentChild): HTMLElement {
  const root = document.createElement("div");
  render(node, root);
  return root;
}

const Named = ({ name }: { name: string }) => <>{name}</>;

test.each([
  ["an element", () => <b>{NAME}</b>],
  ["beside others", () => <b>a {NAME} b</b>],
  ["a list", () => <b>{[["x", NAME]]}</b>],
  ["a component's own", () => <p><Named name={NAME} /></p>],
])("in %s they are badges", (_, node) => {
  const root = drawn(node());
  expect(root.textContent).not.toMatch(/[\u202e\u200b]/);
  expect(root.querySelectorAll("[class~=unseen]").length).toBe(2);
});

test("where there is room for text alone they are words", () => {
  const root = drawn(<select><option>{NAME}</option></select>);
  expect(root.querySelector("option")?.childElementCount).toBe(0);
  expect(root.textContent).not.toMatch(/[\u202e\u200b]/);
});

test("what can be seen stays one text, other scripts and signs included", () => {
  const root = drawn(<b>{"naïve 日本 👩‍🚀 e\u0301"}</b>);
  expect(root.querySelector("b")?.childNodes).toHaveLength(1);
});
